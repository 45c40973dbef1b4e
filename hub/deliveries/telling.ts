/** What telling residents needs, whatever they are told: who they are, and a message in the queue. */
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import { type Draft, HUB } from './draft.ts';
import { MAX_TOLD } from './policy.ts';
import type { Roster } from './roster.ts';
import { type Addressed, isFor } from './stops.ts';

/** Deliveries that one message names (protocol/log/payload.ts). */
export const MAX_IN_MESSAGE = 200;

/**
 * The resident that it is addressed to, else all of the household. Where the one cannot be told, those of the household
 * are told too who may take it, and can be.
 */
export function recipientsOf(roster: Roster, whose: Addressed): readonly string[] {
  const { resident, household } = whose;
  if (resident !== null) {
    const one = roster.resident(resident);
    if (!one || one.reachable || household === null) return one ? [resident] : [];
    const others = roster.residentsOf(household).filter((other) => other !== resident);
    const told = others.filter((id) => roster.resident(id)?.reachable && isFor(whose, id, roster));
    return [resident, ...told].slice(0, MAX_TOLD);
  }
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

/** A code is issued when first needed, and again after it was revoked. */
export function giveCode(draft: Draft, holder: string): void {
  const code = draft.model.codes.get(holder);
  if (code && !code.revoked) return;
  const generation = draft.env.codes.nextGeneration(holder, draft.takenDigits);
  draft.say(HUB, 'code.issued', { holder, generation });
}
