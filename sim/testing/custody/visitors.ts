/** What couriers and residents do at a kiosk. */
import { doorOf, type Visit } from '@lockerhub/hub/deliveries/model.ts';
import { MAY, type StopAct, stepOf, stopsOf } from '@lockerhub/hub/deliveries/stops.ts';
import { PEOPLE, TERMINALS } from '../building-rig.ts';
import type { Acts, Pick } from './act.ts';
import { handsAt } from './hands.ts';
import type { World } from './world.ts';

const NOBODY = { unit: null, resident: null };
const HOME = { unit: PEOPLE.pair.unit, resident: null };
const RECIPIENTS = [
  HOME,
  NOBODY,
  { unit: PEOPLE.mateA.unit, resident: null, unknown: true },
  { unit: PEOPLE.pair.unit, resident: PEOPLE.pair.residents[1] ?? null },
  { unit: PEOPLE.mateA.unit, resident: PEOPLE.mateA.resident },
  { unit: PEOPLE.mateA.unit, resident: PEOPLE.mateB.resident },
  { unit: PEOPLE.single.unit, resident: null },
  { unit: PEOPLE.empty.unit, resident: null },
];
const RESIDENTS = [
  ...PEOPLE.pair.residents,
  PEOPLE.mateA.resident,
  PEOPLE.mateB.resident,
  PEOPLE.single.resident,
];
const TERMINAL_IDS = Object.values(TERMINALS);
/** In a crowded building most parcels are for the same few: so many of `RECIPIENTS`. */
const ALIKE = 2;

function visits(world: World, kind: Visit['kind']): Visit[] {
  return [...world.model.visits.values()].filter((visit) => visit.kind === kind);
}

/** Some stop of some visit, with the commands' address: mostly one at which the act makes sense, as people do. */
function someStop(world: World, kind: Visit['kind'], act: StopAct, pick: Pick) {
  const stops = visits(world, kind).flatMap((visit) =>
    stopsOf(world.model, visit, world.rig.roster).map((delivery) => ({
      visit,
      delivery,
      address: { terminal: visit.terminal, visit: visit.id, delivery: delivery.id },
      step: stepOf(world.model, visit, delivery, world.rig.clock.monotonicMs()),
    })),
  );
  const sensible = stops.filter(({ step }) => MAY[kind][step][act]);
  return pick([0, 1, 2, 3, 4, 5, 6, 7]) === 0 ? pick(stops) : pick(sensible);
}

