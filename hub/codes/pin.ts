/**
 * A resident's PIN: eight digits that are made, never chosen, and are good only together with their unit. The store keeps
 * a keyed hash, bound to the resident: without the code key it says nothing, and in another's row it is nobody's.
 */
import { createHmac } from 'node:crypto';
import { CODE_DIGITS, CODE_SPACE } from '@lockerhub/protocol/codes/read-code.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';

/** 128 bits of an HMAC-SHA-256, as in `listedHash`. */
const HASH_BYTES = 16;
/** Multiples of the code space below 2^32 are split evenly; a word at or above this is skipped. */
const EVEN_BELOW = 2 ** 32 - (2 ** 32 % CODE_SPACE);

/** Eight digits, uniform over all. */
export function newPin(random: Random): string {
  for (;;) {
    const word = Buffer.from(random.bytes(4)).readUInt32BE();
    if (word < EVEN_BELOW) return String(word % CODE_SPACE).padStart(CODE_DIGITS, '0');
  }
}

/** What a resident's row keeps of their PIN. */
export function pinHash(codeKey: Uint8Array, resident: string, pin: string): string {
  const digest = createHmac('sha256', codeKey).update(`lockerhub/pin/1\n${resident}\n${pin}`).digest();
  return digest.subarray(0, HASH_BYTES).toString('hex');
}
