import type { LockFigures } from '@lockerhub/protocol/http/locks.ts';
import { describe, expect, it } from 'vitest';
import { figuresOf } from './lock-figures.ts';
import { type LockRecord, wearOf, wearWords } from './trend.ts';

/** So many openings, each in the same time, and jams. */
function figures(openings: number, latencyMs: number | null, jams = 0): LockFigures {
  const latencies = latencyMs === null ? [] : Array<number>(openings).fill(latencyMs);
  return figuresOf([{ openings, jams, retries: 0, latencies: latencies.join(',') }]);
}

const lock = (compartment: number, recent: LockFigures, baseline = figures(40, 40)): LockRecord => ({
  compartment,
  recent,
  baseline,
});
const OTHERS = [1, 2, 3].map((compartment) => lock(compartment, figures(10, 42)));

describe('the figures of some days', () => {
  it('are sums, a median, and what nineteen of twenty openings stay below', () => {
    const day = (latencies: readonly number[], jams: number) => ({
      openings: latencies.length,
      jams,
      retries: jams,
      latencies: latencies.join(','),
    });
    expect(figuresOf([day([40, 900], 1), day([30, 50], 2)])).toEqual({
      openings: 4,
      jams: 3,
      retries: 3,
      timed: 4,
      medianMs: 45,
      p95Ms: 900,
    });
    const twenty = Array.from({ length: 20 }, (_, n) => n + 1);
    expect(figuresOf([day(twenty, 0)])).toMatchObject({ medianMs: 10.5, p95Ms: 19 });
    expect(figuresOf([])).toEqual({
      openings: 0,
      jams: 0,
      retries: 0,
      timed: 0,
      medianMs: null,
      p95Ms: null,
    });
  });
});

describe('the trend of a lock', () => {
  it('warns of one that got slower than it was and than the others, in plain words', () => {
    const wear = wearOf(lock(7, figures(10, 180)), OTHERS);
    expect(wear).toEqual({ kind: 'slower', nowMs: 180, beforeMs: 40 });
    expect(wear && wearWords(7, wear)).toBe('Door 7 takes 180 ms to open, 40 ms a month ago');
  });

  // The mean of these ten is 276 ms: somebody leaned on the door once.
  const leanedOn = figuresOf([{ openings: 10, jams: 0, retries: 0, latencies: `${'40,'.repeat(9)}2400` }]);

  it.each([
    ['a little slower', lock(7, figures(10, 79)), OTHERS],
    ['twice as slow and still quick', lock(7, figures(10, 60), figures(40, 20)), OTHERS],
    ['slow once', lock(7, leanedOn), OTHERS],
    ['seldom used', lock(7, figures(6, 180)), OTHERS],
    ['new', lock(7, figures(10, 180), figures(19, 40)), OTHERS],
    [
      'as slow as all of its bank',
      lock(7, figures(10, 180)),
      OTHERS.map((one) => ({ ...one, recent: figures(10, 170) })),
    ],
    ['without a sensor', lock(7, figures(10, null)), OTHERS],
    ['jammed twice', lock(7, figures(10, 40, 2)), OTHERS],
    ['always jamming so often', lock(7, figures(10, 40, 3), figures(30, 40, 9)), OTHERS],
  ])('says nothing of one that is %s', (_, of, others) => {
    expect(wearOf(of, others)).toBeNull();
  });

  it('warns of one that jams more often than it did', () => {
    const wear = wearOf(lock(7, figures(10, 40, 3)), OTHERS);
    expect(wear && wearWords(7, wear)).toBe('Door 7 jammed 3 times in 7 days, at 10 openings');
  });
});
