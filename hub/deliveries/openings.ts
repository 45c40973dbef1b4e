import { OPEN_WITHIN_MS, type Purpose } from '@lockerhub/protocol/bank/messages.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Draft } from './draft.ts';
import { fenced } from './fenced.ts';
import { type Delivery, type Door, doorKey, doorOf, type Model } from './model.ts';
import { Refusal } from './refusal.ts';
import { isDoorInUse } from './stops.ts';

export interface Opening {
  readonly purpose: Purpose;
  readonly door: Door;
  readonly delivery: string | null;
  readonly visit: string | null;
  readonly reason?: string;
}

/**
 * Why no grant can be issued for a door now; null if one can. After an emergency, and after another hub's end, staff
 * look before others take.
 */
export function whyNoOpening(model: Model, door: Door, purpose: Purpose = 'pickup'): Refusal | null {
  const emergency = model.emergencies.get(door.bank);
  if (emergency && !(purpose === 'staff' && emergency.state === 'normal')) {
    return new Refusal(
      'emergency',
      'the doors of this bank were released in an emergency; staff have to look at them first',
    );
  }
  if (!model.banks.has(door.bank)) {
    return new Refusal('bank-away', `the bank of door ${door.compartment} does not answer; try again soon`);
  }
  if (model.ahead.has(door.bank) && purpose !== 'staff') {
    return new Refusal(
      'hub-behind',
      'this hub was put back to an older copy, or replaced; a manager has to restore it with the recovery key',
    );
  }
  if (model.unverified.has(doorKey(door)) && purpose !== 'staff' && purpose !== 'commissioning') {
    return new Refusal(
      'door-unverified',
      `what is behind door ${door.compartment} has to be looked at by staff first: the hub was replaced or restored`,
    );
  }
  if (isDoorInUse(model, door)) {
    return new Refusal('door-in-use', `door ${door.compartment} is being opened already; wait for it`);
  }
  return null;
}

/**
 * Mints a grant and asks its bank to open. The only place that does: so that a door never has two grants at once
 * (I2), and nothing opens but by a person's command (I7).
 *
 * @throws Refusal `hub-fenced`, `emergency`, `bank-away`, `hub-behind`, `door-unverified`, `door-in-use`
 */
export function issueGrant(draft: Draft, by: Actor, opening: Opening): string {
  const { model, env } = draft;
  const { purpose, delivery, visit, reason } = opening;
  const { bank, compartment } = opening.door;
  if (env.fencedBy !== null) throw fenced(env.fencedBy);
  const refusal = whyNoOpening(model, opening.door, purpose);
  const session = model.banks.get(bank)?.session;
  if (refusal || session === undefined) throw refusal ?? new Refusal('bank-away', 'the bank does not answer');
  const grant = env.newId();
  const data = { grant, purpose, delivery, visit, bank, compartment };
  draft.say(by, 'grant.issued', reason === undefined ? data : { ...data, reason });
  const deadlineMs = env.nowMs + OPEN_WITHIN_MS;
  draft.effect({ type: 'open', bank, session, grant, delivery, purpose, compartment, deadlineMs });
  return grant;
}

/** The door that a delivery has. @throws Refusal `not-now` at the desk. */
export function ownDoor(delivery: Delivery): Door {
  const door = doorOf(delivery);
  if (!door) throw new Refusal('not-now', 'this parcel is at the desk; ask the staff');
  return door;
}

/** Every grant of a delivery has an end: only then may it die, for its grants die with it. */
export function areGrantsEnded(model: Model, delivery: Delivery): boolean {
  for (const grant of model.grants.values()) {
    if (grant.delivery === delivery.id && grant.end === null) return false;
  }
  return true;
}

/** Does the bank see this door with a sensor? A door that was not seen yet counts as one. */
export function isSensed(model: Model, door: Door): boolean {
  return model.doors.get(doorKey(door))?.sensed ?? true;
}
