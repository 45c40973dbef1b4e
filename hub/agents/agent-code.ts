/**
 * One-time codes of agents: derived like all codes, not stored. The row of an invited agent holds its id and no secret,
 * so that a stolen store or backup lets nobody join.
 */
import { createHmac } from 'node:crypto';
import { JOIN_CODE_BYTES } from '@lockerhub/protocol/join/join-code.ts';

/** @param codeKey from the building's keyring. */
export function agentCode(codeKey: Uint8Array, agent: string): Uint8Array {
  const digest = createHmac('sha256', codeKey).update(`lockerhub/agent-code/1\n${agent}`).digest();
  return new Uint8Array(digest.subarray(0, JOIN_CODE_BYTES));
}
