/** A lock's days as a plot takes them: pure, so that it can be tried without a browser. */
import type { LockDay } from '@lockerhub/protocol/http/locks.ts';

const DAY_MS = 86_400_000;
/** So many days at least, so that one day is no line across the page. */
const DAYS_MIN = 14;

/** Days since 1970 and what happened on each; null: not used, or not timed. */
export interface PlottedDays {
  readonly days: number[];
  readonly medianMs: (number | null)[];
  readonly p95Ms: (number | null)[];
  readonly jams: (number | null)[];
}

/** Every day from the first use to today. */
export function plottedDays(lockDays: readonly LockDay[], nowMs: number): PlottedDays {
  const used = new Map(lockDays.map((day) => [Date.parse(day.day) / DAY_MS, day]));
  const today = Math.floor(nowMs / DAY_MS);
  const first = Math.min(today - DAYS_MIN + 1, ...used.keys());
  const days = Array.from({ length: today - first + 1 }, (_, index) => first + index);
  const of = (figure: 'medianMs' | 'p95Ms' | 'jams') => days.map((day) => used.get(day)?.[figure] ?? null);
  return { days, medianMs: of('medianMs'), p95Ms: of('p95Ms'), jams: of('jams') };
}

/** A day since 1970 as YYYY-MM-DD. */
export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
