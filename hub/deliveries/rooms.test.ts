/** A package room: one door, many zones. */
import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, type RigOptions, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import { listContent } from '../pickups/list-content.ts';
import { freePlaces } from './places.ts';

const { single, pair, mateA, mateB } = PEOPLE;
const [one, other] = pair.residents as [string, string];
const terminal = TERMINALS.a;
const ROOM = 2;

/** One compartment, and a room with two shelves in reach, one overhead and a piece of its floor. */
const LAYOUT: Layout = {
  bank: 'a',
  name: 'Hall',
  depthMm: 500,
  bottomMm: 0,
  columns: [
    { widthMm: 400, cells: [{ number: 1, size: 'M', heightMm: 900 }] },
    {
      widthMm: 900,
      cells: [
        {
          number: ROOM,
          size: 'XL',
          heightMm: 2_000,
          zones: [
            { zone: 'A1', size: 'M', shelfMm: 700 },
            { zone: 'A2', size: 'M', shelfMm: 1_100 },
            { zone: 'A3', size: 'S', shelfMm: 1_900 },
            { zone: 'Floor', size: 'XL', shelfMm: 0, oversize: true },
          ],
        },
      ],
    },
  ],
};

async function house(options: RigOptions = {}) {
  const rig = await BuildingRig.start({ roster: { ...ROSTER, layouts: () => [LAYOUT] }, ...options });
  await rig.online('a');
  const zoneOf = (delivery: string) => rig.building.model.deliveries.get(delivery)?.zone;
  const free = () => freePlaces(rig.building.model, [LAYOUT]).map(({ zone }) => zone);
  return { rig, zoneOf, free };
}

/** A courier's parcel, its door open. */
async function bring(rig: BuildingRig, to: { unit: string; resident?: string }, more: object = {}) {
  const code = rig.building.codeOf(PEOPLE.courier) ?? (await rig.courierCode());
  const { visit } = await rig.do({ type: 'start-visit', terminal, code });
  const parcel = {
    unit: to.unit,
    resident: to.resident ?? null,
    size: 'S',
    tracking: null,
    ...more,
  } as const;
  const { stops } = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
  return { visit, delivery: stops[0]?.delivery ?? '', stop: stops[0] };
}

const come = (rig: BuildingRig, holder: string) =>
  rig.do({ type: 'start-visit', terminal, code: rig.building.codeOf(holder) ?? 'none' });

/** The room stands open to a resident who has two parcels on one zone. */
async function openToTwoOnOneZone() {
  const { rig, zoneOf } = await house();
  await rig.dropOff(single);
  for (const others of [mateA, { unit: mateA.unit, resident: mateB.resident }]) await rig.dropOff(others);
  const first = await rig.dropOff({ unit: pair.unit, resident: null });
  await rig.dropOff({ unit: single.unit, resident: null }, 'XL');
  const second = await rig.dropOff({ unit: pair.unit, resident: null });
  expect([zoneOf(first), zoneOf(second)]).toEqual(['A2', 'A2']);
  await rig.tell();
  rig.effects.length = 0;
  const { visit } = await come(rig, one);
  const open = rig.takeOpen();
  await rig.opens(open);
  return { rig, first, second, visit, open };
}

