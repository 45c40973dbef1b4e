/** The desk's part of the walk: what staff hold compared with the records, in one go. */
import type { DeskView } from '@lockerhub/protocol/http/reconciliation.ts';
import { openCase } from '../deliveries/cases.ts';
import { askedBy, type Draft } from '../deliveries/draft.ts';
import { type Delivery, doorOf, type Model } from '../deliveries/model.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { notThere, seen } from './acts.ts';
import { type ReconcileDeskCommand, THE_DESK } from './reconciliation.ts';

/** What the desk has by the records. */
function heldAtDesk(model: Model): Delivery[] {
  return [...model.deliveries.values()].filter(
    (delivery) => delivery.state === 'deposited' && doorOf(delivery) === null,
  );
}

/** @throws Refusal `not-now` if a parcel that is named is not at the desk (any more) */
export function reconcileDesk(draft: Draft, { staff, said }: ReconcileDeskCommand): void {
  const held = new Set(heldAtDesk(draft.model).map(({ id }) => id));
  const { there, missing, foreign, reason } = said;
  const named = new Set([...there, ...missing]);
  if (named.size !== there.length + missing.length || [...named].some((id) => !held.has(id))) {
    throw new Refusal('not-now', 'what should be at the desk has changed meanwhile; look again');
  }
  draft.say(askedBy({ staff }), 'desk.reconciled', {
    there: there.length,
    missing: [...missing],
    foreign,
    ...(reason === undefined ? {} : { reason }),
  });
  for (const id of there) seen(draft, staff, id);
  for (const id of missing) notThere(draft, staff, null, id, reason !== undefined);
  if (!foreign) return;
  const detail = 'walk: the desk holds something that no record has';
  openCase(draft, askedBy({ staff }), 'record-disagrees', { door: null, delivery: null, detail });
}

/** What should be at the desk, what is on its way there, and what was brought there from a door without a record. */
export function deskView(model: Model, unitNameOf: (unit: string) => string): DeskView {
  const last = model.deskReconciled.get(THE_DESK);
  const parcels = [...model.deliveries.values()].filter((delivery) => doorOf(delivery) === null);
  const view = (state: Delivery['state']) =>
    parcels
      .filter((delivery) => delivery.state === state)
      .map(({ id, unit }) => ({ delivery: id, unitName: unit === null ? '' : unitNameOf(unit) }));
  return {
    held: view('deposited'),
    awaited: view('assigned'),
    last: last
      ? { at: last.atMs, there: last.there, missing: last.missing.length, foreign: last.foreign }
      : null,
  };
}
