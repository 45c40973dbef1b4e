/** What a hub signs with the building's key to ask where the building stands in the cloud. */
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes that say what is signed, so that no signature of the key fits two things. */
const DOMAIN = 'lockerhub/standing/1\n';

/**
 * The bytes under the signature. It holds for ever, and tells whoever has it two numbers and a hash: no more than agents
 * and backups say.
 *
 * @param building the id that the cloud gave it (`Enrolled.building`)
 */
export function standingBytes(building: string): Uint8Array {
  return utf8ToBytes(DOMAIN + building);
}
