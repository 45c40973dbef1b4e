/** Signed calls between programs, after Standard Webhooks (standard-webhooks/spec, "Symmetric signatures"). */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Random } from '../time/random.ts';

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;
const SECRET_PREFIX = 'whsec_';
/** Standard Webhooks' libraries take a call of up to five minutes before or after. */
export const SIGNATURE_WITHIN_S = 300;

/** A new secret by which both ends sign. */
export function newWebhookSecret(random: Random): string {
  return SECRET_PREFIX + Buffer.from(random.bytes(SECRET_BYTES)).toString('base64');
}

/** The value of `webhook-signature`. @param timestamp seconds since 1970 */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Uint8Array.from(Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64'));
  const tag = hmac(sha256, key, utf8ToBytes(`${id}.${timestamp}.${body}`));
  return `v1,${Buffer.from(tag).toString('base64')}`;
}

/** The headers of a signed call. */
export function signedHeaders(
  secret: string,
  id: string,
  nowMs: number,
  body: string,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = Math.floor(nowMs / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secret, id, timestamp, body),
  };
}

/** Whether a call bears one of our signatures; when it was signed is for the caller to judge. */
export function isSigned(
  secret: string,
  headers: (name: 'webhook-id' | 'webhook-timestamp' | 'webhook-signature') => string | undefined,
  body: string,
): boolean {
  const id = headers('webhook-id') ?? '';
  const expected = signatureOf(secret, id, Number(headers('webhook-timestamp')), body);
  return (headers('webhook-signature') ?? '').split(' ').some((given) => isSame(given, expected));
}

/** Compares in a time that says nothing of where they differ. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let at = 0; at < expected.length; at += 1)
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}
