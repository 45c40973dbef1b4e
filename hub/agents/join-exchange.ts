/** The two messages of joining, as the hub reads and writes them: a listener learns nothing that opens anything. */

import { isMac, type JoinKeys, macOf } from '@lockerhub/protocol/join/join-keys.ts';
import {
  type JoinAnswered,
  JoinAsked,
  type JoinReply,
  type JoinRequest,
} from '@lockerhub/protocol/join/join-messages.ts';
import { HubError } from '../error.ts';

/** Where agents find the hub, and which building's it is. */
export type Whereabouts = Pick<JoinAnswered, 'building' | 'addresses' | 'mqttsPort' | 'httpPort'>;

/**
 * What is asked; undefined if whoever asks does not hold the code.
 *
 * @throws HubError `request-invalid` if the holder of the code asks for something else.
 */
export function readRequest({ text, mac }: JoinRequest, keys: JoinKeys): JoinAsked | undefined {
  if (!isMac(keys.request, text, mac)) return undefined;
  const asked = JoinAsked.safeParse(jsonOf(text));
  if (asked.success) return asked.data;
  const issue = asked.error.issues[0];
  const where = ['body.text', ...(issue?.path ?? [])].join('.');
  throw new HubError('request-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, { where });
}

/** An answer under the code's MAC: it proves that this CA is the building's. */
export function sealed(answered: JoinAnswered, keys: JoinKeys): JoinReply {
  const text = JSON.stringify(answered);
  return { text, mac: macOf(keys.answer, text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON does not fit the schema either, which then says so.
    return undefined;
  }
}
