/**
 * An alarm: one kind of need in one organisation, in as many buildings as have it at about the same time. So a
 * provider's outage is one mail, not four hundred. Pure; what is stored and sent is in `rounds.ts` and `notices.ts`.
 */

const MINUTE_MS = 60_000;
/** A building joins an alarm until so long after the one before it joined; later it is something new. */
export const JOIN_WITHIN_MS = 30 * MINUTE_MS;
/** An alarm gathers so long before anybody is told: an outage reaches its buildings within a heartbeat or two. */
export const GATHER_MS = MINUTE_MS;
/** Told again that it grew at most so often, and only if it has doubled. */
export const GROWN_AFTER_MS = 15 * MINUTE_MS;

/** An alarm as it stands. `now`: buildings in which it goes on; `total`: all that it ever had. */
export interface Alarm {
  readonly startedAtMs: number;
  readonly lastJoinedAtMs: number;
  readonly endedAtMs: number | null;
  readonly acknowledged: boolean;
  readonly now: number;
  readonly total: number;
  /** The last notice that went out: when, and how many buildings it told of. */
  readonly told: {
    readonly event: 'began' | 'grew' | 'ended';
    readonly atMs: number;
    readonly total: number;
  } | null;
}

/** Whether a building's need belongs to this alarm rather than to a new one. */
export function takesMore(alarm: Pick<Alarm, 'endedAtMs' | 'lastJoinedAtMs'>, nowMs: number): boolean {
  return alarm.endedAtMs === null && nowMs - alarm.lastJoinedAtMs <= JOIN_WITHIN_MS;
}

/**
 * What people are to be told of an alarm now. What ended before anybody was told of it stays untold; who acknowledged
 * it is not told that it grows.
 */
export function noticeOf(alarm: Alarm, nowMs: number): 'began' | 'grew' | 'ended' | null {
  const { told } = alarm;
  if (told === null) {
    return alarm.endedAtMs === null && nowMs - alarm.startedAtMs >= GATHER_MS ? 'began' : null;
  }
  if (told.event === 'ended') return null;
  if (alarm.endedAtMs !== null) return 'ended';
  const hasGrown = alarm.total >= 2 * told.total && nowMs - told.atMs >= GROWN_AFTER_MS;
  return hasGrown && !alarm.acknowledged ? 'grew' : null;
}
