/**
 * The one-time code by which an agent joins a building: 80 random bits, which nobody finds by trying a recorded
 * exchange offline (2^80 HMACs), as 16 characters that can be read aloud and typed in a basement.
 */

/** 16 characters of 5 bits. */
export const JOIN_CODE_BYTES = 10;
/** Crockford's base 32: without I, L, O (read as digits) and U. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS = 5n;
const CHARACTERS = (JOIN_CODE_BYTES * 8) / Number(BITS);
const GROUP = 4;

/** `7K3M-Q2ZV-…`, four groups of four. @param bytes `JOIN_CODE_BYTES` of them. */
export function joinCodeText(bytes: Uint8Array): string {
  let rest = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let text = '';
  for (let at = 0; at < CHARACTERS; at += 1) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
    rest >>= BITS;
    if (at % GROUP === GROUP - 1 && at < CHARACTERS - 1) text = `-${text}`;
  }
  return text;
}

/** The bytes of a code as people type it: any case, any dashes and blanks, O for 0, I and L for 1. */
export function readJoinCode(typed: string): Uint8Array | undefined {
  const text = typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (text.length !== CHARACTERS || [...text].some((character) => !ALPHABET.includes(character)))
    return undefined;
  let value = [...text].reduce((sum, character) => (sum << BITS) | BigInt(ALPHABET.indexOf(character)), 0n);
  const bytes = new Uint8Array(JOIN_CODE_BYTES);
  for (let at = JOIN_CODE_BYTES - 1; at >= 0; at -= 1) {
    bytes[at] = Number(value & 255n);
    value >>= 8n;
  }
  return bytes;
}