export const VISITOR_ACTS = {
  courierCame: async (world, pick) => {
    const terminal = pick(TERMINAL_IDS) ?? '';
    const code = world.rig.building.codeOf(pick([PEOPLE.courier, PEOPLE.otherCourier]) ?? '') ?? '';
    await world.do({ type: 'start-visit', terminal, code });
  },
  parcelAdded: async (world, pick) => {
    const visit = pick(visits(world, 'courier'));
    if (!visit) return;
    const to = pick(world.kind === 'crowded' ? RECIPIENTS.slice(0, ALIKE) : RECIPIENTS) ?? NOBODY;
    const oversize = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) === 0;
    const size = pick(['S', 'S', 'M', 'L', 'XL'] as const) ?? 'S';
    const { terminal, id } = visit;
    await world.do({ type: 'add-parcel', terminal, visit: id, ...to, size, oversize, tracking: null });
  },
  keptByCourier: async (world, pick) => {
    const visit = pick(visits(world, 'courier'));
    if (!visit) return;
    const { terminal, id } = visit;
    const kept = { unit: PEOPLE.single.unit, size: 'M', tracking: null, reason: 'refused' } as const;
    await world.do({ type: 'take-back', terminal, visit: id, ...kept });
  },
  confirmed: async (world, pick) => {
    const stop = someStop(world, 'courier', 'confirm', pick);
    if (!stop) return;
    await world.do({ type: 'confirm', ...stop.address, inside: world.isInside(stop.delivery.id) });
  },
  otherDoor: async (world, pick) => {
    const stop = someStop(world, 'courier', 'other-door', pick);
    if (!stop || world.isInside(stop.delivery.id)) return;
    const reason = pick(['jammed', 'wrong-size', 'occupied', 'dirty'] as const) ?? 'jammed';
    await world.do({ type: 'other-door', ...stop.address, reason });
  },
  undone: async (world, pick) => {
    const stop = someStop(world, 'courier', 'undo', pick);
    if (!stop || (stop.step !== 'done' && world.isInside(stop.delivery.id))) return;
    await world.do({ type: 'undo', ...stop.address });
  },
  openedAgain: async (world, pick) => {
    const stop = someStop(world, pick(['courier', 'resident'] as const) ?? 'courier', 'open-again', pick);
    if (stop) await world.do({ type: 'open-again', ...stop.address });
  },
  closedByHand: async (world, pick) => {
    const stop = someStop(world, pick(['courier', 'resident'] as const) ?? 'courier', 'closed-by-hand', pick);
    if (!stop) return;
    const { id } = stop.delivery;
    const door = doorOf(stop.delivery);
    if (!door) return;
    const { compartment } = door;
    const bank = world.bank(door.bank);
    if (bank.doors.get(compartment)?.isOpen) handsAt(world, bank, compartment, pick);
    bank.close(compartment);
    // Without a sensor only the resident knows that the door did not even open.
    if (stop.visit.kind === 'resident' && world.isInside(id)) return;
    await world.do({ type: 'closed-by-hand', ...stop.address });
  },
  didNotOpen: async (world, pick) => {
    const stop = someStop(world, pick(['courier', 'resident'] as const) ?? 'courier', 'did-not-open', pick);
    if (!stop) return;
    const { id } = stop.delivery;
    const door = doorOf(stop.delivery);
    if (!door) return;
    const isOpen = world.bank(door.bank).doors.get(door.compartment)?.isOpen === true;
    // Nobody says so before an open door; nor does a courier whose parcel is in.
    if (isOpen || (stop.visit.kind === 'courier' && world.isInside(id))) return;
    await world.do({ type: 'did-not-open', ...stop.address });
  },
  missed: async (world, pick) => {
    const stop = someStop(world, 'resident', 'missing', pick);
    if (!stop || world.isInside(stop.delivery.id)) return;
    await world.do({ type: 'missing', ...stop.address });
  },
  residentCame: async (world, pick) => {
    const terminal = pick(TERMINAL_IDS) ?? '';
    const residents = [...RESIDENTS, ...(world.rig.disk.rows.get('residents')?.keys() ?? [])];
    const codes = residents.flatMap((resident) => world.rig.building.codeOf(resident) ?? []);
    const code = pick(codes);
    if (code) await world.do({ type: 'start-visit', terminal, code });
  },
  cameBySlip: async (world, pick) => {
    const slip = pick([...world.model.slips.values()]);
    const code = slip && world.rig.building.codeOf(slip.id);
    const terminal = pick(TERMINAL_IDS) ?? '';
    if (code && (await world.do({ type: 'start-visit', terminal, code })))
      world.reached.add('came by a slip');
  },
  nextDoor: async (world, pick) => {
    const now = world.rig.clock.monotonicMs();
    const waiting = visits(world, 'resident').filter((visit) =>
      stopsOf(world.model, visit, world.rig.roster).some(
        (stop) => stepOf(world.model, visit, stop, now) === 'waiting',
      ),
    );
    const visit = pick(waiting);
    if (visit) await world.do({ type: 'next-door', terminal: visit.terminal, visit: visit.id });
  },
  visitEnded: async (world, pick) => {
    const visit = pick([...world.model.visits.values()]);
    if (visit) await world.do({ type: 'end-visit', terminal: visit.terminal, visit: visit.id });
  },
} satisfies Acts;
