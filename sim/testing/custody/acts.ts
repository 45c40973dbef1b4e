/** What people, banks, links and power do in the custody test, and how everybody goes home at the end. */
import { doorKey, doorOf, sameDoor, type Visit } from '@lockerhub/hub/deliveries/model.ts';
import { atOneOpening, MAY, type StopAct, stepOf, stopsOf } from '@lockerhub/hub/deliveries/stops.ts';
import { isUntold } from '@lockerhub/hub/deliveries/untold.ts';
import { recordedAt } from '@lockerhub/hub/reconciliation/acts.ts';
import type { ReconcileAct } from '@lockerhub/protocol/http/reconciliation.ts';
import { expect } from 'vitest';
import { compartmentsOf, LAYOUTS, PEOPLE, TERMINALS } from '../building-rig.ts';
import type { Fate, ModelBank } from '../model-bank.ts';
import { ROOM, type World, ZONES } from './world.ts';

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

export type Pick = <Item>(items: readonly Item[]) => Item | undefined;
/** In a crowded building most parcels are for the same few: so many of `RECIPIENTS`. */
const ALIKE = 2;

type Act = (world: World, pick: Pick) => Promise<void>;

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

const FATES: readonly Fate[] = ['opens', 'opens', 'opens', 'opens', 'jams', 'fails', 'takes-long'];

/** A drop-off as most of them are, so that places become rare. */
const ORDINARY = [
  ...['courierCame', 'parcelAdded', 'openArrived', 'wordsArrived', 'doorUsedAndClosed', 'wordsArrived'],
  ...['confirmed', 'visitEnded'],
];

export const ACTS: Record<string, Act> = {
  broughtAsUsual: async (world, pick) => {
    for (const act of ORDINARY) await ACTS[act]?.(world, pick);
  },
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
  slipPrinted: async (world, pick) => {
    const delivery = pick(
      [...world.model.deliveries.values()].filter((one) => isUntold(one, world.rig.roster)),
    );
    if (delivery) await world.do({ type: 'issue-slip', staff: PEOPLE.staff, delivery: delivery.id });
  },
  cameBySlip: async (world, pick) => {
    const slip = pick([...world.model.slips.values()]);
    const code = slip && world.rig.building.codeOf(slip.id);
    const terminal = pick(TERMINAL_IDS) ?? '';
    if (code && (await world.do({ type: 'start-visit', terminal, code })))
      world.reached.add('came by a slip');
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
  openArrived: async (world, pick) => {
    const [open] = world.opens;
    if (!open) return;
    world.opens = world.opens.slice(1);
    const bank = world.bank(open.bank);
    if (bank.isOnline) bank.receive(open, world.rig.clock.monotonicMs(), pick(FATES) ?? 'opens');
  },
  openArrivedTwice: async (world, pick) => {
    const [open] = world.opens;
    if (!open || !world.bank(open.bank).isOnline) return;
    world.bank(open.bank).receive(open, world.rig.clock.monotonicMs(), pick(FATES) ?? 'opens');
  },
  openLost: async (world) => {
    world.opens = world.opens.slice(1);
  },
  verdict: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment =
      bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.state === 'opening'));
    if (bank && compartment) bank.finish(compartment, pick([true, false]) ?? true);
  },
  uncertaintySettled: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment =
      bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.state === 'unknown'));
    if (bank && compartment) bank.settle(compartment, pick([true, false]) ?? true);
  },
  doorUsedAndClosed: async (world, pick) => {
    const bank = pick(
      [...world.banks.values()].filter(({ doors }) => [...doors.values()].some((d) => d.isOpen)),
    );
    const compartment = bank && pick([...bank.doors.keys()].filter((n) => bank.doors.get(n)?.isOpen));
    if (!bank || !compartment) return;
    handsAt(world, bank, compartment, pick);
    bank.close(compartment);
  },
  doorForced: async (world, pick) => {
    const bank = pick([...world.banks.values()]);
    const compartment = bank && pick([...bank.doors.keys()]);
    if (bank && compartment) bank.force(compartment);
  },
  wordArrived: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ wire }) => wire.length > 0));
    if (bank) await world.arrive(bank, 1);
  },
  wordsArrived: async (world) => {
    for (const bank of world.banks.values()) await world.arrive(bank, 50);
  },
  reportRepeated: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ unacknowledged }) => unacknowledged.length > 0));
    if (!bank || world.model.banks.get(bank.bank)?.session !== bank.session) return;
    // Repeated, perhaps ahead of earlier ones; of former sessions the wire brings them in order.
    const ofSession = bank.unacknowledged.filter(({ session }) => session === bank.session);
    const report = pick(ofSession) ?? bank.unacknowledged[0];
    if (report) await world.do(report);
  },
  questionAnswered: async (world) => {
    const [question] = world.questions;
    if (!question) return;
    world.questions = world.questions.slice(1);
    const bank = world.bank(question.bank);
    if (bank.isOnline && question.session === bank.session) bank.answer(question.grants);
  },
  bankLeft: async (world, pick) => {
    const bank = pick([...world.banks.values()].filter(({ isOnline }) => isOnline));
    bank?.disconnect();
  },
  bankCrashed: async (world, pick) => {
    pick([...world.banks.values()])?.crash();
  },
  bankCame: async (world, pick) => {
    pick([...world.banks.values()].filter(({ isOnline }) => !isOnline))?.connect();
  },
  hubKilled: async (world) => {
    await world.rig.kill();
    world.questions = [];
    if (world.opens.length > 0) world.opens = [];
    for (const bank of world.banks.values()) bank.disconnect();
    for (const bank of world.banks.values()) bank.wire = [];
    await world.rig.boot();
    expect(
      world.rig.effects.filter(({ type }) => type === 'open'),
      'I7',
    ).toEqual([]);
    world.takeEffects();
    for (const bank of world.banks.values()) bank.connect();
  },
  moment: async (world) => world.rig.clock.advance(700),
  while: async (world) => world.rig.clock.advance(16_000),
  minutes: async (world) => world.rig.clock.advance(130_000),
  longWhile: async (world) => world.rig.clock.advance(16 * 60_000),
  clockJumped: async (world, pick) => {
    world.rig.clock.setWall(pick([0, 1_800_000_000_000, 1_930_000_000_000]) ?? 0);
    world.rig.clockTrust = pick(['trusted', 'untrusted'] as const) ?? 'trusted';
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
  messageOut: async (world, pick) => {
    const message = pick([...world.model.messages.values()])?.id;
    if (message) await world.do({ type: 'message-sent', message, channel: 'email' });
  },
  messageFailed: async (world, pick) => {
    const message = pick([...world.model.messages.values()])?.id;
    const final = pick([true, false]) ?? true;
    if (!message) return;
    await world.do({
      type: 'message-failed',
      message,
      channel: 'email',
      attempt: 1,
      final,
      reason: 'no route',
    });
  },
  diskFilled: async (world, pick) => {
    world.rig.diskState = pick(['ok', 'ok', 'ok', 'low'] as const) ?? 'ok';
  },
};

