/** Parcels of which nobody can be told: a person is called, once for a unit, and until somebody was told or came. */
import { closeCases, openCase } from './cases.ts';
import type { Roster } from './command.ts';
import { type Draft, HUB } from './draft.ts';
import type { Case, Delivery, Model } from './model.ts';
import { recipientsOf } from './telling.ts';

/**
 * It is in, nobody came for it yet, and none of those whom it is for can be told of it; or nobody lives in its unit. What is
 * for people who moved out meanwhile is not the next ones'.
 */
export function isUntold(delivery: Delivery, roster: Roster): boolean {
  const { state, claimed, unit, household } = delivery;
  if (state !== 'deposited' || claimed || unit === null) return false;
  const living = roster.householdsOf(unit);
  if (household === null) return living.length === 0;
  if (!living.some(({ id }) => id === household)) return false;
  return !recipientsOf(roster, delivery).some((resident) => roster.resident(resident)?.reachable);
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
