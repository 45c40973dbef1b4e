/** What both sides derive from a one-time code, so that it never has to be sent. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** 128 bits name a code; whoever reads them learns nothing of it (RFC 5869: outputs by other `info` are independent). */
const NAME_BYTES = 16;
/** 256 bits: as long as the output of the HMAC-SHA-256 that they key (RFC 2104, section 3). */
const KEY_BYTES = 32;

export interface JoinKeys {
  /** Names the code in a request, in hex. */
  readonly name: string;
  /** Of the agent's request. */
  readonly request: Uint8Array;
  /** Of the hub's answer: a request can't be sent back as an answer. */
  readonly answer: Uint8Array;
}

/** @param code the bytes of a one-time code. */
export function joinKeys(code: Uint8Array): JoinKeys {
  const derive = (use: string, length: number) =>
    hkdf(sha256, code, undefined, utf8ToBytes(`lockerhub/join/1/${use}`), length);
  return {
    name: bytesToHex(derive('name', NAME_BYTES)),
    request: derive('request', KEY_BYTES),
    answer: derive('answer', KEY_BYTES),
  };
}

/** The MAC over a text, in hex. */
export function macOf(key: Uint8Array, text: string): string {
  return bytesToHex(hmac(sha256, key, utf8ToBytes(text)));
}

/** Whether `mac` (hex) is the MAC over this text; takes as long for a nearly right one. */
export function isMac(key: Uint8Array, text: string, mac: string): boolean {
  const expected = hmac(sha256, key, utf8ToBytes(text));
  const given = hexToBytes(mac);
  if (given.length !== expected.length) return false;
  return expected.reduce((difference, byte, at) => difference | (byte ^ (given[at] ?? 0)), 0) === 0;
}
