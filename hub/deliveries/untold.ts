/** Parcels of which nobody can be told: a person is called, once for a unit, and until somebody was told or came. */
import type { UntoldReason } from '@lockerhub/protocol/http/claims.ts';
import { closeCases, openCase } from './cases.ts';
import { type Draft, HUB } from './draft.ts';
import type { Case, Delivery, Model } from './model.ts';
import type { Roster } from './roster.ts';
import { isFor } from './stops.ts';
import { giveCode, MAX_IN_MESSAGE, queueMessage, recipientsOf } from './telling.ts';

/**
 * It is in, nobody came for it yet, and none of those whom it is for can be told of it; or nobody lives in its unit. What is
 * for people who moved out meanwhile is not the next ones'.
 */
export function isUntold(delivery: Delivery, roster: Roster): boolean {
  const { state, claimed, unit, household } = delivery;
  if (state !== 'deposited' || claimed || unit === null) return false;
  if (household === null) return roster.householdsOf(unit).length === 0;
  if (reachableOf(delivery, roster).length > 0) return false;
  return roster.householdsOf(unit).some(({ id }) => id === household);
}

/** Why nobody can be told of a parcel; null: somebody can, or nobody has to. */
export function whyUntold(delivery: Delivery, roster: Roster): UntoldReason | null {
  if (!isUntold(delivery, roster)) return null;
  if (delivery.household === null) return 'nobody-lives';
  const lacksChannel = roster
    .residentsOf(delivery.household)
    .some((id) => isFor(delivery, id, roster) && roster.resident(id)?.lacksChannel);
  return lacksChannel ? 'no-channel' : 'no-contact';
}

/** Those whom it is for and who can be told. */
function reachableOf(delivery: Delivery, roster: Roster): readonly string[] {
  return recipientsOf(roster, delivery).filter((resident) => roster.resident(resident)?.reachable);
}

/** The parcels of a unit of which nobody can be told, once they can no longer be taken back. */
export function untoldOf(
  model: Pick<Model, 'deliveries'>,
  roster: Roster,
  unit: string,
): readonly Delivery[] {
  return [...model.deliveries.values()].filter(
    (delivery) =>
      delivery.unit === unit &&
      (delivery.announced || delivery.household === null) &&
      isUntold(delivery, roster),
  );
}

/** Calls a person for a parcel of which nobody can be told, unless one was called for its unit already. */
export function callForUntold(draft: Draft, id: string): void {
  const { model, env } = draft;
  const delivery = model.deliveries.get(id);
  if (!delivery || !isUntold(delivery, env.roster)) return;
  const isCalled = [...model.cases.values()].some(
    ({ kind, delivery: about }) =>
      kind === 'nobody-told' && about !== null && model.deliveries.get(about)?.unit === delivery.unit,
  );
  if (!isCalled) openCase(draft, HUB, 'nobody-told', { door: null, delivery: id });
}

/** Somebody of these units was told, or came: nobody else has to be. */
export function closeUntold(draft: Draft, units: ReadonlySet<string | null>, resolution: string): void {
  const { deliveries } = draft.model;
  closeCases(
    draft,
    HUB,
    ({ kind, delivery }) =>
      kind === 'nobody-told' && delivery !== null && units.has(deliveries.get(delivery)?.unit ?? null),
    resolution,
  );
}

/** A case about a parcel that is no longer what it was called for goes over to another one of its unit, if there is one. */
export function handOnUntold(draft: Draft, about: string, unit: string | null, resolution: string): void {
  const { model, env } = draft;
  const isAbout = ({ kind, delivery }: Case) => kind === 'nobody-told' && delivery === about;
  if (![...model.cases.values()].some(isAbout)) return;
  closeCases(draft, HUB, isAbout, resolution);
  const [next] = unit === null ? [] : untoldOf(model, env.roster, unit);
  if (next) callForUntold(draft, next.id);
}

/**
 * After each command: parcels that wait no more.
 *
 * @param before what was known before the command: it may have forgotten the parcel.
 */
export function lookAfterUntold(draft: Draft, before: Pick<Model, 'deliveries'>): void {
  const { cases, deliveries } = draft.model;
  for (const { kind, delivery: about } of [...cases.values()]) {
    if (kind !== 'nobody-told' || about === null || deliveries.get(about)?.state === 'deposited') continue;
    const unit = before.deliveries.get(about)?.unit ?? null;
    handOnUntold(draft, about, unit, 'The parcel does not wait any more.');
  }
}

/** Where somebody can be told by now, since staff wrote down a contact or who lives there: they are, or are chosen. */
export function tellUntold(draft: Draft): void {
  const { cases, deliveries } = draft.model;
  for (const { id, kind, delivery: about } of [...cases.values()]) {
    const delivery = about === null ? undefined : deliveries.get(about);
    if (kind !== 'nobody-told' || !delivery || isUntold(delivery, draft.env.roster)) continue;
    draft.say(HUB, 'case.closed', { case: id, resolution: 'Somebody of the unit can be told by now.' });
    if (delivery.household === null)
      openCase(draft, HUB, 'recipient-unknown', { door: null, delivery: delivery.id });
    else tellNow(draft, delivery);
  }
}

/** Of this parcel and what else waits for the same household. */
function tellNow(draft: Draft, { household }: Delivery): void {
  const { model, env } = draft;
  const byResident = new Map<string, string[]>();
  for (const delivery of model.deliveries.values()) {
    if (delivery.household !== household || delivery.state !== 'deposited' || !delivery.announced) continue;
    for (const resident of reachableOf(delivery, env.roster)) {
      byResident.set(resident, [...(byResident.get(resident) ?? []), delivery.id]);
    }
  }
  for (const [resident, ids] of byResident) {
    giveCode(draft, resident);
    queueMessage(draft, 'parcels-arrived', resident, null, ids.slice(0, MAX_IN_MESSAGE));
  }
}
