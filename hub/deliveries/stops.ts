/** Which parcels a visit is about, where each stands, and what may be done about it then. */
import type { StopStep as StopStepSchema } from '@lockerhub/protocol/http/visit.ts';
import type { z } from 'zod';
import {
  type Delegate,
  type Delivery,
  doorKey,
  doorOf,
  type Grant,
  heldAt,
  type Model,
  sameDoor,
  type Visit,
  type VisitKind,
} from './model.ts';
import { SILENT_AFTER_MS } from './policy.ts';
import type { Roster } from './roster.ts';

export type StopStep = z.infer<typeof StopStepSchema>;

/** Whom a parcel is for, as far as anybody knows. */
export type Addressed = Pick<Delivery, 'household' | 'resident'>;

/**
 * Is this delivery for that resident? The one it is addressed to, and all of the household unless that one wants it for
 * themselves alone; what is addressed to nobody is for all of the household. Room-mates are households of their own.
 */
export function isFor(delivery: Addressed, resident: string, roster: Roster): boolean {
  if (delivery.resident === resident) return true;
  if (delivery.household === null) return false;
  if (roster.resident(resident)?.household !== delivery.household) return false;
  // Somebody whose row has not come has not said that others may.
  return delivery.resident === null || roster.resident(delivery.resident)?.onlyMe === false;
}

/** Of one household, and no resident may fetch the one who may not fetch the other. */
export function isForSameResidents(a: Addressed, b: Addressed, roster: Roster): boolean {
  if (a.household === null || a.household !== b.household) return false;
  const named = [a.resident, b.resident].filter((resident) => resident !== null);
  return [...roster.residentsOf(a.household), ...named].every(
    (resident) => isFor(a, resident, roster) === isFor(b, resident, roster),
  );
}

/** For the same residents, and for the same whom they sent: then one door may hold both (I3). `b` is to come. */
export function isForTheSame(model: Model, a: Delivery, b: Addressed, roster: Roster): boolean {
  const isForAll = (delegate: Delegate) =>
    delegate.delivery === null && isForDelegate({ ...a, ...b }, delegate, roster);
  return (
    isForSameResidents(a, b, roster) &&
    [...model.delegates.values()].every(
      (delegate) => isForDelegate(a, delegate, roster) === isForAll(delegate),
    )
  );
}

/** A delegate takes what is theirs who named them: never what is addressed to somebody else of the household. */
export function isForDelegate(delivery: Delivery, delegate: Delegate, roster: Roster): boolean {
  if (delegate.delivery !== null && delegate.delivery !== delivery.id) return false;
  if (delivery.resident !== null && delivery.resident !== delegate.resident) return false;
  return isFor(delivery, delegate.resident, roster);
}

/** Does a visit's view show this delivery? Something waits once it is in and those whom it is for were told; until then the courier may take it back. */
export function isStopOf(model: Model, visit: Visit, delivery: Delivery, roster: Roster): boolean {
  if (visit.kind === 'courier') return delivery.visit === visit.id;
  return delivery.announced && mayTake(model, visit, delivery, roster);
}

/** Whether a parcel is for the resident of a visit, or for the delegate whom they sent. */
export function mayTake(model: Model, visit: Visit, delivery: Delivery, roster: Roster): boolean {
  if (visit.delegate === null) return isFor(delivery, visit.holder, roster);
  const delegate = model.delegates.get(visit.delegate);
  return delegate !== undefined && isForDelegate(delivery, delegate, roster);
}

/**
 * The parcels that go in or out by one opening of a parcel's door, itself too: all behind a compartment's. Of a room its
 * own zone, and for who collects what else of theirs waits there.
 *
 * @param visit whose opening it is; undefined: nobody knows any more.
 */
export function atOneOpening(
  model: Model,
  roster: Roster,
  delivery: Delivery,
  visit: Visit | undefined,
): Delivery[] {
  const door = doorOf(delivery);
  if (!door) return [delivery];
  const isTheirs = (other: Delivery) => visit?.kind === 'resident' && isStopOf(model, visit, other, roster);
  return heldAt(model, door).filter((other) => other.zone === delivery.zone || isTheirs(other));
}

/** Behind every bank's name (a slug). */
const DESK_LAST = '~';

/**
 * A visit's deliveries in the order of its doors: as they came for a courier; for a resident first those at the
 * terminal's own bank, bank by bank.
 */
