/** What staff do: open, take out of service, withdraw, close a case, give and revoke codes. Each names who did it. */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import { announceWithdrawal, replaceCode } from './announcing.ts';
import { openCaseOf } from './case-work.ts';
import { openCase, SETTLED_BY_MATCH } from './cases.ts';
import type { StaffCommand } from './command.ts';
import { deposit, endVisit, withdraw } from './custody.ts';
import { endWithCode } from './delegate-ends.ts';
import { askedBy, type Draft } from './draft.ts';
import { afterReturn, afterSupplyCase } from './locks.ts';
import { type Case, type Delivery, doorKey, doorOf, heldAt, type Model } from './model.ts';
import { areGrantsEnded, issueGrant } from './openings.ts';
import { knownDoor } from './places.ts';
import { Refusal } from './refusal.ts';
import { grantOf } from './stops.ts';
import { afterRecordCase } from './unverified.ts';

type Asked<Type extends StaffCommand['type']> = Extract<StaffCommand, { type: Type }>;

/** @throws Refusal `compartment-unknown`, `bank-away`, `door-in-use` */
export function staffOpen(draft: Draft, command: Asked<'staff-open'>): string {
  const door = knownDoor(draft.env.roster.layouts(), command);
  const { reason } = command;
  return issueGrant(draft, askedBy(command), {
    purpose: 'staff',
    door,
    delivery: null,
    visit: null,
    reason,
  });
}

/** A retired compartment is not given out; what is in it can still be collected. */
export function retire(draft: Draft, command: Asked<'retire' | 'return'>): void {
  const door = knownDoor(draft.env.roster.layouts(), command);
  if (draft.model.retired.has(doorKey(door))) return;
  draft.say(askedBy(command), 'compartment.retired', { ...door, reason: command.reason });
}

export function putBack(draft: Draft, command: Asked<'retire' | 'return'>): void {
  const door = knownDoor(draft.env.roster.layouts(), command);
  if (!draft.model.retired.has(doorKey(door))) return;
  const by = askedBy(command);
  draft.say(by, 'compartment.returned', { ...door, reason: command.reason });
  afterReturn(draft, by, door);
}

/** Staff have taken the parcel, or have seen that it is not there. */
export function staffWithdraw(draft: Draft, command: Asked<'withdraw'>): void {
  const delivery = draft.model.deliveries.get(command.delivery);
  if (!delivery) throw new Refusal('delivery-unknown', 'no such delivery, or it is over; reload the page');
  if (delivery.state === 'collected') throw new Refusal('not-now', 'it was collected already');
  if (!areGrantsEnded(draft.model, delivery) || mayStandOpenFor(draft.model, delivery)) {
    throw new Refusal(
      'not-now',
      'its door is being opened or stands open, or its bank has not answered yet; close it and try again',
    );
  }
  if (delivery.announced) announceWithdrawal(draft, delivery);
  withdraw(draft, askedBy(command), delivery, 'staff');
}

/** Somebody may still put it in: a parcel that is behind a door that shuts must be on record there (I3). */
function mayStandOpenFor(model: Model, delivery: Delivery): boolean {
  const door = doorOf(delivery);
  if (!door) return false;
  return heldAt(model, door).some((held) => mayStandOpenBy(model, held));
}

function mayStandOpenBy(model: Model, delivery: Delivery): boolean {
  const grant = grantOf(model, delivery);
  // A door without a sensor is open until the person before it says something else, or has gone.
  const isUnattested = grant?.state === 'pulsed' && grant.visit !== null && model.visits.has(grant.visit);
  return grant?.state === 'open' || isUnattested || model.asked.has(delivery.id);
}

/** Staff have looked. What the case left open about a parcel is settled by it. */
export function closeCase(draft: Draft, command: Asked<'close-case'>): void {
  const open = openCaseOf(draft, command.case);
  const by = askedBy(command);
  settleParcel(draft, by, open);
  if (!draft.model.cases.has(open.id)) return;
  draft.say(by, 'case.closed', { case: open.id, resolution: command.resolution });
  const { bank, compartment, zone } = open;
  // The zone is given out again, and its door's view says so.
  if (bank !== null && compartment !== null && zone !== null) draft.touchDoor({ bank, compartment });
  afterRecordCase(draft, by, open);
  afterSupplyCase(draft, by, open.id);
}

