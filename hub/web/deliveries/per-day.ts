/** Deliveries a day, from the newest pages of the list: what a chart shows. */
import type { DeliveryView } from '@lockerhub/protocol/http/staff.ts';

export interface DayCount {
  /** YYYY-MM-DD in the building's time zone. */
  readonly day: string;
  readonly count: number;
}

/** How many days a chart shows at most. */
const DAYS_SHOWN = 30;

/**
 * Counts deliveries by the day on which they were put in (or assigned, if they never were).
 *
 * @param newest deliveries, newest first
 * @param complete are these all that there are? Otherwise the oldest day may lack some and is left out.
 * @param dayOf the building's calendar day of a time
 */
export function deliveriesPerDay(
  newest: readonly DeliveryView[],
  complete: boolean,
  dayOf: (atMs: number) => string,
): DayCount[] {
  const counts = new Map<string, number>();
  for (const { depositedAt, assignedAt, state } of newest) {
    if (state === 'withdrawn') continue;
    const day = dayOf(depositedAt ?? assignedAt);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  const days = [...counts.keys()].sort();
  const [first] = complete ? days : days.slice(1);
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  return daysFrom(first, last)
    .slice(-DAYS_SHOWN)
    .map((day) => ({ day, count: counts.get(day) ?? 0 }));
}

/** Longer than this between two deliveries is a clock that lied, not a quiet building. */
const MAX_DAYS = 3_660;
const DAY_MS = 86_400_000;

/** Every calendar day from one to another: a day without deliveries is a zero, not a gap. */
function daysFrom(first: string, last: string): string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  const start = Math.max(Date.parse(`${first}T00:00:00Z`), end - MAX_DAYS * DAY_MS);
  const days: string[] = [];
  for (let at = start; at <= end; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
