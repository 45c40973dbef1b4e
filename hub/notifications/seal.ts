/**
 * Secrets in rows: sealed by a key from the keyring, so that neither the store nor the cloud, to which the row goes, can
 * read them, and a hub that takes the building over by its recovery key can.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Random } from '@lockerhub/protocol/time/random.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** NIST SP 800-38D, 5.2.1.1. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INFO = 'lockerhub/channels/1';

/** @param about authenticated with it: a secret does not open in another place */
export function sealSecret(rootKey: Uint8Array, about: string, secret: string, random: Random): string {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(rootKey), nonce).setAAD(Buffer.from(about));
  const body = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(body).toString('base64');
}

/** The secret; undefined if it was sealed by another key or for another place. */
export function openSecret(rootKey: Uint8Array, about: string, sealed: string): string | undefined {
  const body = Buffer.from(sealed, 'base64');
  if (body.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyFrom(rootKey), body.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(about))
    .setAuthTag(body.subarray(-TAG_BYTES));
  try {
    const text = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    // It does not authenticate: sealed by another key. The caller says so where staff see it.
    return undefined;
  }
}

function keyFrom(rootKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', rootKey, '', INFO, KEY_BYTES));
}
