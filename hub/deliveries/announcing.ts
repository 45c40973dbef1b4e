/** Telling residents: one message each for all that one visit brought, once it can no longer be taken back. */
import type { Actor, MessageKind } from '@lockerhub/protocol/log/payload.ts';
import { closeCases, openCase } from './cases.ts';
import type { NotifierCommand } from './command.ts';
import { type Draft, HUB } from './draft.ts';
import type { Delivery, Model } from './model.ts';
import { MAX_TOLD } from './policy.ts';

/** Deliveries that one message names (protocol/log/payload.ts). */
const MAX_IN_MESSAGE = 200;

/** Parcels of one visit of which nobody was told yet. */
export interface Arrival {
  readonly visit: string;
  readonly deliveries: readonly Delivery[];
  /** When the last of them can no longer be taken back. */
  readonly dueMs: number;
}

/** All arrivals of visits that are over. A parcel whose door is being opened once more waits for its next one. */
export function arrivals(model: Model, undoMs: number): Arrival[] {
  const waiting = [...model.deliveries.values()].filter(
    (delivery) => delivery.state === 'deposited' && !delivery.announced && !model.visits.has(delivery.visit),
  );
  const settled = waiting.filter((delivery) => !isOpenedAgain(model, delivery));
  return [...Map.groupBy(settled, ({ visit }) => visit)].map(([visit, deliveries]) => ({
    visit,
    deliveries,
    dueMs: undoMs + Math.max(...deliveries.map(({ id }) => model.since.get(id) ?? 0)),
  }));
}

function isOpenedAgain(model: Model, delivery: Delivery): boolean {
  const grant = delivery.grant === null ? undefined : model.grants.get(delivery.grant);
  return grant?.purpose === 'reopen' && (grant.end === null || grant.state === 'open');
}

/** Queues the messages of one arrival. */
export function announce(draft: Draft, { visit, deliveries }: Arrival): void {
  const byResident = new Map<string, string[]>();
  for (const delivery of deliveries) {
    for (const resident of recipientsOf(draft, delivery)) {
      byResident.set(resident, [...(byResident.get(resident) ?? []), delivery.id]);
    }
  }
  const messageTo = new Map<string, string>();
  for (const [resident, ids] of byResident) {
    giveCode(draft, resident);
    messageTo.set(resident, queue(draft, 'parcels-arrived', resident, visit, ids));
  }
  for (const delivery of deliveries) {
    const messages = recipientsOf(draft, delivery).flatMap((resident) => messageTo.get(resident) ?? []);
    draft.say(HUB, 'delivery.announced', { delivery: delivery.id, messages });
    if (messages.length > 0) continue;
    const detail = 'nobody lives there any more who could be told';
    openCase(draft, HUB, 'message-undelivered', { door: null, delivery: delivery.id, detail });
  }
}

/** Tells those who were told of a parcel that it is gone. */
export function announceWithdrawal(draft: Draft, delivery: Delivery): void {
  for (const resident of recipientsOf(draft, delivery)) {
    queue(draft, 'parcel-withdrawn', resident, null, [delivery.id]);
  }
}

/** A code that a thief may have: whoever waits for a parcel gets another and is told; others get one when they need it. */
export function replaceCode(draft: Draft, by: Actor, holder: string): void {
  const { model, env } = draft;
  const code = model.codes.get(holder);
  if (!code || code.revoked) return;
  draft.say(by, 'code.revoked', { holder });
  const waiting = [...model.deliveries.values()]
    .filter((delivery) => delivery.state === 'deposited' && delivery.announced)
    .filter(({ resident, household }) =>
      resident === null ? env.roster.residentsOf(household).includes(holder) : resident === holder,
    );
  if (waiting.length === 0) return;
  giveCode(draft, holder);
  queue(
    draft,
    'code-changed',
    holder,
    null,
    waiting.slice(0, MAX_IN_MESSAGE).map(({ id }) => id),
  );
}

/** The resident that it is addressed to, else all of the household. */
function recipientsOf(draft: Draft, { resident, household }: Delivery): readonly string[] {
  const { roster } = draft.env;
  if (resident !== null) return roster.resident(resident) ? [resident] : [];
  return roster.residentsOf(household).slice(0, MAX_TOLD);
}

/** A code is issued when first needed, and again after it was revoked. */
export function giveCode(draft: Draft, holder: string): void {
  const code = draft.model.codes.get(holder);
  if (code && !code.revoked) return;
  const generation = draft.env.codes.nextGeneration(holder, draft.takenDigits);
  draft.say(HUB, 'code.issued', { holder, generation });
}

function queue(
  draft: Draft,
  kind: MessageKind,
  resident: string,
  visit: string | null,
  deliveries: string[],
): string {
  const message = draft.env.newId();
  draft.say(HUB, 'message.queued', { message, kind, resident, visit, deliveries });
  draft.effect({ type: 'send-message', message });
  return message;
}

/** The notifier's word on a message. One about a message that is over has no effect. */
export function messageResult(draft: Draft, command: NotifierCommand): void {
  const message = draft.model.messages.get(command.message);
  if (!message) return;
  const { message: id, channel } = command;
  if (command.type === 'message-sent') {
    draft.say(HUB, 'message.sent', { message: id, channel });
    const isAbout = (delivery: string | null) => delivery !== null && message.deliveries.includes(delivery);
    closeCases(
      draft,
      HUB,
      ({ kind, delivery }) => kind === 'message-undelivered' && isAbout(delivery),
      'A message went out.',
    );
    return;
  }
  const { attempt, final, reason } = command;
  draft.say(HUB, 'message.failed', { message: id, channel, attempt, final, reason: reason.slice(0, 200) });
  if (!final) return;
  const delivery = message.deliveries[0] ?? null;
  openCase(draft, HUB, 'message-undelivered', { door: null, delivery, detail: reason.slice(0, 200) });
}
