/** What the gateway signs when it says that it holds a building's log up to an entry. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Head } from '../log/entry.ts';

/** Bytes that say what is signed, so that no signature of the key fits two things. */
const DOMAIN = 'lockerhub/head/1\n';

/**
 * The bytes under a countersignature (Ed25519).
 *
 * @param building the id that the cloud gave it (`Enrolled.building`)
 * @param atMs the gateway's wall clock
 */
export function countersignedBytes(building: string, head: Head, atMs: number): Uint8Array {
  return utf8ToBytes(DOMAIN + JSON.stringify([building, head.seq, head.hash, atMs]));
}
