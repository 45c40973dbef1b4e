/** The rows of the health page and their order: pure, so that it can be tried without a browser. */
import type { LockHealth } from '@lockerhub/protocol/http/locks.ts';

/** What rows can be sorted by; the first click on a column brings its worst first (of doors: the first). */
export const LOCK_COLUMNS = ['door', 'opens', 'slowest', 'attempts', 'jams', 'openings', 'trend'] as const;
export type LockColumn = (typeof LOCK_COLUMNS)[number];

export interface LockRow {
  readonly lock: LockHealth;
  /** Attempts for each opening; null without an opening. */
  readonly attempts: number | null;
  /** Jams among all attempts; null without any. */
  readonly jamShare: number | null;
  /** By how much it opens slower than in the month before, ms; null if one of the two is not known. */
  readonly slowerMs: number | null;
}

export interface LockOrder {
  readonly by: LockColumn;
  readonly reversed: boolean;
}

export function lockRow(lock: LockHealth): LockRow {
  const { openings, jams, retries, medianMs } = lock.recent;
  const before = lock.baseline.medianMs;
  return {
    lock,
    attempts: openings === 0 ? null : (openings + retries) / openings,
    jamShare: openings + jams === 0 ? null : jams / (openings + jams),
    slowerMs: medianMs === null || before === null ? null : medianMs - before,
  };
}

/** The rows in order; what is not known comes last in either direction, ties by door. */
export function sortLocks(rows: readonly LockRow[], { by, reversed }: LockOrder): readonly LockRow[] {
  const sign = reversed ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [one, other] = [rank(a, by), rank(b, by)];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null) || byDoor(a, b);
    }
    return sign * (one - other) || byDoor(a, b);
  });
}

const byDoor = (a: LockRow, b: LockRow) => a.lock.compartment - b.lock.compartment;

/** Lower comes first. */
function rank({ lock, attempts, jamShare, slowerMs }: LockRow, by: LockColumn): number | null {
  switch (by) {
    case 'door':
      return lock.compartment;
    case 'opens':
      return worst(lock.recent.medianMs);
    case 'slowest':
      return worst(lock.recent.p95Ms);
    case 'attempts':
      return worst(attempts);
    case 'jams':
      return worst(jamShare);
    case 'openings':
      return worst(lock.recent.openings);
    case 'trend':
      // One that wears goes before any that is merely slower.
      return lock.wear ? Number.NEGATIVE_INFINITY : worst(slowerMs);
  }
}

const worst = (value: number | null) => (value === null ? null : -value);
