/** The signed map: what a bank looks like, how it is wired, and what was tried, so that it can be proved later. */
import { createHash } from 'node:crypto';
import type { SignedMap } from '@lockerhub/protocol/http/commissioning.ts';

/** The building's CA (hub/keyring/authority.ts), as it signs and checks. */
export interface MapSigner {
  /** PEM. */
  readonly certificate: string;
  sign(bytes: Uint8Array): Uint8Array;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Says in the signed bytes what they are, so that no signature fits two things. */
const KIND = 'lockerhub commissioning map 1';

/** JSON with the keys of every object in order: the same content is the same bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Signs what was tried. */
export function signMap(content: Readonly<Record<string, unknown>>, signer: MapSigner): SignedMap {
  const text = canonicalJson({ ...content, kind: KIND });
  const bytes = new TextEncoder().encode(text);
  return {
    text,
    hash: hashOf(bytes),
    signature: Buffer.from(signer.sign(bytes)).toString('base64'),
    certificate: signer.certificate,
  };
}

/** Whether a map is this building's and nothing of it was changed. */
export function isGenuine(map: SignedMap, signer: MapSigner): boolean {
  const bytes = new TextEncoder().encode(map.text);
  if (hashOf(bytes) !== map.hash || !map.text.includes(`"kind":"${KIND}"`)) return false;
  return signer.verify(bytes, Buffer.from(map.signature, 'base64'));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
