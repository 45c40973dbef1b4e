/** Order statistics of measured times. */

/** The middle one; of an even number the lower of the two middle ones. @throws RangeError without samples. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

/** The smallest sample that at least `percent` of all do not exceed (nearest rank). @throws RangeError without samples. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  const found = sorted[rank - 1];
  if (found === undefined) throw new RangeError('nothing was measured');
  return found;
}

/** Milliseconds on a clock that all processes of this machine share, unlike `performance.now()`. */
export function sharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
