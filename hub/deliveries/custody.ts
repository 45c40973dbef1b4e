/**
 * What follows for a parcel from what a door did and from the end of a visit. Never opens anything. In doubt a parcel
 * counts as being there: a compartment is held too long rather than given out too early.
 */
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { Confirmation } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';
import { noteGrantEnd } from '../commissioning/watch.ts';
import { closeCases, openCase } from './cases.ts';
import { type Draft, HUB } from './draft.ts';
import { noteGoodOpening, noteJam } from './locks.ts';
import {
  type Delivery,
  type Door,
  doorOf,
  type EndReason,
  type Grant,
  heldAt,
  type Model,
  sameDoor,
  type Visit,
} from './model.ts';
import { areGrantsEnded } from './openings.ts';
import { atOneOpening, attemptsLeft, isForSameResidents } from './stops.ts';
import { callForUntold } from './untold.ts';

/** The parcel is in, as far as anybody says. */
export function deposit(draft: Draft, by: Actor, delivery: Delivery, confirmation: Confirmation): void {
  draft.say(by, 'delivery.deposited', { delivery: delivery.id, confirmation });
  closeCasesOf(draft, delivery, ['unfinished-drop-off', 'desk-hand-over'], 'The parcel counts as deposited.');
  // Of any other one it turns out when its people are told.
  if (delivery.household === null) callForUntold(draft, delivery.id);
}

type WithdrawReason = PayloadOf<'delivery.withdrawn'>['reason'];

/** The parcel is not in. Call it only when every grant of the delivery has an end. */
export function withdraw(draft: Draft, by: Actor, delivery: Delivery, reason: WithdrawReason): void {
  const about = [
    'unfinished-drop-off',
    'unconfirmed-deposit',
    'unfinished-pickup',
    'nothing-inside',
    'emergency-opened',
    'desk-hand-over',
    'recipient-unknown',
  ];
  closeCasesOf(draft, delivery, about, 'The delivery was withdrawn.');
  draft.say(by, 'delivery.withdrawn', { delivery: delivery.id, reason });
}

/** Ends a grant, once. */
export function endGrant(
  draft: Draft,
  by: Actor,
  grant: Grant,
  end: GrantEnd,
  more: { readonly reason?: string; readonly latencyMs?: number } = {},
): void {
  if (grant.end !== null) return;
  draft.say(by, 'grant.ended', { grant: grant.id, delivery: grant.delivery, end, ...more });
  if (end === 'jammed') afterJam(draft, by, grant);
  if (grant.purpose === 'commissioning') noteGrantEnd(draft, by, grant.bank, grant.id, end);
  if (end === 'opened') noteGoodOpening(draft, grant);
}

/** A courier gets another door and staff get a case; a resident has attempts left first. */
export function afterJam(draft: Draft, by: Actor, grant: Grant): void {
  // The installer stands before it, and the walk says what follows.
  if (grant.purpose === 'commissioning') return;
  const { model, env } = draft;
  if (!noteJam(draft, by, grant)) return;
  const visit = grant.visit === null ? undefined : model.visits.get(grant.visit);
  const delivery = grant.delivery === null ? undefined : model.deliveries.get(grant.delivery);
  const canTryAgain =
    visit?.kind === 'resident' &&
    delivery !== undefined &&
    attemptsLeft(model, visit, delivery, env.policy.retries) > 0;
  if (!canTryAgain) openCase(draft, by, 'jammed', { door: grant, delivery: grant.delivery });
}

/** A grant's state has changed: what follows for its parcel. */
export function afterGrant(draft: Draft, by: Actor, id: string): void {
  const { model, env } = draft;
  const grant = model.grants.get(id);
  const delivery = grant?.delivery && model.deliveries.get(grant.delivery);
  if (!grant || !delivery) return;
  const now = grant.visit === null ? undefined : model.visitsNow.get(grant.visit);
  if (now && grant.visit !== null) model.visitsNow.set(grant.visit, { ...now, touchedMs: env.nowMs });
  if (!now) afterUnattended(draft, grant, delivery);
  if (delivery.state === 'assigned') settleAssigned(draft, by, delivery);
  if (delivery.state === 'deposited') afterOpenedAgain(draft, by, grant, delivery);
  if (delivery.state === 'missing' && grant.purpose === 'pickup' && grant.state === 'closed') {
    collectBeside(draft, by, delivery, grant);
  }
}

