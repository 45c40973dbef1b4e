/**
 * The recovery key: what opens the building's sealed keyring on another box. 160 random bits, printed once, as seven
 * groups of five characters; the last three characters check the others.
 */
import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { base32, bytesOf, grouped, numberOf, readBase32 } from '@lockerhub/protocol/codes/base32.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';

/** Beyond any search (NIST SP 800-57 asks for 128 bits), so no slow derivation has to protect it. */
const KEY_BYTES = 20;
const KEY_CHARACTERS = 32;
const CHECK_CHARACTERS = 3;
/**
 * The largest prime below 2^15. The remainder by it tells any one wrong character and any two that changed places (the
 * order of 32 modulo it, 32,748, is beyond the key's length), and misses other mistakes once in 32,749.
 */
const CHECK_PRIME = 32_749n;
const GROUP = 5;
const CHECK_BITS = 15n;

/** DER before the 32 bytes of a raw X25519 private key (PKCS#8, RFC 8410, section 7). */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_BYTES = 32;

/** A new key as it is printed: `7K3MQ-2ZV8R-…`. */
export function newRecoveryKey(random: Random): string {
  const value = numberOf(random.bytes(KEY_BYTES));
  return grouped(base32(value, KEY_CHARACTERS) + base32(value % CHECK_PRIME, CHECK_CHARACTERS), GROUP);
}

/**
 * The private key that a typed recovery key stands for (X25519).
 *
 * @throws HubError `recovery-key-mistyped`
 */
export function readRecoveryKey(typed: string): KeyObject {
  const read = readBase32(typed, KEY_CHARACTERS + CHECK_CHARACTERS);
  const value = read === undefined ? undefined : read >> CHECK_BITS;
  const isRight = value !== undefined && value % CHECK_PRIME === (read ?? 0n) - (value << CHECK_BITS);
  if (!isRight) {
    throw new HubError(
      'recovery-key-mistyped',
      'this is no recovery key: it has seven groups of five letters and digits, and at least one is mistyped; ' +
        'compare it with the print, group by group',
    );
  }
  const seed = hkdfSync('sha256', bytesOf(value, KEY_BYTES), '', 'lockerhub/recovery/1', X25519_BYTES);
  return createPrivateKey({
    key: Buffer.concat([X25519_PKCS8, Buffer.from(seed)]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** What may be kept of a recovery key: whom an envelope is sealed to (SPKI, DER, base64). */
export function sealingKey(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
}
