/** Signing and checking a pickup list, and how codes are written on it. */
import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { PickupList, type SignedList } from '@lockerhub/protocol/bank/pickup-list.ts';
import type { TypedCode } from '@lockerhub/protocol/codes/read-code.ts';

/** RFC 8410: the DER head of a raw Ed25519 private key (PKCS #8), and of a public one (SPKI). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const HASH_HEX_CHARS = 32;

type Sealed = Pick<SignedList, 'text' | 'publicKey' | 'signature'>;

/** Signs lists with a key of 32 bytes. */
export class ListSeal {
  readonly #key: KeyObject;
  readonly #publicKey: string;

  constructor(seed: Uint8Array) {
    const der = Buffer.concat([PRIVATE_HEAD, seed]);
    this.#key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#key).export({ format: 'der', type: 'spki' });
    this.#publicKey = spki.subarray(PUBLIC_HEAD.length).toString('base64url');
  }

  seal(list: PickupList): Sealed {
    const text = JSON.stringify(list);
    const signature = sign(null, Buffer.from(text), this.#key).toString('base64url');
    return { text, publicKey: this.#publicKey, signature };
  }
}

/** The list, or null if its signature does not hold or it is none. Whose key it is, the caller has to know. */
export function openSealedList({ text, publicKey, signature }: Sealed): PickupList | null {
  try {
    const der = Buffer.concat([PUBLIC_HEAD, Buffer.from(publicKey, 'base64url')]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (!verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))) return null;
    return PickupList.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Bytes that are no key, or no JSON: not a list.
    return null;
  }
}

/** How a code stands on a list: typed digits and a scanned QR code each have a hash of their own. */
export function listedHash(codeKey: string, { digits, tag }: TypedCode): string {
  const what = tag === null ? `digits\n${digits}` : `qr\n${digits}\n${tag}`;
  return createHmac('sha256', Buffer.from(codeKey, 'hex'))
    .update(what)
    .digest('hex')
    .slice(0, HASH_HEX_CHARS);
}
