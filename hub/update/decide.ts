/** What becomes of an update that is wanted, by what is seen of it: pure. */

/** So late after its hour an update no longer begins: nobody wants one of the night by day. */
export const LATE_MS = 2 * 3_600_000;
/**
 * An update that was asked for and of which nothing is to be seen for so long was lost; and a release that the updater
 * said nothing of for so long is shown to it again. Longer than it works on either on a slow card.
 */
export const LOST_AFTER_MS = 5 * 60_000;

/** What is seen. */
export interface Seen {
  /** Of the log: an update that was asked for and has not ended. */
  readonly open: string | null;
  /** An update that waits for its hour. */
  readonly plan: { readonly update: string; readonly atMs: number } | null;
  /** A release that is fetched from the cloud. */
  readonly order: { readonly update: string; readonly untilMs: number } | null;
  /** The updater was asked for something and has not taken it. */
  readonly isAsked: boolean;
  /** An update is under way. */
  readonly isRunning: boolean;
  /** The update that ended last. */
  readonly last: string | null;
  /** The log says how that one ended. */
  readonly isLastKnown: boolean;
  readonly wallMs: number;
  readonly clock: 'trusted' | 'untrusted';
  /** For how long the open one, or the release, waits for a word of the updater; null: neither does. */
  readonly unseenMs: number | null;
}

export type Act =
  | 'note-end'
  | 'begin'
  | 'miss'
  | 'lose'
  | 'forget-plan'
  | 'check'
  | 'fetch'
  | 'forget-order'
  | null;

/** What is to be done now. */
export function decide(seen: Seen): Act {
  const { open, plan, order, isRunning, last, isLastKnown } = seen;
  if (isRunning) return null;
  if (last !== null && !isLastKnown) return 'note-end';
  // It has ended, and the process died before the plan went.
  if (plan && plan.update !== open) return 'forget-plan';
  if (plan) return isDue(plan.atMs, seen);
  if (order && order.update !== open) return 'forget-order';
  if (order) return seen.clock === 'trusted' && seen.wallMs >= order.untilMs ? 'miss' : 'fetch';
  if (seen.unseenMs === null || seen.unseenMs < LOST_AFTER_MS) return null;
  return open === null ? 'check' : 'lose';
}

function isDue(atMs: number, { wallMs, clock, isAsked }: Seen): Act {
  // Which hour it is nobody knows.
  if (clock === 'untrusted' || wallMs < atMs || isAsked) return null;
  return wallMs < atMs + LATE_MS ? 'begin' : 'miss';
}
