/** What staff do: at the desk, at doors, about cases. */
import { doorOf, sameDoor } from '@lockerhub/hub/deliveries/model.ts';
import { isUntold } from '@lockerhub/hub/deliveries/untold.ts';
import { recordedAt } from '@lockerhub/hub/reconciliation/acts.ts';
import type { ReconcileAct } from '@lockerhub/protocol/http/reconciliation.ts';
import { compartmentsOf, LAYOUTS, PEOPLE } from '../building-rig.ts';
import type { Acts } from './act.ts';
import { ROOM, ZONES } from './world.ts';

export const STAFF_ACTS = {
  deskHasIt: async (world, pick) => {
    const delivery = pick([...world.model.deliveries.values()].filter((one) => !doorOf(one)));
    const type = pick(['desk-received', 'handed-out'] as const) ?? 'desk-received';
    if (delivery) await world.do({ type, staff: PEOPLE.staff, delivery: delivery.id });
  },
  matched: async (world, pick) => {
    const delivery = pick([...world.model.deliveries.values()].filter(({ household }) => household === null));
    if (!delivery) return;
    const whose = { unit: PEOPLE.mateA.unit, resident: PEOPLE.mateB.resident };
    await world.do({ type: 'match', staff: PEOPLE.staff, delivery: delivery.id, ...whose });
  },
  slipPrinted: async (world, pick) => {
    const delivery = pick(
      [...world.model.deliveries.values()].filter((one) => isUntold(one, world.rig.roster)),
    );
    if (delivery) await world.do({ type: 'issue-slip', staff: PEOPLE.staff, delivery: delivery.id });
  },
  claimed: async (world, pick) => {
    const delivery = pick([...world.model.deliveries.values()].filter(({ unit }) => unit !== null));
    const how = pick(['id', 'key', 'known'] as const) ?? 'id';
    // Without a contact, so that later parcels of the unit are as those before.
    const claimant = pick([
      { name: 'Noor', language: 'en', contacts: [] },
      { resident: PEOPLE.single.resident, row: null },
    ]);
    if (!delivery || !claimant) return;
    await world.do({ type: 'claim', staff: PEOPLE.staff, delivery: delivery.id, claimant, how });
  },
  staffOpened: async (world, pick) => {
    const layout = pick(LAYOUTS);
    const compartment = layout && pick(compartmentsOf(layout.bank));
    if (!layout || !compartment) return;
    const { bank } = layout;
    await world.do({ type: 'staff-open', staff: PEOPLE.staff, bank, compartment, reason: 'to look inside' });
  },
  retired: async (world, pick) => {
    const type = pick(['retire', 'return'] as const) ?? 'return';
    const compartment = pick([1, 2, 3]) ?? 1;
    await world.do({ type, staff: PEOPLE.staff, bank: 'a', compartment, reason: 'a broken hinge' });
  },
  strangerFound: async (world, pick) => {
    if (world.kind !== 'roomy') return;
    const { zone } = pick(ZONES) ?? ZONES[0];
    const { bank, compartment } = ROOM;
    const deliveries = [...world.model.deliveries.values()];
    const before = new Set(deliveries.map(({ id }) => id));
    const onZone = deliveries.filter((one) => one.zone === zone && sameDoor(one, ROOM));
    const beside = new Set(onZone.map(({ id }) => id));
    const there = recordedAt(world.model, ROOM).map(({ id }) => id);
    const walk = (act: ReconcileAct) => world.do({ type: 'reconcile', staff: PEOPLE.staff, bank, act });
    await walk({ act: 'start' });
    const said = { compartment, there, missing: [], zones: [zone] };
    const isSaid = await walk({ act: 'say', foreign: 'left-inside', ...said });
    await walk({ act: 'end' });
    const about = [...world.model.cases.values()].find(
      (open) => open.kind === 'record-disagrees' && sameDoor(open, ROOM) && open.zone === zone,
    );
    if (isSaid && about) world.strangers.set(about.id, { zone, beside, before });
  },
  withdrawn: async (world, pick) => {
    const delivery = pick([...world.model.deliveries.values()]);
    if (!delivery) return;
    const done = await world.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: delivery.id });
    const door = doorOf(delivery);
    if (done && door) world.contents(door).delete(delivery.id);
  },
  caseClosed: async (world, pick) => {
    const open = pick([...world.model.cases.values()]);
    if (!open) return;
    const closed = { type: 'close-case', staff: PEOPLE.staff, case: open.id, resolution: 'looked' } as const;
    // Whoever closes it has taken away what lay there.
    if (await world.do(closed)) world.strangers.delete(open.id);
  },
} satisfies Acts;
