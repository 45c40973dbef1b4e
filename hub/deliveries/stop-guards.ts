import type { Env } from './draft.ts';
import { type Delivery, doorOf, type Model, type Visit } from './model.ts';
import { areGrantsEnded, whyNoOpening } from './openings.ts';
import { Refusal } from './refusal.ts';
import {
  atOneOpening,
  attemptsLeft,
  isBusy,
  MAY,
  mayTake,
  openGrantsOf,
  type StopAct,
  stepOf,
  stopsOf,
} from './stops.ts';

/**
 * Why an act is not possible now; null if it is. Views show by it what a person can do, commands are held to it: so
 * a screen never offers what the hub then refuses, unless something happened in between.
 */
export function whyNot(
  model: Model,
  env: Env,
  visit: Visit,
  delivery: Delivery,
  act: StopAct,
): Refusal | null {
  const step = stepOf(model, visit, delivery, env.nowMs);
  if (!MAY[visit.kind][step][act]) return notNow(`this cannot be done while the door is at "${step}"`);
  switch (act) {
    case 'confirm':
    case 'closed-by-hand':
    case 'did-not-open':
      return null;
    case 'other-door':
      return delivery.state === 'assigned' ? null : notNow('the parcel is in; take it back first');
    case 'undo':
      return step === 'done' ? whyNoTakingBack(model, env, delivery) : whyNoWithdrawal(model, delivery);
    case 'open-again':
      return whyNoOpeningAgain(model, env, visit, delivery);
    case 'missing':
      return delivery.state === 'missing' ? notNow('this was said already; staff look after it') : null;
  }
}

function notNow(message: string): Refusal {
  return new Refusal('not-now', message);
}

function whyNoTakingBack(model: Model, env: Env, delivery: Delivery): Refusal | null {
  const untilMs = (model.since.get(delivery.id) ?? 0) + env.policy.undoMs;
  if (delivery.state !== 'deposited' || delivery.announced || env.nowMs >= untilMs) {
    return notNow('it is too late to take this back here; ask the staff');
  }
  return whyNotThisDoor(model, delivery);
}

function whyNotThisDoor(model: Model, delivery: Delivery): Refusal | null {
  const door = doorOf(delivery);
  return door ? whyNoOpening(model, door) : notNow('the desk has it; ask the staff');
}

function whyNoWithdrawal(model: Model, delivery: Delivery): Refusal | null {
  return areGrantsEnded(model, delivery)
    ? null
    : notNow('a door of this parcel has not answered yet; wait for it');
}

function whyNoOpeningAgain(model: Model, env: Env, visit: Visit, delivery: Delivery): Refusal | null {
  if (visit.kind === 'resident') {
    if (delivery.state === 'missing') return notNow('staff look after this parcel');
    if (
      delivery.state === 'collected' &&
      env.nowMs >= (model.since.get(delivery.id) ?? 0) + env.policy.graceMs
    ) {
      return notNow('the time in which this door opens again is over');
    }
    const others = whyNotBesideOthers(model, env, visit, delivery);
    if (others) return others;
  }
  if (attemptsLeft(model, visit, delivery, env.policy.retries) === 0) {
    return new Refusal('attempts-used-up', 'this door does not open; staff have been called');
  }
  return whyNotThisDoor(model, delivery) ?? whyBusy(model, env, visit, delivery.id);
}

/**
 * A door shows all that is behind it, but a room's, where parcels of strangers lie by design. They were put together because they are for the same people; where that has
 * changed since, or a courier is about to add to them, it does not open for a resident.
 */
function whyNotBesideOthers(model: Model, env: Env, visit: Visit, delivery: Delivery): Refusal | null {
  const others = atOneOpening(model, env.roster, delivery, visit).filter(({ id }) => id !== delivery.id);
  if (others.some((other) => !mayTake(model, visit, other, env.roster))) {
    return notNow('a parcel for somebody else lies there too; ask the staff');
  }
  const isBeingFilled = others.some(
    ({ id, state, visit: bringer }) =>
      model.asked.has(id) || (state === 'assigned' && model.visits.has(bringer)),
  );
  return isBeingFilled ? notNow('a courier is putting a parcel into this door; wait for it') : null;
}

/**
 * One door at a time: why the visit cannot have another one now; null if it can. A question "Parcel inside?" does
 * not keep a courier from the next parcel.
 */
export function whyBusy(model: Model, env: Env, visit: Visit, except: string | null): Refusal | null {
  for (const other of stopsOf(model, visit, env.roster)) {
    const step = stepOf(model, visit, other, env.nowMs);
    if (other.id === except || step === 'confirm' || !isBusy(step)) continue;
    return notNow(`first finish at door ${other.compartment}`);
  }
  const [open] = openGrantsOf(model, visit);
  return open ? notNow(`first close door ${open.compartment}`) : null;
}