/** What the person at an open door does with the parcels, before it closes. */
function handsAt(world: World, bank: ModelBank, compartment: number, pick: Pick): void {
  const door = bank.doors.get(compartment);
  const parcels = world.contents({ bank: bank.bank, compartment });
  if (door?.state === 'forced') {
    if (pick([true, false])) parcels.clear();
    return;
  }
  const grant = door?.grant ? world.model.grants.get(door.grant) : undefined;
  const delivery = grant?.delivery ? world.model.deliveries.get(grant.delivery) : undefined;
  const own = delivery && doorOf(delivery);
  if (!grant || !delivery || !own || doorKey(own) !== doorKey(grant)) return;
  const isLatest = delivery.grant === grant.id;
  // In a room people leave what is not theirs, as they are told to.
  if (grant.purpose === 'pickup' && delivery.zone !== null) {
    const visit = grant.visit === null ? undefined : world.model.visits.get(grant.visit);
    const theirs = atOneOpening(world.model, world.rig.roster, delivery, visit);
    for (const { id } of theirs) parcels.delete(id);
  } else if (grant.purpose === 'pickup') parcels.clear();
  else if (delivery.state === 'assigned' && isLatest) {
    if (pick([true, true, true, false])) parcels.add(delivery.id);
    else parcels.delete(delivery.id);
  } else if (delivery.state === 'deposited' && pick([true, false])) parcels.delete(delivery.id);
}

/** The acts of ordinary days come more often, so that the others find something to disturb. */
const WEIGHTS: Record<string, number> = {
  broughtAsUsual: 6,
  courierCame: 4,
  parcelAdded: 8,
  confirmed: 6,
  openArrived: 12,
  doorUsedAndClosed: 10,
  wordsArrived: 14,
  residentCame: 14,
  nextDoor: 8,
  visitEnded: 4,
  questionAnswered: 4,
  bankCame: 3,
  minutes: 3,
  uncertaintySettled: 6,
  openedAgain: 8,
  closedByHand: 12,
  didNotOpen: 8,
  undone: 6,
  otherDoor: 3,
  missed: 10,
  wordArrived: 4,
  verdict: 3,
};

/** The acts' names, each as often as it comes. */
export const ACT_NAMES = Object.keys(ACTS).flatMap((name) => Array<string>(WEIGHTS[name] ?? 1).fill(name));
/** Everybody goes home, the links heal, the doors are closed: what is left must be settled, or be a case. */
export async function comeToRest(world: World): Promise<void> {
  world.opens = [];
  for (const bank of world.banks.values()) bank.connect();
  for (let round = 0; round < 6; round += 1) {
    for (const bank of world.banks.values()) {
      await world.arrive(bank, 1_000);
      for (const question of world.questions.splice(0)) world.bank(question.bank).answer(question.grants);
      for (const compartment of bank.doors.keys()) {
        bank.finish(compartment, false);
        bank.settle(compartment, false);
        if (bank.doors.get(compartment)?.isOpen)
          handsAt(world, bank, compartment, (items) => items[1 % items.length]);
        bank.close(compartment);
      }
      await world.arrive(bank, 1_000);
    }
    await world.rig.clock.advance(3 * 60_000);
    world.takeEffects();
  }
  world.check();
  const { model } = world;
  expect(
    [...model.grants.values()].filter(({ end }) => end === null),
    'every grant has an end',
  ).toEqual([]);
  expect([...model.visits.values()], 'every visit is over').toEqual([]);
  for (const bank of world.banks.values()) expect(bank.unacknowledged, 'all is acknowledged').toEqual([]);
  for (const delivery of model.deliveries.values()) {
    // Nobody is to be told of what is nobody's yet: staff are.
    if (delivery.state === 'deposited') {
      expect(delivery.announced, 'residents are told').toBe(delivery.household !== null);
    }
    if (delivery.state !== 'assigned') continue;
    const isCase = [...model.cases.values()].some((open) => open.delivery === delivery.id);
    expect(isCase, `${delivery.id} is settled or a case`).toBe(true);
  }
}
