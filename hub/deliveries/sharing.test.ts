/** One door for several parcels: only for the very same people, and what follows when it opens. */
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, type RigOptions, TERMINALS } from '../../sim/testing/building-rig.ts';
import { listContent } from '../pickups/list-content.ts';
import { Refusal } from './refusal.ts';

const { single, pair, mateA, mateB } = PEOPLE;
const terminal = TERMINALS.a;
const XL = 6;

/** A building in which only the largest door of bank `a` is left, with a small parcel for the pair's home behind it. */
async function oneDoorLeft(options: RigOptions = {}) {
  const rig = await BuildingRig.start(options);
  await rig.online('a');
  const staff = PEOPLE.staff;
  for (const compartment of [1, 2, 3, 4, 5]) {
    await rig.do({ type: 'retire', staff, bank: 'a', compartment, reason: 'a broken hinge' });
  }
  const first = await rig.dropOff({ unit: pair.unit, resident: null });
  rig.effects.length = 0;
  return { rig, first };
}

async function bring(
  rig: BuildingRig,
  to: { unit: string | null; resident?: string | null },
  size: 'S' | 'L' | 'XL' = 'S',
) {
  const code = rig.building.codeOf(PEOPLE.courier) ?? '';
  const { visit } = await rig.do({ type: 'start-visit', terminal, code });
  const parcel = { unit: to.unit, resident: to.resident ?? null, size, tracking: null };
  const view = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
  return { visit, stop: view.stops.at(-1) };
}

async function fetch(rig: BuildingRig, resident: string) {
  const code = rig.building.codeOf(resident) ?? '';
  return rig.do({ type: 'start-visit', terminal, code });
}

/** Brings another parcel for the pair's home to the one door, and tells them. */
async function two(rig: BuildingRig) {
  const { visit, stop } = await bring(rig, pair);
  const delivery = stop?.delivery ?? '';
  const open = rig.takeOpen();
  await rig.opens(open);
  await rig.closes(open);
  await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
  await rig.do({ type: 'end-visit', terminal, visit });
  await rig.tell();
  rig.effects.length = 0;
  return delivery;
}

