/**
 * When a field was changed: a hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014). Follows the wall
 * clock where that goes forward, and counts on where it does not; what was seen of others is always earlier than what
 * comes next here. So "later" has one meaning on both sides, also with clocks that lie.
 */
import { z } from 'zod';
import { Slug } from '../ids.ts';

/** Counts of one millisecond: beyond that the clock itself is moved on by one. */
export const COUNT_LIMIT = 0xffff;
/** A stamp further ahead of the gateway's clock than this comes from a clock that lies (design, section 3). */
export const AHEAD_LIMIT_MS = 5 * 60_000;

/** Where a change was made: a hub instance or the gateway, so that no two stamps are equal. */
export const FieldStamp = z.object({
  /** ms since 1970, by a clock that may lie. */
  atMs: z.int().min(0),
  count: z.int().min(0).max(COUNT_LIMIT),
  node: Slug,
});
export type FieldStamp = z.infer<typeof FieldStamp>;

/** Negative if `a` is earlier, positive if it is later, 0 for one and the same. A total order. */
export function compareStamps(a: FieldStamp, b: FieldStamp): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.count !== b.count) return a.count - b.count;
  return a.node === b.node ? 0 : a.node < b.node ? -1 : 1;
}

/** The later of two. */
export function laterStamp(a: FieldStamp, b: FieldStamp): FieldStamp {
  return compareStamps(a, b) >= 0 ? a : b;
}

/** The next stamp of `node`: later than `last`, which is the latest that it made or saw; null if there is none. */
export function nextStamp(last: FieldStamp | null, wallMs: number, node: Slug): FieldStamp {
  const nowMs = Math.max(0, Math.floor(wallMs));
  if (last === null || nowMs > last.atMs) return { atMs: nowMs, count: 0, node };
  if (last.count < COUNT_LIMIT) return { atMs: last.atMs, count: last.count + 1, node };
  return { atMs: last.atMs + 1, count: 0, node };
}

/** Whether the gateway has to put a stamp of its own in the place of this one. */
export function isTooFarAhead(stamp: FieldStamp, gatewayMs: number): boolean {
  return stamp.atMs > gatewayMs + AHEAD_LIMIT_MS;
}
