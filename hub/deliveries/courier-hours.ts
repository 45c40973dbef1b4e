/** When a courier's code begins a visit. */
import { type DropOffHours, isWithinHours, WEEKDAYS } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import type { Env } from './draft.ts';
import { localTime, weekdayOf } from './local-time.ts';
import { Refusal } from './refusal.ts';

/**
 * Refuses a courier who comes outside their hours, or the building's. What has begun goes on; and while the wall clock is
 * not trusted, nobody is refused by it.
 *
 * @throws Refusal `outside-hours`
 */
export function refuseOutsideHours(env: Env, courier: string): void {
  if (env.clockTrust === 'untrusted') return;
  const hours = env.roster.courier(courier)?.hours ?? buildingHours(env);
  const { hour, day } = localTime(env.wallMs, env.timeZone);
  if (isWithinHours(hours, { hour, weekday: weekdayOf(day) })) return;
  throw new Refusal('outside-hours', 'this code begins no visit at this hour; the staff know its hours');
}

function buildingHours({ policy }: Env): DropOffHours {
  return { days: [...WEEKDAYS], fromHour: policy.dropOffFromHour, untilHour: policy.dropOffUntilHour };
}
