import { dayStartMs } from '../deliveries/day-start.ts';

const HOUR_MS = 3_600_000;

/**
 * When it is that hour next, in ms since 1970.
 *
 * @param hour 0 to 23, as the building's clocks show it; where they jump on that day it is an hour off
 * @param today the building's day, YYYY-MM-DD
 */
export function nextHourMs(hour: number, today: string, timeZone: string, nowMs: number): number {
  const atMs = dayStartMs(today, timeZone) + hour * HOUR_MS;
  return atMs > nowMs ? atMs : dayStartMs(today, timeZone, 1) + hour * HOUR_MS;
}
