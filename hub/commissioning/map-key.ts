/** The key that signs maps: derived from the building's keyring, so that it comes back with it and is stored nowhere. */
import { createPrivateKey, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import type { MapSigner } from './signed-map.ts';

/** Ed25519 (RFC 8032) takes 32 bytes; before them its PKCS #8 wrapping (RFC 8410, section 7). */
const SEED_BYTES = 32;
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derives the signer (HKDF, RFC 5869: another purpose, another key) from the keyring's code key. */
export function mapSigner(codeKey: Uint8Array): MapSigner {
  const seed = Buffer.from(hkdfSync('sha256', codeKey, '', 'lockerhub commissioning map key', SEED_BYTES));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key);
  return {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (bytes) => sign(null, bytes, key),
    verify: (bytes, signature) => verify(null, bytes, publicKey, signature),
  };
}
