/** What a courier does with a parcel: a place for it, its confirmation, another door, taking it back. */
import { SIZES, type Size } from '@lockerhub/protocol/bank/layout.ts';
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { DeskReason } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import { openCase } from './cases.ts';
import type { TerminalCommand } from './command.ts';
import { deposit, withdraw } from './custody.ts';
import { actorOf, type Draft } from './draft.ts';
import type { Delivery, Door, Visit } from './model.ts';
import { areGrantsEnded, isSensed, issueGrant, ownDoor } from './openings.ts';
import {
  type Choice,
  chooseForOversize,
  choosePlace,
  freeZones,
  nextSize,
  type Parcel,
  type SizedPlace,
  sizeOfPlace,
  takesOversize,
} from './places.ts';
import { MAX_STOPS } from './policy.ts';
import { needsReach, placesInReach } from './reach.ts';
import { Refusal } from './refusal.ts';
import { whyBusy } from './stop-guards.ts';
import { type Addressed, atOneOpening, grantOf, stopsOf } from './stops.ts';

type AddParcel = Extract<TerminalCommand, { type: 'add-parcel' }>;

/**
 * Chooses a place for a parcel and asks its door to open; or sends it to the desk, or back, with the reason.
 *
 * @throws Refusal `disk-low`, `not-now`, `recipient-unknown`, `no-place`, `bank-away`, `emergency`
 */
export function addParcel(draft: Draft, visit: Visit, command: AddParcel): void {
  const { model, env } = draft;
  if (env.disk === 'low') {
    throw new Refusal('disk-low', 'the hub has no room for new deliveries; parcels can only be collected');
  }
  const busy = whyBusy(model, env, visit, null);
  if (busy) throw busy;
  refuseIfFull(draft, visit);
  const whose = addressee(draft, command);
  if (whose === 'vacated') {
    if (env.policy.vacated === 'take-back') takenBack(draft, visit, command, 'vacated');
    else toDesk(draft, visit, command, { household: null, resident: null }, 'vacated');
    return;
  }
  const parcel = { ...whose, size: command.size };
  const place = command.oversize
    ? placeForOversize(draft, parcel, visit.bank)
    : placeFor(draft, parcel, visit.bank);
  if (place === 'desk') toDesk(draft, visit, command, whose, command.oversize ? 'oversize' : 'no-place');
  else toPlace(draft, visit, command, whose, place);
}

function refuseIfFull({ model, env }: Draft, visit: Visit): void {
  const withdrawn = model.visitsNow.get(visit.id)?.withdrawn.length ?? 0;
  if (stopsOf(model, visit, env.roster).length + withdrawn < MAX_STOPS) return;
  throw new Refusal('not-now', `a visit takes ${MAX_STOPS} parcels; end it and start another`);
}

function toPlace(draft: Draft, visit: Visit, command: AddParcel, whose: Addressed, place: Choice): void {
  const { env } = draft;
  const delivery = env.newId();
  const by = actorOf(visit);
  const door = { bank: place.bank, compartment: place.compartment };
  const { unit, size } = command;
  const born = { delivery, visit: visit.id, carrier: carrierOf(draft, visit), size, ...chosen(place) };
  if (whose.household === null || unit === null) {
    draft.say(by, 'delivery.unmatched', { ...born, unit });
    askWhose(draft, by, delivery, door);
  } else {
    const { household, resident } = whose;
    draft.say(by, 'delivery.assigned', { ...born, unit, household, resident });
  }
  draft.rows.push({ table: 'parcels', row: { id: delivery, tracking: command.tracking } });
  issueGrant(draft, by, { purpose: 'deposit', door, delivery, visit: visit.id });
}

