import { v5, v7 } from 'uuid';
import type { Clock } from './clock.ts';

/** Randomness as the outside hands it in: the system's in production, a seed's in a simulation. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/** The operating system's randomness (Web Crypto). */
export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/**
 * A new id: UUID version 7 (RFC 9562), whose first 48 bits are the wall clock's milliseconds, so that ids made
 * together lie together in an index. Nothing may be concluded from that time: the clock may lie.
 */
export function newId(clock: Pick<Clock, 'wallMs'>, random: Random): string {
  return v7({ msecs: Math.max(0, Math.floor(clock.wallMs())), random: random.bytes(16) });
}

/** Of names that are no id of their own: made once, so that a name has the same id everywhere. */
const NAMES = '7b229637-b8e4-4a9e-bafc-c29ceb0de7ae';

/** The id of what was given none when it was made: always the same for the same name. UUID version 5 (RFC 9562). */
export function idOf(name: string): string {
  return v5(name, NAMES);
}

/** A uniform number in [0, 1) with 32 bits of randomness: for jitter and choices, never for secrets. */
export function fraction(random: Random): number {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  return (a * 0x1000000 + b * 0x10000 + c * 0x100 + d) / 0x100000000;
}
