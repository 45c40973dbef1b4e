/** Telling residents: one message each for all that one visit brought, once it can no longer be taken back. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { closeCases, openCase } from './cases.ts';
import type { NotifierCommand } from './command.ts';
import { endWithCode } from './delegate-ends.ts';
import { type Draft, HUB } from './draft.ts';
import type { GrantState } from './grant-table.ts';
import { type Delivery, type Model, sameDoor } from './model.ts';
import { countAsReminder } from './reminding.ts';
import { endSlip, endSlipsOf } from './slips.ts';
import { isFor } from './stops.ts';
import { giveCode, MAX_IN_MESSAGE, queueMessage, recipientsOf } from './telling.ts';
import { callForUntold, closeUntold } from './untold.ts';

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
    (delivery) =>
      delivery.state === 'deposited' &&
      !delivery.announced &&
      // Nobody to tell before staff have matched it.
      delivery.household !== null &&
      !model.visits.has(delivery.visit),
  );
  const settled = waiting.filter(
    (delivery) => !isOpenedAgain(model, delivery) && !isRoomVisited(model, delivery),
  );
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

/**
 * Somebody collects in the room where it lies. What is announced counts as taken by who is let in for theirs
 * (`atOneOpening`): they have not been told of this one.
 */
function isRoomVisited(model: Model, delivery: Delivery): boolean {
  if (delivery.zone === null) return false;
  return [...model.grants.values()].some((grant) => {
    const visit = grant.visit === null ? undefined : model.visits.get(grant.visit);
    return visit?.kind === 'resident' && sameDoor(grant, delivery) && MAY_BE_INSIDE[grant.state];
  });
}

/** Whether who was let in by a grant may be in the room. */
const MAY_BE_INSIDE: Record<GrantState, boolean> = {
  issued: true,
  pulsed: true,
  open: true,
  unknown: true,
  closed: false,
  jammed: false,
  void: false,
  settled: false,
};

/** Queues the messages of one arrival. */
export function announce(draft: Draft, { visit, deliveries }: Arrival): void {
  const byResident = new Map<string, string[]>();
  for (const delivery of deliveries) {
    for (const resident of recipientsOf(draft.env.roster, delivery)) {
      byResident.set(resident, [...(byResident.get(resident) ?? []), delivery.id]);
    }
  }
  const messageTo = new Map<string, string>();
  for (const [resident, ids] of byResident) {
    giveCode(draft, resident);
    messageTo.set(resident, queueMessage(draft, 'parcels-arrived', resident, visit, ids));
  }
  for (const delivery of deliveries) {
    const messages = recipientsOf(draft.env.roster, delivery).flatMap(
      (resident) => messageTo.get(resident) ?? [],
    );
    draft.say(HUB, 'delivery.announced', { delivery: delivery.id, messages });
    if (messages.length > 0) {
      callForUntold(draft, delivery.id);
      continue;
    }
    const detail = 'nobody lives there any more who could be told';
    openCase(draft, HUB, 'message-undelivered', { door: null, delivery: delivery.id, detail });
  }
}

/** Tells those who were told of a parcel that it is gone. */
export function announceWithdrawal(draft: Draft, delivery: Delivery): void {
  for (const resident of recipientsOf(draft.env.roster, delivery)) {
    queueMessage(draft, 'parcel-withdrawn', resident, null, [delivery.id]);
  }
}

/** A code that a thief may have: whoever waits for a parcel gets another and is told; others get one when they need it. */
export function replaceCode(draft: Draft, by: Actor, holder: string): void {
  const { model, env } = draft;
  const code = model.codes.get(holder);
  if (!code || code.revoked) return;
  const slip = model.slips.get(holder);
  if (slip) {
    endSlip(draft, by, slip, 'revoked');
    return;
  }
  draft.say(by, 'code.revoked', { holder });
  endWithCode(draft, by, holder, 'by-code');
  const waiting = [...model.deliveries.values()]
    .filter((delivery) => delivery.state === 'deposited' && delivery.announced)
    .filter((delivery) => isFor(delivery, holder, env.roster));
  if (waiting.length === 0) return;
  giveCode(draft, holder);
  queueMessage(
    draft,
    'code-changed',
    holder,
    null,
    waiting.slice(0, MAX_IN_MESSAGE).map(({ id }) => id),
  );
}

/** What went out to nobody stands in the outbox of the staff's page. */
const OUTBOX = 'outbox';

/** Somebody of these parcels' units was reached: the paper in the letter box is for nobody any more. */
function toldAfterAll(draft: Draft, deliveries: readonly string[], resolution: string): void {
  const { model } = draft;
  const units = new Set(deliveries.flatMap((id) => model.deliveries.get(id)?.unit ?? []));
  closeUntold(draft, units, resolution);
  for (const unit of units) endSlipsOf(draft, HUB, unit, 'told');
}

/** The notifier's word on a message. One about a message that is over has no effect. */
export function messageResult(
  draft: Draft,
  command: Extract<NotifierCommand, { type: 'message-sent' | 'message-failed' }>,
): void {
  const message = draft.model.messages.get(command.message);
  if (!message) return;
  const { message: id, channel } = command;
  if (command.type === 'message-sent') {
    draft.say(HUB, 'message.sent', { message: id, channel });
    countAsReminder(draft, id, message.deliveries);
    const isAbout = (delivery: string | null) => delivery !== null && message.deliveries.includes(delivery);
    const resolution = 'A message went out.';
    closeCases(
      draft,
      HUB,
      ({ kind, delivery }) => kind === 'message-undelivered' && isAbout(delivery),
      resolution,
    );
    if (channel !== OUTBOX) toldAfterAll(draft, message.deliveries, resolution);
    return;
  }
  const { attempt, final, reason } = command;
  draft.say(HUB, 'message.failed', { message: id, channel, attempt, final, reason: reason.slice(0, 200) });
  if (!final) return;
  const delivery = message.deliveries[0] ?? null;
  openCase(draft, HUB, 'message-undelivered', { door: null, delivery, detail: reason.slice(0, 200) });
}

/**
 * What a provider says of a message that it had taken. One that did not arrive is said again by another of the
 * resident's ways while what it tells of still waits; where there is none, a person is called.
 */
export function receiptCame(
  draft: Draft,
  command: Extract<NotifierCommand, { type: 'message-receipt' }>,
): void {
  const { message, channel, state } = command;
  if (state === 'delivered') {
    draft.say(HUB, 'message.delivered', { message, channel });
    return;
  }
  const reason = command.reason.slice(0, 200);
  draft.say(HUB, 'message.undelivered', { message, channel, reason });
  const waiting = command.deliveries.filter((id) => draft.model.deliveries.get(id)?.state === 'deposited');
  const [delivery] = waiting;
  if (delivery === undefined) return;
  if (!command.again) {
    openCase(draft, HUB, 'message-undelivered', { door: null, delivery, detail: reason });
    return;
  }
  queueMessage(draft, command.kind, command.resident, null, waiting, [...command.without, channel]);
}
