/**
 * Which hub speaks for the building. A certificate names a number and the hub instance that bears it, signed by the
 * building's key (its CA's): whoever meets two believes the higher one, for ever.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { Id, Slug } from '../ids.ts';

/** Bytes that say what is signed, so that no signature of the key fits two things. */
const DOMAIN = 'lockerhub/epoch/1\n';
/** The number that the first hub of a building bears. */
export const FIRST_EPOCH = 1;

export const EpochNumber = z.int().min(FIRST_EPOCH).max(1_000_000);

/** What a certificate says. `building`: its slug; `atMs`: the signer's wall clock, for people only. */
export const EpochClaim = z.strictObject({
  building: Slug,
  number: EpochNumber,
  instance: Id,
  atMs: z.int(),
});
export type EpochClaim = z.infer<typeof EpochClaim>;

/** `text`: an `EpochClaim` as JSON, exactly as signed. `signature`: ECDSA P-256, SHA-256, DER, in base64. */
export const EpochCertificate = z.strictObject({
  text: z.string().max(1_000),
  signature: z.base64().max(200),
});
export type EpochCertificate = z.infer<typeof EpochCertificate>;

/** What names a hub instance in the stamps that it makes. The id's end: its beginning is a time (UUID v7). */
export function nodeOf(instance: Id): Slug {
  return `h-${instance.slice(-8)}`;
}

/** The bytes under the signature. */
export function epochBytes(text: string): Uint8Array {
  return utf8ToBytes(DOMAIN + text);
}

/** What the certificate claims; null if its text is none. The signature is not looked at. */
export function readClaim(certificate: EpochCertificate): EpochClaim | null {
  try {
    return EpochClaim.parse(JSON.parse(certificate.text));
  } catch {
    // What does not parse claims nothing; the caller refuses it by name.
    return null;
  }
}