/**
 * Of an unfinished drop-off, or one at the desk, a closed case says that the parcel is there (else staff withdraw it).
 * Whose a parcel is has to be said itself.
 */
function settleParcel(draft: Draft, by: Actor, { kind, delivery: id }: Case): void {
  const { model } = draft;
  const delivery = id === null ? undefined : model.deliveries.get(id);
  if (!delivery) return;
  if (SETTLED_BY_MATCH.has(kind) && delivery.household === null) {
    throw new Refusal('not-now', 'say whose parcel it is, or withdraw it: the case is then closed by itself');
  }
  const isAwaited = kind === 'unfinished-drop-off' || kind === 'desk-hand-over';
  const isInDoubt = isAwaited && delivery.state === 'assigned';
  const isMissing = kind === 'nothing-inside' && delivery.state === 'missing';
  if ((isInDoubt || isMissing) && !areGrantsEnded(model, delivery)) {
    throw new Refusal(
      'not-now',
      'its door is being opened, or its bank has not answered yet; try again then',
    );
  }
  if (isInDoubt) deposit(draft, by, delivery, 'unconfirmed');
  if (isMissing) draft.say(by, 'delivery.archived', { delivery: delivery.id });
}

/** Somebody says that a parcel is gone, whatever the records say. Nothing is changed by it but that a person is called. */
export function parcelGone(draft: Draft, command: Asked<'parcel-gone'>): string {
  const { delivery, door } = command;
  return openCase(draft, askedBy(command), 'parcel-gone', { door, delivery });
}

/** Gives a courier or a resident a new code; the former one is void at once. @throws Refusal `holder-unknown` */
export function issueCode(draft: Draft, command: Asked<'issue-code'>): string {
  const { holder } = command;
  const { codes, roster } = draft.env;
  if (!roster.courier(holder) && !roster.resident(holder)) {
    throw new Refusal('holder-unknown', 'no such courier or resident; reload the page');
  }
  const generation = codes.nextGeneration(holder, draft.takenDigits);
  const by = askedBy(command);
  endWithCode(draft, by, holder, 'by-code');
  draft.say(by, 'code.issued', { holder, generation });
  return codes.digitsAt(holder, generation);
}

export function revokeCode(draft: Draft, command: Asked<'revoke-code'>): void {
  const { holder } = command;
  const code = draft.model.codes.get(holder);
  if (!code) throw new Refusal('holder-unknown', 'this person has no code');
  const by = askedBy(command);
  if (!code.revoked) draft.say(by, 'code.revoked', { holder });
  endWithCode(draft, by, holder, 'all');
  endVisitsOf(draft, by, holder);
}

/** What a courier has begun ends with their code; a resident's parcels stay theirs, and so does the door they stand at. */
function endVisitsOf(draft: Draft, by: Actor, courier: string): void {
  for (const visit of [...draft.model.visits.values()]) {
    if (visit.kind === 'courier' && visit.holder === courier) endVisit(draft, by, visit, 'revoked');
  }
}

/** A code that somebody knows who should not. A courier's new one is read under "Couriers" and told by staff. */
export function replaceKnownCode(draft: Draft, command: Asked<'replace-code'>): void {
  const { holder } = command;
  const by = askedBy(command);
  replaceCode(draft, by, holder);
  if (!draft.env.roster.courier(holder)) return;
  const generation = draft.env.codes.nextGeneration(holder, draft.takenDigits);
  draft.say(by, 'code.issued', { holder, generation });
}

/** A stolen agent: it speaks for its bank no more, and the codes on its pickup lists are void. */
export function revokeAgent(draft: Draft, { staff, agent, reason, holders }: Asked<'revoke-agent'>): void {
  const by = askedBy({ staff });
  draft.say(by, 'agent.revoked', { agent: agent.id, bank: agent.bank, reason });
  draft.rows.push({ table: 'agents', row: { ...agent, state: 'revoked' } });
  draft.rows.push({ table: 'listings', remove: agent.id });
  for (const holder of holders) replaceCode(draft, by, holder);
}