/** A deposited parcel's door: taken by a resident, or opened once more by its courier. */
function afterOpenedAgain(draft: Draft, by: Actor, grant: Grant, delivery: Delivery): void {
  if (grant.purpose === 'pickup' && grant.state === 'closed') {
    collect(draft, by, delivery, grant);
  } else if (grant.purpose === 'pickup' && grant.state === 'settled') {
    closeCasesOf(draft, delivery, ['unfinished-pickup'], 'The door stayed closed: the parcel still waits.');
  } else if (grant.purpose === 'reopen' && grant.state === 'closed') {
    if (isLive(draft.model, grant)) ask(draft, delivery);
    else countAsInside(draft, delivery);
  }
}

/** Whoever stood before the open door had all that lay behind it for the same people. */
function collect(draft: Draft, by: Actor, delivery: Delivery, grant: Grant): void {
  const beside = takenBeside(draft, delivery, grant).filter(
    (other) =>
      // What else of a room is theirs was asked for above.
      other.zone !== delivery.zone || isForSameResidents(delivery, other, draft.env.roster),
  );
  const doubtful = doubtfulZones(draft, grant);
  for (const taken of [delivery, ...beside]) {
    if (taken.zone === null || !doubtful.has(taken.zone)) sayCollected(draft, by, taken, grant);
  }
}

/** In a room the parcel that it was opened for was not in its zone: what lay on other zones was taken. */
function collectBeside(draft: Draft, by: Actor, missed: Delivery, grant: Grant): void {
  const doubtful = doubtfulZones(draft, grant);
  for (const taken of takenBeside(draft, missed, grant)) {
    if (taken.zone !== missed.zone && taken.zone !== null && !doubtful.has(taken.zone)) {
      sayCollected(draft, by, taken, grant);
    }
  }
}

/** The zones of a room on which a parcel was missed during an opening: what else lay on the same one is in doubt. */
function doubtfulZones({ model }: Draft, grant: Grant): ReadonlySet<string> {
  // After a restart nobody knows when either was: in doubt it waits.
  const issuedMs = model.grantsNow.get(grant.id)?.issuedMs ?? Number.NEGATIVE_INFINITY;
  const missed = heldAt(model, grant).filter(
    ({ id, state }) => state === 'missing' && (model.since.get(id) ?? issuedMs) >= issuedMs,
  );
  return new Set(missed.flatMap(({ zone }) => zone ?? []));
}

/** What else went out by the opening that was for a parcel. */
function takenBeside({ model, env }: Draft, delivery: Delivery, grant: Grant): Delivery[] {
  const visit = grant.visit === null ? undefined : model.visits.get(grant.visit);
  return atOneOpening(model, env.roster, delivery, visit).filter(
    (other) => other.id !== delivery.id && other.state === 'deposited' && !model.asked.has(other.id),
  );
}

function sayCollected(draft: Draft, by: Actor, taken: Delivery, grant: Grant): void {
  // A person's word that the door is closed stands in for a sensor.
  const confirmation = by.kind === 'resident' || by.kind === 'delegate' ? 'attested' : 'confirmed';
  draft.say(by, 'delivery.collected', { delivery: taken.id, visit: grant.visit, confirmation });
  closeCasesOf(draft, taken, ['unfinished-pickup', 'emergency-opened'], 'The parcel was collected.');
}

function isLive(model: Model, grant: Grant): boolean {
  return grant.visit !== null && model.visits.has(grant.visit);
}

/** Asks "Parcel inside?", unless it is being asked. */
function ask(draft: Draft, delivery: Delivery): void {
  if (!draft.model.asked.has(delivery.id)) draft.model.asked.set(delivery.id, draft.env.nowMs);
  draft.touchDelivery(delivery);
}

/** "Parcel inside?" got no answer: it counts as yes, marked as unconfirmed. */
export function countAsInside(draft: Draft, delivery: Delivery): void {
  const wasTakenBack = delivery.state === 'deposited';
  deposit(draft, HUB, delivery, 'unconfirmed');
  if (!wasTakenBack) return;
  const detail = 'the courier opened again and did not say what became of the parcel';
  openCase(draft, HUB, 'unconfirmed-deposit', { door: doorOf(delivery), delivery: delivery.id, detail });
}

