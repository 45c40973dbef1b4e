/**
 * Codes that identify a holder: derived, never stored. A stolen store yields none of them, and the same code can be
 * shown and sent again.
 */
import { createHmac } from 'node:crypto';
import { CODE_DIGITS, CODE_SPACE } from '@lockerhub/protocol/codes/read-code.ts';

/** Starts what a QR code holds, so that a scanner's input is told from a tracking number. */
export const QR_PREFIX = 'LH1:';
/** Bytes of the QR's own proof: 64 bits cannot be guessed, so that scans need no limit. */
const TAG_BYTES = 8;

/** Multiples of the code space below 2^64 are split evenly; a word at or above this is skipped. */
const EVEN_BELOW = 2n ** 64n - (2n ** 64n % BigInt(CODE_SPACE));

function mac(codeKey: Uint8Array, domain: string, holder: string, generation: number, round: number): Buffer {
  return createHmac('sha256', codeKey).update(`${domain}\n${holder}\n${generation}\n${round}`).digest();
}

/** The eight digits of a holder's code: uniform over all codes, and the same for the same key and generation. */
export function deriveCode(codeKey: Uint8Array, holder: string, generation: number): string {
  for (let round = 0; ; round += 1) {
    const digest = mac(codeKey, 'lockerhub/code/1', holder, generation, round);
    for (let at = 0; at < digest.length; at += 8) {
      const word = digest.readBigUInt64BE(at);
      if (word < EVEN_BELOW) return String(word % BigInt(CODE_SPACE)).padStart(CODE_DIGITS, '0');
    }
  }
}

/** What the QR code of a message holds: `LH1:12345678:<tag>`. */
export function deriveQr(codeKey: Uint8Array, holder: string, generation: number): string {
  const tag = mac(codeKey, 'lockerhub/qr/1', holder, generation, 0).subarray(0, TAG_BYTES).toString('hex');
  return `${QR_PREFIX}${deriveCode(codeKey, holder, generation)}:${tag}`;
}
