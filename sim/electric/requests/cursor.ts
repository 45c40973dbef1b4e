/** The cursor of live answers: it makes requests that wait for the same thing share a URL, and so a cache's answer. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';

/** Electric counts seconds from 2024-10-09, in steps of the 20 s that a live request waits (recorded values). */
const EPOCH_S = 1_728_432_000;
const STEP_S = 20;
/** A client that is ahead already gets another number by chance, lest a cache gives it the same answer again. */
const JUMP_S = 3_600;

/** @param given What the client was told last. */
export function nextCursor(wallMs: number, given: string | null, random: Random): string {
  const now = Math.ceil((wallMs / 1000 - EPOCH_S) / STEP_S) * STEP_S;
  const last = Number(given);
  if (given === null || !Number.isSafeInteger(last) || last < now) return String(now);
  return String(last + 1 + Math.floor(fraction(random) * (JUMP_S - 1)));
}