/** What is known of a delivery's present place, from all its grants there. */
type Evidence = 'pending' | 'open' | 'closed' | 'pulsed' | 'unknown' | 'never-opened';

/** A certainty that the door was open outweighs every attempt that came to nothing. */
function evidenceOf(model: Model, delivery: Delivery): Evidence {
  const here = [...model.grants.values()].filter(
    (grant) => grant.delivery === delivery.id && sameDoor(grant, delivery),
  );
  const some = (state: Grant['state']) => here.some((grant) => grant.state === state);
  if (some('open')) return 'open';
  if (here.some((grant) => grant.end === null)) return 'pending';
  if (some('closed')) return 'closed';
  if (some('pulsed')) return 'pulsed';
  return some('unknown') ? 'unknown' : 'never-opened';
}

/** Resolves a parcel that is on its way in, as far as its door tells. */
export function settleAssigned(draft: Draft, by: Actor, delivery: Delivery): void {
  const { model } = draft;
  const door = doorOf(delivery);
  // On its way to the desk, where staff say whether they have it.
  if (!door) return;
  const evidence = evidenceOf(model, delivery);
  if (model.visits.has(delivery.visit)) {
    if (evidence === 'closed') ask(draft, delivery);
    return;
  }
  switch (evidence) {
    case 'pending':
    case 'open':
      return;
    case 'closed':
      deposit(draft, by, delivery, 'unconfirmed');
      return;
    case 'pulsed':
      deposit(draft, by, delivery, 'unconfirmed');
      openCase(draft, by, 'unconfirmed-deposit', { door, delivery: delivery.id });
      return;
    case 'unknown':
      openCase(draft, by, 'unfinished-drop-off', { door, delivery: delivery.id });
      return;
    case 'never-opened':
      if (areGrantsEnded(model, delivery)) withdraw(draft, by, delivery, 'abandoned');
  }
}

/** Nobody stands at the door any more: what cannot be settled without a person becomes a case. */
function afterUnattended(draft: Draft, grant: Grant, delivery: Delivery): void {
  const about = { door: grant, delivery: delivery.id };
  const isDoubtful = grant.state === 'unknown' || (grant.state === 'pulsed' && grant.end !== null);
  if (grant.state === 'open') openCase(draft, HUB, 'left-open', about);
  if (!isDoubtful || delivery.state !== 'deposited' || delivery.grant !== grant.id) return;
  if (grant.purpose === 'pickup') openCase(draft, HUB, 'unfinished-pickup', about);
  if (grant.purpose === 'reopen') openCase(draft, HUB, 'unconfirmed-deposit', about);
}

/** Ends a visit and resolves what it leaves, parcel by parcel. */
export function endVisit(draft: Draft, by: Actor, visit: Visit, reason: EndReason): void {
  const { model } = draft;
  const takenBack = [...model.deliveries.values()].filter(
    ({ id, visit: broughtBy, state }) =>
      broughtBy === visit.id && state === 'deposited' && model.asked.has(id),
  );
  draft.say(by, 'visit.ended', { visit: visit.id, reason });
  for (const delivery of takenBack) countAsInside(draft, delivery);
  for (const grant of [...model.grants.values()]) {
    const delivery = grant.delivery === null ? undefined : model.deliveries.get(grant.delivery);
    if (grant.visit === visit.id && delivery) afterUnattended(draft, grant, delivery);
  }
  const left = [...model.deliveries.values()].filter((delivery) => delivery.visit === visit.id);
  for (const delivery of left) if (delivery.state === 'assigned') settleAssigned(draft, HUB, delivery);
}

/** A door is closed, however that was learned. */
export function afterDoorClosed(draft: Draft, by: Actor, door: Door): void {
  closeCases(
    draft,
    by,
    ({ kind, bank, compartment }) =>
      kind === 'left-open' && bank === door.bank && compartment === door.compartment,
    'The door was closed.',
  );
}

function closeCasesOf(draft: Draft, { id }: Delivery, kinds: readonly string[], resolution: string): void {
  closeCases(draft, HUB, ({ delivery, kind }) => delivery === id && kinds.includes(kind), resolution);
}
