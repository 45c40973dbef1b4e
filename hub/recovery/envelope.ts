/**
 * The sealed keyring. Anybody may hold an envelope (the cloud, a backup); only the recovery key opens it. Sealing needs
 * no secret, so that the hub can seal again after its keyring changed without knowing the key:
 *
 *     shared = X25519(a key made for this envelope alone, the recovery key's public key)
 *     key    = HKDF-SHA-256(shared, salt: both public keys, info: "lockerhub/envelope/1")
 *     sealed = AES-256-GCM(key, random nonce, additional data: the header's text)
 *
 * The header is readable and authenticated with the content.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { Slug } from '@lockerhub/protocol/ids.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { readRecoveryKey, sealingKey } from './recovery-key.ts';

const CIPHER = 'aes-256-gcm';
const CIPHER_KEY_BYTES = 32;
/** NIST SP 800-38D, 5.2.1.1. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INFO = 'lockerhub/envelope/1';
/** Keys that were replaced and are still known by name; the oldest goes first. */
export const MAX_FORMER = 32;

const PublicKey = z.base64().max(100);

/** `generation`: how often this building has made a recovery key. `former`: those that this one replaced. */
const Header = z.object({
  building: Slug,
  generation: z.int().min(1),
  madeAtMs: z.number(),
  recipient: PublicKey,
  ephemeral: PublicKey,
  former: z.array(PublicKey).max(MAX_FORMER),
});
export type EnvelopeHeader = z.infer<typeof Header>;

/** `header`: a `Header` as JSON, exactly as authenticated. `sealed`: nonce, content, tag (base64). */
const EnvelopeText = z.object({
  version: z.literal(1),
  header: z.string().max(8_192),
  sealed: z.base64().max(12_288),
});

/** Seals a content. @returns the envelope's text. */
export function seal(content: string, about: Omit<EnvelopeHeader, 'ephemeral'>, random: Random): string {
  const pair = generateKeyPairSync('x25519');
  const ephemeral = sealingKey(pair.privateKey);
  const header = JSON.stringify({ ...about, ephemeral } satisfies EnvelopeHeader);
  const nonce = random.bytes(NONCE_BYTES);
  const key = contentKey(pair.privateKey, about.recipient, ephemeral, about.recipient);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(header));
  const body = Buffer.concat([nonce, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify({ version: 1, header, sealed: body.toString('base64') });
}

/** What an envelope says of itself, unproven. @throws HubError `envelope-broken` */
export function envelopeHeader(text: string): EnvelopeHeader {
  return parse(text).header;
}

/**
 * Opens an envelope by a recovery key as people type it.
 *
 * @throws HubError `recovery-key-mistyped`, `recovery-key-old` (replaced by a newer one), `recovery-key-foreign`
 *   (another building's, or newer than this envelope), `envelope-broken` (changed since it was sealed)
 */
export function openEnvelope(
  text: string,
  typed: string,
): { readonly content: string; readonly header: EnvelopeHeader } {
  const privateKey = readRecoveryKey(typed);
  const { header, headerText, sealed } = parse(text);
  mustFit(sealingKey(privateKey), header);
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
  try {
    const key = contentKey(privateKey, header.ephemeral, header.ephemeral, header.recipient);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(headerText))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const content = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    return { content, header };
  } catch (cause) {
    throw broken('it was changed since it was sealed', cause);
  }
}

function mustFit(given: string, { building, generation, recipient, madeAtMs, former }: EnvelopeHeader): void {
  if (given === recipient) return;
  const made = new Date(madeAtMs).toISOString().slice(0, 10);
  const wanted = `recovery key no. ${generation} of "${building}", made on ${made}`;
  if (former.includes(given)) {
    throw new HubError(
      'recovery-key-old',
      `this recovery key was replaced by a newer one and opens nothing any more; use ${wanted}`,
    );
  }
  throw new HubError(
    'recovery-key-foreign',
    `this recovery key does not open this keyring: it is of another building, or was made after this copy; ` +
      `the copy asks for ${wanted}`,
  );
}

function contentKey(mine: KeyObject, theirs: string, ephemeral: string, recipient: string): Buffer {
  const publicKey = createPublicKey({ key: Buffer.from(theirs, 'base64'), format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey: mine, publicKey });
  const salt = Buffer.concat([Buffer.from(ephemeral, 'base64'), Buffer.from(recipient, 'base64')]);
  return Buffer.from(hkdfSync('sha256', shared, salt, INFO, CIPHER_KEY_BYTES));
}

function parse(text: string): { header: EnvelopeHeader; headerText: string; sealed: Buffer } {
  try {
    const { header: headerText, sealed } = EnvelopeText.parse(JSON.parse(text));
    return {
      header: Header.parse(JSON.parse(headerText)),
      headerText,
      sealed: Buffer.from(sealed, 'base64'),
    };
  } catch (cause) {
    throw broken('it is none of ours, or of a newer version', cause);
  }
}

function broken(why: string, cause: unknown): HubError {
  return new HubError('envelope-broken', `the sealed keyring cannot be used: ${why}; take another copy`, {
    cause,
  });
}
