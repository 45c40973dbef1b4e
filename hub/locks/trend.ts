/**
 * When a lock's figures say that it wears: a pure function of what it did lately, before, and what others do. The rule
 * in words: SPEC.md, and the health page (`health.rule`).
 */
import type { LockFigures, LockWear } from '@lockerhub/protocol/http/locks.ts';

/** Days that count as lately, and days before them that are the lock's own measure. */
export const RECENT_DAYS = 7;
export const BASELINE_DAYS = 30;
/** Timed openings below which a median says nothing: a door that is used once a day has that many in a week, or a month. */
const RECENT_TIMED_MIN = 7;
const BASELINE_TIMED_MIN = 20;
/** Slower by so much, both ways: twice as slow, and by more than half of a poll of 100 ms can blur. */
const SLOWER_TIMES = 2;
const SLOWER_MS = 50;
/** And slower than the other locks of its bank: a slow controller or line slows all of them. */
const THAN_OTHERS_TIMES = 1.5;
/** So many jams lately, one in ten attempts, and three times its own former share. */
const JAMS_MIN = 3;
const JAM_SHARE_MIN = 0.1;
const JAM_SHARE_TIMES = 3;

/** A lock beside its own past. */
export interface LockRecord {
  readonly compartment: number;
  readonly recent: LockFigures;
  readonly baseline: LockFigures;
}

/** Why a lock wears; null if it does not, or too little is known. */
export function wearOf(lock: LockRecord, others: readonly LockRecord[]): LockWear | null {
  return slower(lock, others) ?? jamsMore(lock.recent, lock.baseline);
}

/** The same in plain words, for the log. */
export function wearWords(compartment: number, wear: LockWear): string {
  switch (wear.kind) {
    case 'slower':
      return `Door ${compartment} takes ${Math.round(wear.nowMs)} ms to open, ${Math.round(wear.beforeMs)} ms a month ago`;
    case 'jams':
      return `Door ${compartment} jammed ${wear.jams} times in ${RECENT_DAYS} days, at ${wear.openings} openings`;
  }
}

function slower(
  { compartment, recent, baseline }: LockRecord,
  others: readonly LockRecord[],
): LockWear | null {
  const { medianMs: nowMs } = recent;
  const { medianMs: beforeMs } = baseline;
  if (nowMs === null || beforeMs === null) return null;
  if (recent.timed < RECENT_TIMED_MIN || baseline.timed < BASELINE_TIMED_MIN) return null;
  if (nowMs < beforeMs * SLOWER_TIMES || nowMs < beforeMs + SLOWER_MS) return null;
  const usualMs = upperMiddle(
    others
      .filter((other) => other.compartment !== compartment && other.recent.timed >= RECENT_TIMED_MIN)
      .flatMap((other) => other.recent.medianMs ?? []),
  );
  if (usualMs !== null && nowMs < usualMs * THAN_OTHERS_TIMES) return null;
  return { kind: 'slower', nowMs, beforeMs };
}

function jamsMore(recent: LockFigures, baseline: LockFigures): LockWear | null {
  const share = jamShare(recent);
  if (recent.jams < JAMS_MIN || share < JAM_SHARE_MIN) return null;
  if (share < jamShare(baseline) * JAM_SHARE_TIMES) return null;
  return { kind: 'jams', jams: recent.jams, openings: recent.openings };
}

function jamShare({ openings, jams }: LockFigures): number {
  return jams / Math.max(1, openings + jams);
}

/** Of two locks the slower one: a bank of three is not accused by its one quick neighbour. */
function upperMiddle(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
