/**
 * A resident's fob: what a keyboard wedge types of it. The store keeps keyed hashes; without the code key they say nothing.
 */
import { createHmac } from 'node:crypto';
import { readCode } from '@lockerhub/protocol/codes/read-code.ts';

/** As readers type them: decimal (often ten digits), hexadecimal (8 to 14), with or without a mark after the first part. */
const NUMBER = /^[0-9A-Z][0-9A-Z,;:./-]{6,30}[0-9A-Z]$/;
/** 128 bits of an HMAC-SHA-256, as of PINs. */
const HASH_BYTES = 16;
const KEPT = /^([0-9a-f-]{36}):([0-9a-f]{32})$/;

/** One of a resident's fobs: the log names it by its id. */
export interface KeptFob {
  readonly fob: string;
  readonly hash: string;
}

/** A fob's number, or undefined: too short, too long, or to be taken for a code. */
export function readFob(text: string): string | undefined {
  const number = text.replace(/\s/g, '').toUpperCase();
  return NUMBER.test(number) && readCode(number) === undefined ? number : undefined;
}

/** What is kept of a fob's number. */
export function fobHash(codeKey: Uint8Array, number: string): string {
  const digest = createHmac('sha256', codeKey).update(`lockerhub/fob/1\n${number}`).digest();
  return digest.subarray(0, HASH_BYTES).toString('hex');
}

/** A resident's fobs as their row keeps them: `<id>:<hash>`, with blanks between. What does not fit is no fob. */
export function readKeptFobs(kept: string | null): KeptFob[] {
  return (kept ?? '').split(' ').flatMap((one) => {
    const [, fob, hash] = KEPT.exec(one) ?? [];
    return fob === undefined || hash === undefined ? [] : [{ fob, hash }];
  });
}

/** The other way round; null without any. */
export function keepFobs(fobs: readonly KeptFob[]): string | null {
  return fobs.length === 0 ? null : fobs.map(({ fob, hash }) => `${fob}:${hash}`).join(' ');
}
