/**
 * A stream under AES-256-GCM, in frames, so that a large backup needs little memory and a cut, swapped or changed frame
 * is found: the nonce is the frame's number (the key serves for one stream alone), and the last frame says that it is.
 * The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015, "Online Authenticated-Encryption").
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { HubError } from '../error.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Plain bytes of a frame; only the last one may hold fewer. */
const FRAME_BYTES = 64 * 1024;
/** Of the key that `encrypt` and `decrypt` take. */
export const STREAM_KEY_BYTES = 32;

function nonceOf(frame: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(frame, 0, 6);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

/** @param key of this stream and no other */
export async function* encrypt(stream: AsyncIterable<Buffer>, key: Uint8Array): AsyncGenerator<Buffer> {
  let frame = 0;
  for await (const { piece, isLast } of inFrames(stream, FRAME_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(frame, isLast));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
    frame += 1;
  }
}

/** @throws HubError `backup-broken` */
export async function* decrypt(stream: AsyncIterable<Buffer>, key: Uint8Array): AsyncGenerator<Buffer> {
  let frame = 0;
  for await (const { piece, isLast } of inFrames(stream, FRAME_BYTES + TAG_BYTES)) {
    yield open(piece, key, frame, isLast);
    frame += 1;
  }
}

function open(piece: Buffer, key: Uint8Array, frame: number, isLast: boolean): Buffer {
  try {
    const decipher = createDecipheriv(CIPHER, key, nonceOf(frame, isLast), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(piece.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new HubError(
      'backup-broken',
      "this backup can't be used: it was changed or cut since it was made; take another one",
      { cause },
    );
  }
}

/** The stream in pieces of one size. There is always a last one, which may be empty. */
async function* inFrames(
  stream: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ readonly piece: Buffer; readonly isLast: boolean }> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    waiting.push(piece);
    bytes += piece.length;
    // A whole frame goes out only once something is behind it: it may be the last.
    if (bytes <= size) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; all.length - at > size; at += size) yield { piece: all.subarray(at, at + size), isLast: false };
    waiting = [all.subarray(at)];
    bytes = all.length - at;
  }
  yield { piece: Buffer.concat(waiting), isLast: true };
}