export function stopsOf(model: Model, visit: Visit, roster: Roster): Delivery[] {
  const stops = [...model.deliveries.values()].filter((delivery) => isStopOf(model, visit, delivery, roster));
  if (visit.kind === 'courier') return stops;
  const rank = ({ bank }: Delivery) => (bank === null ? DESK_LAST : bank === visit.bank ? '' : bank);
  return stops.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

/** A reason to come: anything that waits for these, or was taken within the grace time. */
export function hasReason(model: Model, isTheirs: (delivery: Delivery) => boolean): boolean {
  for (const delivery of model.deliveries.values()) {
    const isOpen = delivery.state === 'deposited' || delivery.state === 'collected';
    if (isOpen && delivery.announced && isTheirs(delivery)) return true;
  }
  return false;
}

export function isOnline(model: Model, bank: string): boolean {
  return model.banks.has(bank);
}

/** The newest grant for a delivery at its present place. */
export function grantOf(model: Model, delivery: Delivery): Grant | undefined {
  return delivery.grant === null ? undefined : model.grants.get(delivery.grant);
}

/** A grant whose end should be known by now, or whose bank is away: the person need not wait for it. */
export function isSilent(model: Model, grant: Grant, nowMs: number): boolean {
  if (grant.end !== null) return false;
  const issuedMs = model.grantsNow.get(grant.id)?.issuedMs ?? nowMs;
  return !isOnline(model, grant.bank) || nowMs >= issuedMs + SILENT_AFTER_MS;
}

/** The step that a grant alone leads to; null if it came to nothing or is over. */
function stepOfGrant(model: Model, grant: Grant, nowMs: number): StopStep | null {
  if (grant.state === 'open') return 'open';
  if (grant.end === null) return isSilent(model, grant, nowMs) ? 'unknown' : 'opening';
  switch (grant.state) {
    case 'pulsed':
      return 'attest';
    case 'jammed':
      return 'jammed';
    case 'unknown':
      return 'unknown';
    case 'issued':
    case 'closed':
    case 'void':
    case 'settled':
      return null;
  }
}

/** Where a parcel's door stands in a visit. */
export function stepOf(model: Model, visit: Visit, delivery: Delivery, nowMs: number): StopStep {
  const grant = grantOf(model, delivery);
  const isOurs = grant?.visit === visit.id;
  if (visit.kind === 'courier') return courierStep(model, delivery, isOurs ? grant : undefined, nowMs);
  // What the desk holds staff hand out.
  if (delivery.bank === null || (visit.bank !== null && delivery.bank !== visit.bank)) {
    return 'elsewhere';
  }
  if (delivery.state === 'missing') return 'done';
  const beside = besideGrant(model, visit, delivery, nowMs);
  const step = beside && stepOfGrant(model, beside, nowMs);
  return step ?? residentStep(model, delivery, grant, isOurs, nowMs);
}

/**
 * The grant by which a parcel goes out now: its own, or in a room that of what else is taken from there by one opening,
 * for the room stands open to all of it.
 */
export function goingOutBy(model: Model, visit: Visit, delivery: Delivery, nowMs: number): Grant | undefined {
  return besideGrant(model, visit, delivery, nowMs) ?? grantOf(model, delivery);
}

function besideGrant(model: Model, visit: Visit, delivery: Delivery, nowMs: number): Grant | undefined {
  if (visit.kind === 'courier' || delivery.zone === null) return undefined;
  const purpose = delivery.state === 'deposited' ? 'pickup' : 'reopen';
  for (const grant of model.grants.values()) {
    const isTheirs = grant.visit === visit.id && grant.purpose === purpose && sameDoor(grant, delivery);
    if (!isTheirs || grant.delivery === delivery.id) continue;
    const step = stepOfGrant(model, grant, nowMs);
    if (step === 'open' || step === 'attest') return grant;
  }
  return undefined;
}

function courierStep(model: Model, delivery: Delivery, grant: Grant | undefined, nowMs: number): StopStep {
  if (delivery.bank === null) return delivery.state === 'assigned' ? 'desk' : 'done';
  if (model.asked.has(delivery.id)) return 'confirm';
  const step = grant && stepOfGrant(model, grant, nowMs);
  // To the courier a door that was refused is one that did not open: once more, or another one.
  if (delivery.state === 'assigned') return step ?? 'jammed';
  const isTakingBack = delivery.state === 'deposited' && grant?.purpose === 'reopen';
  return isTakingBack && (step === 'opening' || step === 'open' || step === 'attest') ? step : 'done';
}

function residentStep(
  model: Model,
  delivery: Delivery,
  grant: Grant | undefined,
  isOurs: boolean,
  nowMs: number,
): StopStep {
  const rest = delivery.state === 'deposited' ? 'waiting' : 'done';
  if (!grant) return rest;
  if (delivery.state === 'deposited' && grant.purpose !== 'pickup') return rest;
  if (delivery.state === 'collected' && grant.purpose !== 'reopen') return rest;
  const step = stepOfGrant(model, grant, nowMs);
  // What another visit did to the door matters while it is under way, not afterwards.
  const counts = isOurs || step === 'opening' || step === 'open';
  return (counts ? step : null) ?? rest;
}

/** What may be done about a stop. */
export const STOP_ACTS = [
  'confirm',
  'other-door',
  'undo',
  'open-again',
  'closed-by-hand',
  'did-not-open',
  'missing',
] as const;
export type StopAct = (typeof STOP_ACTS)[number];

const NOTHING = acts();

function acts(...may: StopAct[]): Record<StopAct, boolean> {
  return {
    confirm: may.includes('confirm'),
    'other-door': may.includes('other-door'),
    undo: may.includes('undo'),
    'open-again': may.includes('open-again'),
    'closed-by-hand': may.includes('closed-by-hand'),
    'did-not-open': may.includes('did-not-open'),
    missing: may.includes('missing'),
  };
}

/** Who may do what at which step, as far as the step alone says; times and attempts come on top. */
export const MAY: Record<VisitKind, Record<StopStep, Record<StopAct, boolean>>> = {
  courier: {
    // A courier's doors never wait for their turn and are never elsewhere.
    waiting: NOTHING,
    elsewhere: NOTHING,
    // One door, one attempt at a time: its end comes within seconds.
    opening: NOTHING,
    open: acts('other-door'),
    // No further pulse before somebody has said what the last one did: each one heats the lock.
    attest: acts('closed-by-hand', 'did-not-open', 'other-door'),
    confirm: acts('confirm', 'other-door', 'undo', 'open-again'),
    done: acts('undo'),
    jammed: acts('other-door', 'undo', 'open-again'),
    unknown: acts('other-door'),
    // Staff say that they have it; until then the courier may keep it.
    desk: acts('undo'),
    withdrawn: NOTHING,
  },
  resident: {
    waiting: acts('open-again'),
    elsewhere: NOTHING,
    opening: NOTHING,
    open: acts('missing'),
    attest: acts('closed-by-hand', 'did-not-open', 'missing'),
    // Nobody asks a resident whether the parcel is in, and a parcel that was taken back is not theirs to see.
    confirm: NOTHING,
    desk: NOTHING,
    withdrawn: NOTHING,
    done: acts('open-again', 'missing'),
    jammed: acts('open-again'),
    unknown: NOTHING,
  },
};

/** Attempts at this door in this visit that came to nothing, or of which nobody knows what came of them. */
function failedAttempts(model: Model, visit: Visit, delivery: Delivery): number {
  let count = 0;
  for (const grant of model.grants.values()) {
    const isHere = grant.delivery === delivery.id && grant.visit === visit.id && sameDoor(grant, delivery);
    const isUnexplained = grant.end === 'pulsed' && grant.state !== 'closed';
    if (isHere && (grant.end === 'jammed' || isUnexplained)) count += 1;
  }
  return count;
}

/** Further attempts that a person at a jammed door has. */
export function attemptsLeft(model: Model, visit: Visit, delivery: Delivery, retries: number): number {
  return Math.max(0, retries + 1 - failedAttempts(model, visit, delivery));
}

/** A door with a grant whose end nobody knows: it gets no other (I2). */
export function isDoorInUse(model: Model, door: { bank: string; compartment: number }): boolean {
  for (const grant of model.grants.values()) if (grant.end === null && sameDoor(grant, door)) return true;
  return false;
}

/** Is it in the hands of this visit right now: opening, open, or being asked about? */
export function isBusy(step: StopStep): boolean {
  return step === 'opening' || step === 'open' || step === 'attest' || step === 'confirm';
}

/** A door of this visit that is seen open, though its parcel may be elsewhere by now. */
export function openGrantsOf(model: Model, visit: Visit): Grant[] {
  return [...model.grants.values()].filter((grant) => grant.visit === visit.id && grant.state === 'open');
}

/** Since when a grant's door is seen open; undefined if it is not. */
export function openSinceMs(model: Model, door: { bank: string; compartment: number }): number | undefined {
  return model.doors.get(doorKey(door))?.openSinceMs ?? undefined;
}
