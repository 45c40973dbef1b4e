/** When a lock's figures say that it wears: a pure function of what it did lately, before, and what others do. */

/** Days that count as lately, and days before them that are the lock's own measure. */
export const RECENT_DAYS = 7;
export const BASELINE_DAYS = 30;
/** Openings below which a mean says nothing: a door that is used once a day has that many in a week, or a month. */
const RECENT_OPENINGS_MIN = 7;
const BASELINE_OPENINGS_MIN = 20;
/** Slower by so much, both ways: twice as slow, and by more than one poll of 100 ms can blur over a week's mean. */
const SLOWER_TIMES = 2;
const SLOWER_MS = 50;
/** And slower than the other locks of its bank: a slow controller or line slows all of them. */
const THAN_OTHERS_TIMES = 1.5;
/** So many jams lately, one in ten openings, and three times its own former share. */
const JAMS_MIN = 3;
const JAM_SHARE_MIN = 0.1;
const JAM_SHARE_TIMES = 3;

/** What a lock did in some days. */
export interface Figures {
  readonly openings: number;
  readonly jams: number;
  readonly retries: number;
  /** Mean time from the pulse to the sight of the open door; null without any. */
  readonly latencyMs: number | null;
}

export interface LockFigures {
  readonly compartment: number;
  readonly recent: Figures;
  readonly baseline: Figures;
}

/** Why a lock wears, in plain words; null if it does not, or too little is known. */
export function wearOf(lock: LockFigures, others: readonly LockFigures[]): string | null {
  return slower(lock, others) ?? jamsMore(lock);
}

function slower(
  { compartment, recent, baseline }: LockFigures,
  others: readonly LockFigures[],
): string | null {
  const { latencyMs: now } = recent;
  const { latencyMs: before } = baseline;
  if (now === null || before === null) return null;
  if (recent.openings < RECENT_OPENINGS_MIN || baseline.openings < BASELINE_OPENINGS_MIN) return null;
  if (now < before * SLOWER_TIMES || now < before + SLOWER_MS) return null;
  const usual = median(
    others
      .filter((other) => other.compartment !== compartment && other.recent.openings >= RECENT_OPENINGS_MIN)
      .flatMap((other) => other.recent.latencyMs ?? []),
  );
  if (usual !== null && now < usual * THAN_OTHERS_TIMES) return null;
  return `Door ${compartment} takes ${Math.round(now)} ms to open, ${Math.round(before)} ms a month ago`;
}

function jamsMore({ compartment, recent, baseline }: LockFigures): string | null {
  const share = shareOf(recent);
  if (recent.jams < JAMS_MIN || share < JAM_SHARE_MIN) return null;
  if (share < shareOf(baseline) * JAM_SHARE_TIMES) return null;
  return `Door ${compartment} jammed ${recent.jams} times in ${RECENT_DAYS} days, at ${recent.openings} openings`;
}

function shareOf({ openings, jams }: Figures): number {
  return jams / Math.max(1, openings + jams);
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
