/**
 * Who made a release: an Ed25519 signature over the list of checksums. The key is a PEM file that only the maker of
 * releases has, and never lies on a building's hub; what a hub keeps is the public half, from its installation on.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** Only its owner may read it. */
const PRIVATE = 0o600;

export interface Signed {
  /** Base64. */
  readonly signature: string;
  /** SPKI in PEM. */
  readonly publicKey: string;
}

/** Makes a key for releases. The file must not exist: a lost key can't be made again. */
export async function makeKey(file: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(file, text, { mode: PRIVATE, flag: 'wx' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** Signs a text with the key in a file. @throws Error if there is no Ed25519 key in it */
export async function signText(text: string, keyFile: string): Promise<Signed> {
  const key = createPrivateKey(await readFile(keyFile));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${keyFile} holds no Ed25519 key; make one with --new-key`);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return { signature: sign(null, Buffer.from(text), key).toString('base64'), publicKey };
}

/** Whether the holder of this key signed the text. */
export function isSigned(text: string, { signature, publicKey }: Signed): boolean {
  return verify(null, Buffer.from(text), createPublicKey(publicKey), Buffer.from(signature, 'base64'));
}
