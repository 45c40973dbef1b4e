/** What a resident does: door after door, once more within the grace time, "nothing inside". */
import { openCase } from './cases.ts';
import { actorOf, type Draft } from './draft.ts';
import { type Delivery, doorOf, type Visit } from './model.ts';
import { issueGrant, ownDoor } from './openings.ts';
import { Refusal } from './refusal.ts';
import { whyBusy, whyNot } from './stop-guards.ts';
import { stepOf, stopsOf } from './stops.ts';

/** Opens the next door that waits and can be opened from here; false if there is none. */
export function openNextDoor(draft: Draft, visit: Visit): boolean {
  const { model, env } = draft;
  const next = stopsOf(model, visit, env.roster).find(
    (delivery) =>
      stepOf(model, visit, delivery, env.nowMs) === 'waiting' &&
      whyNot(model, env, visit, delivery, 'open-again') === null,
  );
  if (!next) return false;
  openForResident(draft, visit, next);
  return true;
}

/** @throws Refusal `not-now` */
export function nextDoor(draft: Draft, visit: Visit): void {
  const busy = whyBusy(draft.model, draft.env, visit, null);
  if (busy) throw busy;
  if (!openNextDoor(draft, visit)) {
    throw new Refusal('not-now', 'no further door can be opened from here now');
  }
}

/** A door with a waiting parcel, or once more within the grace time. */
export function openForResident(draft: Draft, visit: Visit, delivery: Delivery): void {
  const purpose = delivery.state === 'deposited' ? 'pickup' : 'reopen';
  issueGrant(draft, actorOf(visit), {
    purpose,
    door: ownDoor(delivery),
    delivery: delivery.id,
    visit: visit.id,
  });
}

/** "Nothing inside": the compartment is kept until staff have looked. */
export function reportMissing(draft: Draft, visit: Visit, delivery: Delivery): void {
  const by = actorOf(visit);
  draft.say(by, 'delivery.missing', { delivery: delivery.id, visit: visit.id });
  openCase(draft, by, 'nothing-inside', { door: doorOf(delivery), delivery: delivery.id });
}