describe('a shared door', () => {
  it('takes another parcel for the same people when no other is free, and says so', async () => {
    const { rig, first } = await oneDoorLeft();
    const { stop } = await bring(rig, pair);
    expect(stop).toMatchObject({ step: 'opening', together: 2, place: { bank: 'a', compartment: XL } });
    expect(rig.entries('delivery.assigned').map(({ fallback }) => fallback)).toEqual(['bigger', 'shared']);
    expect(rig.takeOpen()).toMatchObject({ compartment: XL });
    expect(rig.building.model.deliveries.get(first)?.state).toBe('deposited');
  });

  it('is for nobody else: not for strangers, not for one of them alone, not for nobody knows whom', async () => {
    const { rig } = await oneDoorLeft();
    // Who wants their own parcels for themselves alone shares no door with the rest of the home.
    rig.onlyMe.add(pair.residents[0] ?? '');
    const others = [
      single,
      { unit: mateA.unit, resident: mateB.resident },
      { unit: pair.unit, resident: pair.residents[0] },
      { unit: null },
    ];
    for (const to of others) {
      expect((await bring(rig, to)).stop).toMatchObject({ step: 'desk', place: null });
    }
    expect(rig.takeOpens()).toEqual([]);
  });

  it('takes what is for one of the home as well, whom the others may fetch for', async () => {
    const { rig } = await oneDoorLeft();
    const to = { unit: pair.unit, resident: pair.residents[0] ?? '' };
    expect((await bring(rig, to)).stop).toMatchObject({ step: 'opening', together: 2 });
  });

  it('has room for so many as its size, and is not given out open, retired or with a case', async () => {
    const { rig } = await oneDoorLeft({ policy: { desk: false } });
    const refused = async (size: 'S' | 'L' | 'XL') => {
      const error = await bring(rig, pair, size).catch((reason: unknown) => reason);
      return error instanceof Refusal ? error.code : 'given out';
    };
    expect(await refused('XL')).toBe('no-place');
    await rig.seen('a', XL, 'open');
    expect(await refused('S')).toBe('no-place');
    await rig.seen('a', XL, 'unknown');
    expect(await refused('S')).toBe('no-place');
    await rig.seen('a', XL, 'closed');
    expect(await refused('L')).toBe('given out');
  });

  it('is none without a sensor: it may stand open before somebody who is fetching', async () => {
    const rig = await BuildingRig.start();
    await rig.online('blind');
    const reason = 'a broken hinge';
    await rig.do({ type: 'retire', staff: PEOPLE.staff, bank: 'blind', compartment: 1, reason });
    await rig.dropOffBlind({ unit: pair.unit });
    const code = rig.building.codeOf(PEOPLE.courier) ?? '';
    const at = TERMINALS.blind;
    const { visit } = await rig.do({ type: 'start-visit', terminal: at, code });
    const parcel = { unit: pair.unit, resident: null, size: 'S', tracking: null } as const;
    const { stops } = await rig.do({ type: 'add-parcel', terminal: at, visit, ...parcel });
    expect(stops).toMatchObject([{ step: 'desk' }]);
  });

  it('gives all that is behind it to who opens it, once', async () => {
    const { rig, first } = await oneDoorLeft();
    const second = await two(rig);
    const { stops } = await fetch(rig, pair.residents[1] ?? '');
    expect(stops).toMatchObject([{ together: 2 }, { together: 2 }]);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(rig.entries('delivery.collected').map(({ delivery }) => delivery)).toEqual([first, second]);
    const code = await rig.courierCode();
    const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.lobby, code });
    const parcel = { unit: pair.unit, resident: null, size: 'S', tracking: null } as const;
    const view = await rig.do({ type: 'add-parcel', terminal: TERMINALS.lobby, visit, ...parcel });
    expect(view.stops, 'both hold it through the grace time').toMatchObject([{ step: 'desk' }]);
  });

  it('stays shut for a resident while a courier adds to it', async () => {
    const { rig, first } = await oneDoorLeft();
    await rig.tell();
    const { visit, stop } = await bring(rig, pair);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    const code = rig.building.codeOf(pair.residents[0] ?? '') ?? '';
    const lobby = TERMINALS.lobby;
    const fetching = await rig.do({ type: 'start-visit', terminal: lobby, code });
    expect(fetching.stops).toMatchObject([{ delivery: first, canOpen: false }]);
    expect(rig.takeOpens()).toEqual([]);
    await rig.do({ type: 'confirm', terminal, visit, delivery: stop?.delivery ?? '', inside: true });
    await rig.do({ type: 'next-door', terminal: lobby, visit: fetching.visit });
    expect(rig.takeOpens()).toHaveLength(1);
  });

  it('lets staff withdraw none of its parcels while it stands open for another', async () => {
    const { rig, first } = await oneDoorLeft();
    await bring(rig, pair);
    await rig.opens(rig.takeOpen());
    await expect(rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: first })).rejects.toMatchObject({
      code: 'not-now',
    });
  });

  it('found too full leads to another place without calling anybody', async () => {
    const { rig } = await oneDoorLeft();
    const { visit, stop } = await bring(rig, pair);
    await rig.opens(rig.takeOpen());
    const delivery = stop?.delivery ?? '';
    const view = await rig.do({ type: 'other-door', terminal, visit, delivery, reason: 'occupied' });
    expect(view.stops).toMatchObject([{ step: 'desk', atDesk: true }]);
    expect(rig.entries('case.opened').map(({ kind }) => kind)).toEqual(['desk-hand-over']);
  });

  it('is on the list for the bank alone, and a second opening for the other parcel is no surprise', async () => {
    const { rig, first } = await oneDoorLeft();
    const second = await two(rig);
    const listed = listContent(
      {
        model: rig.building.model,
        roster: rig.roster,
        policy: rig.policy,
        qrOf: (holder) => rig.building.qrOf(holder),
        terminals: [],
        building: { building: 'b', name: 'B', language: 'en' },
        codeKey: 'k',
        poweredHours: 1,
      },
      'a',
    );
    expect(listed.deliveries.map(({ delivery }) => delivery)).toEqual([first, second]);
    const holder = pair.residents[0] ?? '';
    const session = rig.sessions.get('a')?.session ?? 0;
    let number = 0;
    for (const delivery of [first, second]) {
      number += 1;
      const grant = `01900000-0000-7000-8000-00000000000${number}`;
      const release = {
        ...{ series: first, number, grant, delivery, compartment: XL, holder, terminal, list: 1 },
        ...({ outcome: 'opened', closed: true, attested: null } as const),
      };
      await rig.do({ type: 'handed-over', bank: 'a', session, release });
    }
    expect(rig.entries('pickup.handed-over').map(({ disagrees }) => disagrees)).toEqual([null, null]);
    expect(rig.entries('delivery.collected').map(({ delivery }) => delivery)).toEqual([first, second]);
    expect(rig.entries('case.opened')).toEqual([]);
  });
});