describe('a package room', () => {
  it('gets what no compartment takes, each household on a zone of its own, and the log says where', async () => {
    const { rig, zoneOf } = await house();
    const first = await rig.dropOff(single);
    const second = await rig.dropOff(mateA);
    const third = await rig.dropOff({ unit: mateA.unit, resident: mateB.resident });
    const fourth = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    expect([first, second, third, fourth].map(zoneOf)).toEqual([null, 'A3', 'A1', 'A2']);
    const said = rig.entries('delivery.assigned').map(({ zone, compartment }) => [compartment, zone]);
    expect(said).toEqual([
      [1, undefined],
      [ROOM, 'A3'],
      [ROOM, 'A1'],
      [ROOM, 'A2'],
    ]);
    // More for the pair: the last free zone, and then that one once more. Their shelf is full, and others' are others'.
    const fifth = await rig.dropOff({ unit: pair.unit, resident: null });
    expect(zoneOf(fifth)).toBe('Floor');
    const sixth = await rig.dropOff({ unit: pair.unit, resident: null });
    expect(zoneOf(sixth)).toBe('Floor');
    await rig.kill();
    await rig.boot();
    expect([first, second, third, fourth, fifth, sixth].map(zoneOf)).toEqual([
      null,
      'A3',
      'A1',
      'A2',
      'Floor',
      'Floor',
    ]);
  });

  it('opens once for all that somebody has there, and leaves what is others’', async () => {
    const { rig } = await house();
    await rig.dropOff(mateA);
    const ours = await rig.dropOff({ unit: pair.unit, resident: null });
    const theirs = await rig.dropOff(single);
    const mine = await rig.dropOff({ unit: pair.unit, resident: one }, 'M');
    await rig.tell();
    rig.effects.length = 0;
    const { visit } = await come(rig, one);
    const open = rig.takeOpen();
    await rig.opens(open);
    const [stop] = rig.building.visit(visit)?.stops ?? [];
    expect(stop).toMatchObject({ step: 'open', together: 2, place: { compartment: ROOM } });
    expect(stop?.zones.length).toBe(2);
    await rig.closes(open);
    const collected = rig.entries('delivery.collected').map(({ delivery }) => delivery);
    expect(new Set(collected)).toEqual(new Set([ours, mine]));
    expect(rig.building.model.deliveries.get(theirs)?.state).toBe('deposited');
  });

  it('keeps the zone of a parcel that is not there, and takes the others of that opening as taken', async () => {
    const { rig, free } = await house();
    await rig.dropOff(single);
    const first = await rig.dropOff({ unit: pair.unit, resident: null });
    const second = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    await rig.tell();
    rig.effects.length = 0;
    const { visit, stops } = await come(rig, one);
    const open = rig.takeOpen();
    await rig.opens(open);
    expect(stops[0]?.delivery).toBe(first);
    await rig.do({ type: 'missing', terminal, visit, delivery: first });
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toMatchObject([
      { delivery: second, confirmation: 'confirmed' },
    ]);
    expect(rig.takeOpens()).toEqual([]);
    expect(rig.building.model.deliveries.get(first)?.state).toBe('missing');
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'nothing-inside', delivery: first }]);
    await rig.do({ type: 'end-visit', terminal, visit });
    // A3 is kept for the one that is missing, A1 for its grace time.
    expect(free()).toEqual(['A2', 'Floor']);
  });

  it('leaves in doubt what lay on the same zone as one that is not there', async () => {
    const { rig, first, second, visit, open } = await openToTwoOnOneZone();
    await rig.do({ type: 'missing', terminal, visit, delivery: first });
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toEqual([]);
    expect(rig.building.model.deliveries.get(second)?.state).toBe('deposited');
  });

  it('lets a resident say of any zone that its parcel is not there, until the door is shut', async () => {
    const { rig, free } = await house();
    await rig.dropOff(single);
    const first = await rig.dropOff({ unit: pair.unit, resident: null });
    const second = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    const third = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    const theirs = await rig.dropOff(mateA, 'XL');
    await rig.tell();
    rig.effects.length = 0;
    const { visit } = await come(rig, one);
    const open = rig.takeOpen();
    await rig.opens(open);
    const seen = () =>
      rig.building.visit(visit)?.stops.map(({ delivery, step, zones, canReportMissing }) => ({
        delivery,
        step,
        zones,
        canReportMissing,
      }));
    const zones = ['A3', 'A1', 'A2'];
    expect(seen()).toEqual(
      [first, second, third].map((delivery) => ({ delivery, step: 'open', zones, canReportMissing: true })),
    );
    const missing = (delivery: string) => rig.do({ type: 'missing', terminal, visit, delivery });
    await expect(missing(theirs)).rejects.toMatchObject({ code: 'delivery-unknown' });
    await missing(second);
    expect(seen()?.find(({ delivery }) => delivery === second)).toMatchObject({ step: 'done' });
    expect(seen()?.find(({ delivery }) => delivery === first)).toMatchObject({ zones: ['A3', 'A2'] });
    await expect(missing(second)).rejects.toMatchObject({ code: 'not-now' });
    await rig.closes(open);
    const collected = rig.entries('delivery.collected').map(({ delivery }) => delivery);
    expect(collected).toEqual([first, third]);
    expect(rig.entries('delivery.missing')).toMatchObject([{ delivery: second }]);
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'nothing-inside', delivery: second }]);
    expect(rig.building.model.deliveries.get(theirs)?.state).toBe('deposited');
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.clock.advance(rig.policy.graceMs + 1);
    // A1 is kept for the one that is missing.
    expect(free()).toEqual(['A3', 'A2']);
  });

  it('still shows what else to take when the parcel that it was opened for is the one that is not there', async () => {
    const { rig } = await house();
    await rig.dropOff(single);
    const first = await rig.dropOff({ unit: pair.unit, resident: null });
    const second = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    await rig.tell();
    rig.effects.length = 0;
    const { visit } = await come(rig, one);
    await rig.opens(rig.takeOpen());
    const { stops } = await rig.do({ type: 'missing', terminal, visit, delivery: first });
    expect(stops).toMatchObject([
      { delivery: first, step: 'done' },
      { delivery: second, step: 'open', together: 1, zones: ['A1'], canOpen: false },
    ]);
  });

  it('leaves in doubt what it was opened for, if a parcel on the same zone is not there; then it opens once more', async () => {
    const { rig, first, second, visit, open } = await openToTwoOnOneZone();
    await rig.do({ type: 'missing', terminal, visit, delivery: second });
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toEqual([]);
    expect(rig.building.visit(visit)?.stops[0]).toMatchObject({ step: 'waiting', canOpen: true });
    await rig.clock.advance(1_000);
    await rig.do({ type: 'next-door', terminal, visit });
    const again = rig.takeOpen();
    await rig.opens(again);
    await rig.closes(again);
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery: first }]);
  });

  it('takes the word of who collects several parcels through a door without a sensor, from any of them', async () => {
    const { rig } = await house({ roster: { ...ROSTER, layouts: () => [{ ...LAYOUT, bank: 'blind' }] } });
    await rig.online('blind');
    await rig.dropOffBlind(single);
    const first = await rig.dropOffBlind({ unit: pair.unit });
    const second = await rig.dropOffBlind({ unit: pair.unit });
    rig.effects.length = 0;
    const at = TERMINALS.blind;
    const code = rig.building.codeOf(one) ?? 'none';
    const { visit } = await rig.do({ type: 'start-visit', terminal: at, code });
    await rig.report('blind', ROOM, 'pulsed', rig.takeOpen().grant);
    expect(rig.building.visit(visit)?.stops).toMatchObject([{ step: 'attest' }, { step: 'attest' }]);
    await rig.do({ type: 'missing', terminal: at, visit, delivery: first });
    await rig.do({ type: 'closed-by-hand', terminal: at, visit, delivery: second });
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery: second, confirmation: 'attested' }]);
  });

  it('announces nothing to somebody who stands in it: what they were not told of they leave there', async () => {
    const { rig } = await house();
    await rig.dropOff(single);
    const told = await rig.dropOff({ unit: pair.unit, resident: null });
    await rig.tell();
    const later = await rig.dropOff({ unit: pair.unit, resident: null }, 'M');
    rig.effects.length = 0;
    await come(rig, one);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.tell();
    await rig.closes(open);
    expect(rig.entries('delivery.collected').map(({ delivery }) => delivery)).toEqual([told]);
    await rig.clock.advance(0);
    expect(rig.building.model.deliveries.get(later)).toMatchObject({ state: 'deposited', announced: true });
  });

  it('lets a delegate for one parcel take that one, whatever else lies in the room', async () => {
    const { rig } = await house();
    await rig.dropOff(single);
    const mine = await rig.dropOff({ unit: pair.unit, resident: one });
    const also = await rig.dropOff({ unit: pair.unit, resident: one }, 'M');
    await rig.dropOff(mateA);
    await rig.tell();
    const by = { kind: 'resident', id: one } as const;
    const untilMs = rig.clock.wallMs() + 3_600_000;
    const named = { resident: one, delivery: mine, fromMs: 0, untilMs };
    const { code } = await rig.do({ type: 'name-delegate', by, ...named });
    rig.effects.length = 0;
    await rig.do({ type: 'start-visit', terminal, code });
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(rig.entries('delivery.collected').map(({ delivery }) => delivery)).toEqual([mine]);
    expect(rig.building.model.deliveries.get(also)?.state).toBe('deposited');
  });

  it('shows a courier who is inside another zone without another opening; staff look at the one they found taken', async () => {
    const { rig, zoneOf, free } = await house();
    await rig.dropOff(single);
    rig.effects.length = 0;
    const { visit, delivery, stop } = await bring(rig, mateA);
    expect(stop).toMatchObject({ place: { compartment: ROOM, zone: 'A3' } });
    const open = rig.takeOpen();
    await rig.opens(open);
    const view = await rig.do({ type: 'other-door', terminal, visit, delivery, reason: 'occupied' });
    expect(rig.takeOpens()).toEqual([]);
    expect(view.stops[0]).toMatchObject({ step: 'open', place: { compartment: ROOM, zone: 'A1' } });
    await rig.closes(open);
    await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(zoneOf(delivery)).toBe('A1');
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'record-disagrees', zone: 'A3' }]);
    expect(free()).toEqual(['A2', 'Floor']);
  });

  it('takes what fits into no compartment on its floor, and sends it to the desk once that is taken', async () => {
    const { rig, zoneOf } = await house();
    const { visit, delivery } = await bring(rig, single, { size: 'XL', oversize: true });
    expect(zoneOf(delivery)).toBe('Floor');
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    await rig.do({ type: 'end-visit', terminal, visit });
    const { stop } = await bring(rig, mateA, { size: 'XL', oversize: true });
    expect(stop).toMatchObject({ step: 'desk', atDesk: true });
  });

  it('sends what fits into no compartment to none either when its own door jams', async () => {
    const [column, ...others] = LAYOUT.columns;
    const big = { number: 3, size: 'XL' as const, heightMm: 1_100 };
    const columns = [{ widthMm: 400, cells: [big, ...(column?.cells ?? [])] }, ...others];
    const { rig } = await house({ roster: { ...ROSTER, layouts: () => [{ ...LAYOUT, columns }] } });
    const { visit, delivery, stop } = await bring(rig, single, { size: 'XL', oversize: true });
    expect(stop).toMatchObject({ place: { compartment: ROOM, zone: 'Floor' } });
    await rig.report('a', ROOM, 'jammed', rig.takeOpen().grant);
    const view = await rig.do({ type: 'other-door', terminal, visit, delivery, reason: 'jammed' });
    expect(view.stops[0]).toMatchObject({ step: 'desk', atDesk: true });
    expect(rig.takeOpens()).toEqual([]);
  });

  it('keeps shelves that are too high or low from who needs reachable places', async () => {
    const { rig, zoneOf } = await house({ policy: { desk: false } });
    rig.accessible.add(single.resident);
    const given = [];
    for (let parcel = 0; parcel < 3; parcel += 1) given.push(zoneOf(await rig.dropOff(single, 'M')));
    expect(new Set(given)).toEqual(new Set([null, 'A1', 'A2']));
    await rig.dropOff(single, 'XL').then(
      () => expect.unreachable(),
      (error: unknown) => expect(error).toMatchObject({ code: 'no-place' }),
    );
  });

  it('calls staff once for its door that was left open, and says for which parcel', async () => {
    const { rig } = await house();
    await rig.dropOff(single);
    await rig.dropOff(mateA);
    rig.effects.length = 0;
    const { delivery } = await bring(rig, { unit: pair.unit });
    await rig.opens(rig.takeOpen());
    await rig.clock.advance(rig.policy.openAlarmMs + rig.policy.idleMs + rig.policy.warnMs + 1);
    expect(rig.entries('visit.ended').at(-1)).toMatchObject({ reason: 'timeout' });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'left-open', compartment: ROOM, delivery }]);
  });

  it('stays in use while a parcel in it is missed, and is closed while its door is in doubt', async () => {
    const { rig, free } = await house();
    await rig.dropOff(single);
    await rig.dropOff(mateA);
    await rig.dropOff({ unit: pair.unit, resident: null });
    await rig.tell();
    rig.effects.length = 0;
    const { visit, stops } = await come(rig, mateA.resident);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.do({ type: 'missing', terminal, visit, delivery: stops[0]?.delivery ?? '' });
    await rig.closes(open);
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'nothing-inside' }]);
    expect(free()).toEqual(['A2', 'Floor']);
    await rig.report('a', ROOM, 'forced', null);
    await rig.seen('a', ROOM, 'forced');
    expect(free()).toEqual([]);
  });

  it('stands on the list for when the hub is dead, with each parcel’s zone', async () => {
    const { rig } = await house();
    await rig.dropOff(single);
    const ours = await rig.dropOff({ unit: pair.unit, resident: other });
    const theirs = await rig.dropOff(mateA);
    await rig.tell();
    const { model } = rig.building;
    const content = listContent(
      {
        model,
        roster: rig.roster,
        policy: rig.policy,
        qrOf: (holder) => rig.building.qrOf(holder),
        terminals: [],
        building: { building: 'elm', name: 'Elm', language: 'en' },
        codeKey: 'k'.repeat(32),
        poweredHours: 1,
      },
      'a',
    );
    const listed = new Map(content.deliveries.map(({ delivery, zone }) => [delivery, zone]));
    expect([listed.get(ours), listed.get(theirs)]).toEqual(['A3', 'A1']);
  });
});
