/** When a backup is due: at an hour of the building's day, as often as the policy says; what was slept through is made up for. */
import type { PolicyChanges } from '@lockerhub/protocol/http/policy.ts';
import { localTime } from '../deliveries/local-time.ts';

const HOUR_MS = 3_600_000;

export interface Schedule {
  readonly every: NonNullable<PolicyChanges['backupEvery']>;
  /** 0 to 23, in the building's time. */
  readonly hour: number;
  /** IANA's name. */
  readonly timeZone: string;
}

/** The longest between two of them, if none fails. */
export const PERIOD_MS: Readonly<Record<Schedule['every'], number>> = {
  'six-hours': 6 * HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
};
/** A week's one keeps its hour, also where one was made by hand half a day before or after. */
const WEEK_AT_LEAST_MS = PERIOD_MS.week - 12 * HOUR_MS;
/** An hour of the day comes within so long, on days of 25 hours too. */
const DAY_AT_MOST_MS = 25 * HOUR_MS;

/** @param newestMs when the newest one was made; undefined: there is none */
export function isDue(newestMs: number | undefined, nowMs: number, schedule: Schedule): boolean {
  // One from the future was made while the clock was wrong: it says nothing.
  if (newestMs === undefined || newestMs > nowMs) return true;
  const fromMs = newestMs + (schedule.every === 'week' ? WEEK_AT_LEAST_MS : 0);
  if (nowMs - fromMs >= DAY_AT_MOST_MS) return true;
  for (let at = Math.floor(nowMs / HOUR_MS) * HOUR_MS; at > fromMs; at -= HOUR_MS) {
    if (isSlot(at, schedule)) return true;
  }
  return false;
}

function isSlot(atMs: number, { every, hour, timeZone }: Schedule): boolean {
  const { hour: now } = localTime(atMs, timeZone);
  return every === 'six-hours' ? now % 6 === hour % 6 : now === hour;
}
