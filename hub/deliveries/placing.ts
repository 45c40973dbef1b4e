/** What a courier does with a parcel: a place for it, its confirmation, another door, taking it back. */
import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import { openCase } from './cases.ts';
import type { TerminalCommand } from './command.ts';
import { deposit, withdraw } from './custody.ts';
import { actorOf, type Draft } from './draft.ts';
import type { Delivery, Door, Visit } from './model.ts';
import { areGrantsEnded, isSensed, issueGrant } from './openings.ts';
import { choosePlace, nextSize, type Place, sizeOfDoor } from './places.ts';
import { MAX_STOPS } from './policy.ts';
import { Refusal } from './refusal.ts';
import { whyBusy } from './stop-guards.ts';
import { stopsOf } from './stops.ts';

type AddParcel = Extract<TerminalCommand, { type: 'add-parcel' }>;

/**
 * Chooses a place for a parcel and asks its door to open.
 *
 * @throws Refusal `disk-low`, `not-now`, `recipient-unknown`, `no-place`, `bank-away`
 */
export function addParcel(draft: Draft, visit: Visit, command: AddParcel): void {
  const { model, env } = draft;
  if (env.disk === 'low') {
    throw new Refusal('disk-low', 'the hub has no room for new deliveries; parcels can only be collected');
  }
  const busy = whyBusy(model, env, visit, null);
  if (busy) throw busy;
  const withdrawn = model.visitsNow.get(visit.id)?.withdrawn.length ?? 0;
  if (stopsOf(model, visit, env.roster).length + withdrawn >= MAX_STOPS) {
    throw new Refusal('not-now', `a visit takes ${MAX_STOPS} parcels; end it and start another`);
  }
  const household = householdFor(draft, command);
  const place = placeFor(draft, command.size, visit.bank);
  const delivery = env.newId();
  const { unit, resident, size, tracking } = command;
  const carrier = env.roster.courier(visit.holder)?.carrier ?? null;
  const by = actorOf(visit);
  const door = { bank: place.bank, compartment: place.compartment };
  const data = { delivery, visit: visit.id, unit, household, resident, carrier, size, ...door };
  draft.say(by, 'delivery.assigned', data);
  draft.rows.push({ table: 'parcels', row: { id: delivery, tracking } });
  issueGrant(draft, by, { purpose: 'deposit', door, delivery, visit: visit.id });
}

/** Whose parcel it is: the resident's household, or the only one of the unit. */
function householdFor(draft: Draft, { unit, resident }: AddParcel): string {
  const { roster } = draft.env;
  if (!roster.unit(unit))
    throw new Refusal('recipient-unknown', 'no such unit in this building; search again');
  if (resident !== null) {
    const person = roster.resident(resident);
    if (person?.unit === unit) return person.household;
    throw new Refusal('recipient-unknown', 'nobody of that name in this unit; search again');
  }
  const households = roster.householdsOf(unit);
  if (households.length > 1) {
    throw new Refusal('recipient-unknown', 'several households live in this unit: choose the person');
  }
  const [only] = households;
  if (!only) throw new Refusal('recipient-unknown', 'nobody lives in this unit; choose another');
  return only.id;
}

function placeFor(draft: Draft, size: Size, near: string | null): Place {
  const { model, env } = draft;
  const layouts = env.roster.layouts();
  const place = choosePlace(model, layouts, size, near);
  if (place) return place;
  if (!layouts.some(({ bank }) => model.banks.has(bank))) {
    throw new Refusal('bank-away', 'no bank of lockers answers; the staff know more');
  }
  if (layouts.every(({ bank }) => !model.banks.has(bank) || model.emergencies.has(bank))) {
    throw new Refusal(
      'emergency',
      'the doors were released in an emergency; no parcel can be taken until staff have looked at them',
    );
  }
  throw new Refusal('no-place', `no free compartment for a parcel of size ${size}`);
}

/** "Parcel inside?" */
export function confirm(draft: Draft, visit: Visit, delivery: Delivery, inside: boolean): void {
  const by = actorOf(visit);
  if (inside) {
    deposit(draft, by, delivery, isSensed(draft.model, delivery) ? 'confirmed' : 'attested');
    return;
  }
  withdrawOrRefuse(draft, visit, delivery, 'not-inside');
}

type Reassigned = PayloadOf<'delivery.reassigned'>['reason'];

/**
 * Another place for a parcel that is not in.
 *
 * @throws Refusal `no-place`, `bank-away`: the parcel keeps the place it has.
 */
export function otherDoor(draft: Draft, visit: Visit, delivery: Delivery, reason: Reassigned): void {
  const size = reason === 'wrong-size' ? largerThan(draft, delivery) : delivery.size;
  const { bank, compartment } = placeFor(draft, size, visit.bank);
  const by = actorOf(visit);
  draft.say(by, 'delivery.reassigned', { delivery: delivery.id, bank, compartment, reason });
  reportFoundState(draft, visit, delivery, reason);
  issueGrant(draft, by, {
    purpose: 'deposit',
    door: { bank, compartment },
    delivery: delivery.id,
    visit: visit.id,
  });
}

function largerThan(draft: Draft, delivery: Delivery): Size {
  const present = sizeOfDoor(draft.env.roster.layouts(), delivery) ?? delivery.size;
  const next = nextSize(present);
  if (!next) throw new Refusal('no-place', 'this is the largest size there is; ask the staff');
  return next;
}

/** A compartment that should be empty and clean and is not: staff look before it is given out again. */
function reportFoundState(draft: Draft, visit: Visit, left: Door, reason: Reassigned): void {
  if (reason !== 'occupied' && reason !== 'dirty') return;
  const detail = `a courier found the compartment ${reason}`;
  openCase(draft, actorOf(visit), 'record-disagrees', { door: left, delivery: null, detail });
}

/** Takes a parcel back: one that is not in is withdrawn, one that is in gets its door opened first. */
export function undo(draft: Draft, visit: Visit, delivery: Delivery): void {
  const isIn = delivery.state === 'deposited' && !draft.model.asked.has(delivery.id);
  if (!isIn) {
    withdrawOrRefuse(draft, visit, delivery, 'undone');
    return;
  }
  const { id, bank, compartment } = delivery;
  const door = { bank, compartment };
  issueGrant(draft, actorOf(visit), { purpose: 'reopen', door, delivery: id, visit: visit.id });
}

function withdrawOrRefuse(
  draft: Draft,
  visit: Visit,
  delivery: Delivery,
  reason: 'undone' | 'not-inside',
): void {
  if (!areGrantsEnded(draft.model, delivery)) {
    throw new Refusal('not-now', 'a door of this parcel has not answered yet; wait for it');
  }
  withdraw(draft, actorOf(visit), delivery, reason);
}

/** Once more at the same door: it did not open, or was closed too early. */
export function openForDeposit(draft: Draft, visit: Visit, delivery: Delivery): void {
  const { id, bank, compartment, state } = delivery;
  draft.model.asked.delete(id);
  const purpose = state === 'assigned' ? 'deposit' : 'reopen';
  issueGrant(draft, actorOf(visit), { purpose, door: { bank, compartment }, delivery: id, visit: visit.id });
}
