/** The desk: staff take parcels from couriers, find out whose they are, and hand them out. */
import { closeCases } from './cases.ts';
import type { StaffCommand } from './command.ts';
import { deposit } from './custody.ts';
import { askedBy, type Draft } from './draft.ts';
import { type Delivery, doorOf } from './model.ts';
import { areGrantsEnded } from './openings.ts';
import { householdOf } from './placing.ts';
import { Refusal } from './refusal.ts';
import { handOnUntold } from './untold.ts';

type Asked<Type extends StaffCommand['type']> = Extract<StaffCommand, { type: Type }>;

/** "We have it." @throws Refusal `delivery-unknown`, `not-now` */
export function deskReceived(draft: Draft, command: Asked<'desk-received' | 'handed-out'>): void {
  const delivery = atDesk(draft, command.delivery);
  if (delivery.state !== 'assigned') throw new Refusal('not-now', 'the desk has this parcel already');
  deposit(draft, askedBy(command), delivery, 'attested');
}

/** The desk gave it to somebody whose it is: nothing is left to open, so its stay is over at once. */
export function handedOut(draft: Draft, command: Asked<'desk-received' | 'handed-out'>): void {
  const delivery = atDesk(draft, command.delivery);
  const by = askedBy(command);
  if (delivery.state !== 'deposited') throw new Refusal('not-now', 'first say that the desk has this parcel');
  if (delivery.household === null) {
    throw new Refusal('not-now', 'nobody knows whose it is; first match it to a unit or a person');
  }
  // A door that it had before, and that has not answered, would lose its delivery.
  if (!areGrantsEnded(draft.model, delivery)) {
    throw new Refusal('not-now', 'a door that this parcel had before has not answered yet; try again soon');
  }
  draft.say(by, 'delivery.collected', { delivery: delivery.id, visit: null, confirmation: 'attested' });
  draft.say(by, 'delivery.archived', { delivery: delivery.id });
  closeCases(
    draft,
    by,
    // That one may go over to another parcel of the unit (`lookAfterUntold`).
    (open) => open.delivery === delivery.id && open.kind !== 'nobody-told',
    'The desk handed it out.',
  );
}

/** Staff have found out whose parcel it is: those are told now. @throws Refusal */
export function match(draft: Draft, command: Asked<'match'>): void {
  const { model } = draft;
  const { unit, resident } = command;
  const delivery = model.deliveries.get(command.delivery);
  if (!delivery) throw new Refusal('delivery-unknown', 'no such delivery, or it is over; reload the page');
  if (delivery.household !== null) throw new Refusal('not-now', 'it is known whose this parcel is');
  if (delivery.state !== 'deposited') {
    throw new Refusal('not-now', 'the parcel is not in yet; match it when it is');
  }
  const by = askedBy(command);
  const household = resident === null ? onlyHouseholdOf(draft, unit) : householdOf(draft, unit, resident);
  draft.say(by, 'delivery.matched', { delivery: delivery.id, unit, household, resident });
  closeCases(
    draft,
    by,
    ({ kind, delivery: about }) => kind === 'recipient-unknown' && about === delivery.id,
    'The parcel was matched.',
  );
  handOnUntold(draft, delivery.id, delivery.unit, 'The parcel was matched.');
}

function onlyHouseholdOf(draft: Draft, unit: string): string {
  const [only, ...others] = draft.env.roster.householdsOf(unit);
  if (only && others.length === 0) return only.id;
  throw new Refusal(
    'recipient-unknown',
    only ? 'several households live in this unit: choose the person' : 'nobody lives in this unit',
  );
}

function atDesk(draft: Draft, id: string): Delivery {
  const delivery = draft.model.deliveries.get(id);
  if (!delivery) throw new Refusal('delivery-unknown', 'no such delivery, or it is over; reload the page');
  if (doorOf(delivery)) throw new Refusal('not-now', 'this parcel is in a compartment, not at the desk');
  return delivery;
}