/** A choice as the log has it. */
function chosen({ bank, compartment, zone, fallback }: Choice) {
  return {
    bank,
    compartment,
    ...(zone === null ? {} : { zone }),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

function carrierOf(draft: Draft, visit: Visit): string | null {
  return draft.env.roster.courier(visit.holder)?.carrier ?? null;
}

function askWhose(draft: Draft, by: Actor, delivery: string, door: Door | null): void {
  const about = { door: null, delivery };
  openCase(draft, by, 'recipient-unknown', door ? { ...about, bank: door.bank } : about);
}

/** A parcel without a compartment goes to the desk, if the building has one, and back with the courier if not. */
function toDesk(draft: Draft, visit: Visit, command: AddParcel, whose: Addressed, reason: DeskReason): void {
  const { env } = draft;
  if (!env.policy.desk) {
    takenBack(draft, visit, command, reason === 'vacated' ? 'vacated' : 'oversize');
    return;
  }
  const delivery = env.newId();
  const by = actorOf(visit);
  const { unit, size, tracking } = command;
  const carrier = carrierOf(draft, visit);
  draft.say(by, 'delivery.sent-to-desk', {
    delivery,
    visit: visit.id,
    unit,
    ...whose,
    carrier,
    size,
    reason,
  });
  draft.rows.push({ table: 'parcels', row: { id: delivery, tracking } });
  openCase(draft, by, 'desk-hand-over', { door: null, delivery });
  // Where nobody lives it is known whose it is not: who comes first is asked (`untold.ts`).
  if (whose.household === null && reason !== 'vacated') askWhose(draft, by, delivery, null);
}

/** The courier says that they keep a parcel. @throws Refusal `not-now` */
export function takeBack(draft: Draft, visit: Visit, parcel: TakenBack, reason: KeptReason): void {
  refuseIfFull(draft, visit);
  takenBack(draft, visit, parcel, reason);
}

type KeptReason = PayloadOf<'delivery.taken-back'>['reason'];
type TakenBack = Pick<AddParcel, 'unit' | 'size' | 'tracking'>;

/** The courier keeps it: on record with its reason, and on the visit's screen. */
function takenBack(draft: Draft, visit: Visit, parcel: TakenBack, reason: KeptReason): void {
  const delivery = draft.env.newId();
  const { unit, size, tracking } = parcel;
  const carrier = carrierOf(draft, visit);
  draft.say(actorOf(visit), 'delivery.taken-back', {
    delivery,
    visit: visit.id,
    unit,
    carrier,
    size,
    reason,
  });
  draft.rows.push({ table: 'parcels', row: { id: delivery, tracking } });
}

/**
 * Whose it is: the resident's household, or the only one of the unit; nobody's yet, where the courier cannot tell.
 *
 * @throws Refusal `recipient-unknown`
 */
function addressee(draft: Draft, parcel: AddParcel): Addressed | 'vacated' {
  const { roster } = draft.env;
  const { unit, resident, unknown = false } = parcel;
  const nobody = { household: null, resident: null };
  if (unit === null) return nobody;
  if (!roster.unit(unit))
    throw new Refusal('recipient-unknown', 'no such unit in this building; search again');
  if (resident !== null) return { household: householdOf(draft, unit, resident), resident };
  const households = roster.householdsOf(unit);
  const [only] = households;
  if (!only) return 'vacated';
  if (households.length === 1) return { household: only.id, resident: null };
  if (unknown) return nobody;
  throw new Refusal('recipient-unknown', 'several households live in this unit: choose the person');
}

/** @throws Refusal `recipient-unknown` */
export function householdOf(draft: Draft, unit: string, resident: string): string {
  const person = draft.env.roster.resident(resident);
  if (person?.unit === unit) return person.household;
  throw new Refusal('recipient-unknown', 'nobody of that name in this unit; search again');
}

/** Which places may hold a parcel for these at all. */
function allowedFor({ env }: Draft, whose: Addressed): (place: SizedPlace) => boolean {
  return needsReach(whose, env.roster) ? placesInReach(env.roster.layouts()) : () => true;
}

/** A package room's floor, or the desk. */
function placeForOversize(draft: Draft, whose: Addressed, near: string | null): Choice | 'desk' {
  const isAllowed = allowedFor(draft, whose);
  return chooseForOversize(draft.model, draft.env.roster, { near, isAllowed }) ?? 'desk';
}

/** @throws Refusal `bank-away`, `emergency`; `no-place` where there is no desk either */
function placeFor(draft: Draft, parcel: Parcel, near: string | null): Choice | 'desk' {
  const { model, env } = draft;
  const layouts = env.roster.layouts();
  const place = choosePlace(model, env.roster, parcel, { near, isAllowed: allowedFor(draft, parcel) });
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
  if (env.policy.desk) return 'desk';
  throw new Refusal('no-place', `no free compartment for a parcel of size ${parcel.size}`);
}

/** "Parcel inside?" */
export function confirm(draft: Draft, visit: Visit, delivery: Delivery, inside: boolean): void {
  const by = actorOf(visit);
  if (inside) {
    deposit(draft, by, delivery, isSensed(draft.model, ownDoor(delivery)) ? 'confirmed' : 'attested');
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
  const present = { ...ownDoor(delivery), zone: delivery.zone };
  const isShared = atOneOpening(draft.model, draft.env.roster, delivery, visit).length > 1;
  const size = reason === 'wrong-size' ? largerThan(draft, delivery, present) : delivery.size;
  const by = actorOf(visit);
  const beside = size && zoneBeside(draft, { ...delivery, size }, reason);
  const place = beside || (size && placeInstead(draft, { ...delivery, size }, visit.bank));
  // What lies there for the same people was no surprise: it only leaves no room.
  if (!isShared) reportFoundState(draft, visit, present, reason);
  if (!place || place === 'desk') {
    draft.say(by, 'delivery.desk-instead', { delivery: delivery.id, reason: deskReasonOf(reason) });
    openCase(draft, by, 'desk-hand-over', { door: null, delivery: delivery.id });
    return;
  }
  const { bank, compartment } = place;
  draft.say(by, 'delivery.reassigned', { delivery: delivery.id, ...chosen(place), reason });
  if (beside) return;
  issueGrant(draft, by, {
    purpose: 'deposit',
    door: { bank, compartment },
    delivery: delivery.id,
    visit: visit.id,
  });
}

/**
 * A place for a parcel that did not get in where it was to go. Of the largest size, and on its way to where a room takes
 * what fits into no compartment: it may well be such a parcel, and goes to another place of that kind.
 *
 * @throws Refusal `no-place`, `bank-away`, `emergency`
 */
function placeInstead(draft: Draft, parcel: Delivery, near: string | null): Choice | 'desk' {
  const { policy, roster } = draft.env;
  const isOversize =
    nextSize(parcel.size) === undefined &&
    takesOversize(roster.layouts(), { ...ownDoor(parcel), zone: parcel.zone });
  if (!isOversize) return placeFor(draft, parcel, near);
  const place = placeForOversize(draft, parcel, near);
  if (place !== 'desk' || policy.desk) return place;
  throw new Refusal('no-place', 'no free zone for what fits into no compartment; ask the staff');
}

/** Another zone of the room in which the courier stands: its door is open already. */
function zoneBeside(draft: Draft, parcel: Delivery, reason: Reassigned): Choice | undefined {
  const { model, env } = draft;
  const door = ownDoor(parcel);
  if (parcel.zone === null || reason === 'jammed' || grantOf(model, parcel)?.state !== 'open')
    return undefined;
  const isAllowed = allowedFor(draft, parcel);
  return freeZones(model, env.roster.layouts(), door).find(
    (place) => SIZES.indexOf(place.size) >= SIZES.indexOf(parcel.size) && isAllowed(place),
  );
}

/** The size above the present door's; null where there is none and the desk takes the parcel. @throws Refusal `no-place` */
function largerThan(draft: Draft, delivery: Delivery, place: FoundAt): Size | null {
  const present = sizeOfPlace(draft.env.roster.layouts(), place) ?? delivery.size;
  const next = nextSize(present);
  if (next) return next;
  if (draft.env.policy.desk) return null;
  throw new Refusal('no-place', 'this is the largest size there is; ask the staff');
}

function deskReasonOf(reason: Reassigned): DeskReason {
  return reason === 'unavailable' || reason === 'refused' ? 'no-place' : reason;
}

/** A compartment that should be empty and clean and is not: staff look before it is given out again. */
function reportFoundState(draft: Draft, visit: Visit, { zone, ...door }: FoundAt, reason: Reassigned): void {
  if (reason !== 'occupied' && reason !== 'dirty') return;
  const detail = `a courier found ${zone === null ? 'the compartment' : `zone ${zone}`} ${reason}`;
  openCase(draft, actorOf(visit), 'record-disagrees', { door, zone, delivery: null, detail });
}

type FoundAt = Door & { readonly zone: string | null };

/** Takes a parcel back: one that is not in is withdrawn, one that is in gets its door opened first. */
export function undo(draft: Draft, visit: Visit, delivery: Delivery): void {
  const isIn = delivery.state === 'deposited' && !draft.model.asked.has(delivery.id);
  if (!isIn) {
    withdrawOrRefuse(draft, visit, delivery, 'undone');
    return;
  }
  issueGrant(draft, actorOf(visit), {
    purpose: 'reopen',
    door: ownDoor(delivery),
    delivery: delivery.id,
    visit: visit.id,
  });
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
  const { id, state } = delivery;
  const door = ownDoor(delivery);
  draft.model.asked.delete(id);
  const purpose = state === 'assigned' ? 'deposit' : 'reopen';
  issueGrant(draft, actorOf(visit), { purpose, door, delivery: id, visit: visit.id });
}
