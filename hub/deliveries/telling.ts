/** What telling residents needs, whatever they are told: who they are, and a message in the queue. */
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { Roster } from './command.ts';
import { type Draft, HUB } from './draft.ts';
import type { Delivery } from './model.ts';
import { MAX_TOLD } from './policy.ts';

/** Deliveries that one message names (protocol/log/payload.ts). */
export const MAX_IN_MESSAGE = 200;

/** The resident that it is addressed to, else all of the household. */
export function recipientsOf(
  roster: Pick<Roster, 'resident' | 'residentsOf'>,
  { resident, household }: Pick<Delivery, 'resident' | 'household'>,
): readonly string[] {
  if (resident !== null) return roster.resident(resident) ? [resident] : [];
  return household === null ? [] : roster.residentsOf(household).slice(0, MAX_TOLD);
}

/** Writes a message down and has it sent, by none of the channels `without`. @returns the message */
export function queueMessage(
  draft: Draft,
  kind: MessageKind,
  resident: string,
  visit: string | null,
  deliveries: readonly string[],
  without: readonly string[] = [],
): string {
  const message = draft.env.newId();
  draft.say(HUB, 'message.queued', {
    message,
    kind,
    resident,
    visit,
    deliveries: [...deliveries],
    ...(without.length > 0 && { without: [...without] }),
  });
  draft.effect({ type: 'send-message', message });
  return message;
}
