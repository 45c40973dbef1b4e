/**
 * Crockford's base 32, for what people read from paper and type: without I, L, O (read as digits) and U.
 * https://www.crockford.com/base32.html
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS = 5n;

/** A number as exactly `characters` of 5 bits, the highest first. */
export function base32(value: bigint, characters: number): string {
  let rest = value;
  let text = '';
  for (let at = 0; at < characters; at += 1) {
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
    rest >>= BITS;
  }
  return text;
}

/**
 * The number that a text says as people type it: any case, any dashes and blanks, O for 0, I and L for 1.
 *
 * @returns undefined unless there are exactly `characters` of the alphabet.
 */
export function readBase32(typed: string, characters: number): bigint | undefined {
  const text = typed
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (text.length !== characters || [...text].some((character) => !ALPHABET.includes(character)))
    return undefined;
  return [...text].reduce((sum, character) => (sum << BITS) | BigInt(ALPHABET.indexOf(character)), 0n);
}

/** A text in groups of `size`, with dashes between. */
export function grouped(text: string, size: number): string {
  return (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join('-');
}

/** Bytes as a number, the first byte highest. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A number as `length` bytes, the highest first. */
export function bytesOf(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}
