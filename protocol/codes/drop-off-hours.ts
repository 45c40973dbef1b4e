import { z } from 'zod';

/** Monday to Sunday, as ISO 8601 counts them. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/**
 * When a courier's code begins a visit, by the building's clocks: from the beginning of one hour to that of another. An end
 * before the beginning is in the next morning, and both the same are the whole day; a night belongs to the days on which
 * its hours are.
 */
export const DropOffHours = z.strictObject({
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  fromHour: z.int().min(0).max(23),
  untilHour: z.int().min(0).max(24),
});
export type DropOffHours = z.infer<typeof DropOffHours>;

/** @param hour 0 to 23 @param weekday 1 to 7, Monday first */
export function isWithinHours(
  { days, fromHour, untilHour }: DropOffHours,
  { hour, weekday }: { readonly hour: number; readonly weekday: number },
): boolean {
  if (!days.includes(weekday)) return false;
  if (fromHour < untilHour) return hour >= fromHour && hour < untilHour;
  return fromHour === untilHour || hour >= fromHour || hour < untilHour;
}
