/** Locks, their power and the emergency release in a whole building on a virtual clock, with the witness looking on. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Directed } from './directed.ts';
import type { VirtualBank } from './virtual/virtual-bank.ts';

let building: Directed;
let annex: VirtualBank;

beforeEach(async () => {
  building = await Directed.build(21);
  annex = building.world.bank('annex');
});

const DOORS = Array.from({ length: 16 }, (_, index) => index + 1);
const openDoors = () => annex.plc.doors.filter(({ open }) => open).map(({ door }) => door);

describe('a lock that jams', () => {
  it('takes its compartment out of service the third time in a row, by one case, also across a restart of the hub', async () => {
    annex.plc.jam(5);
    await building.openAsStaff(annex, 5);
    await building.openAsStaff(annex, 5);
    expect([building.retired('annex'), building.cases]).toEqual([[], ['jammed']]);
    await building.restartHub();
    await building.openAsStaff(annex, 5);
    expect([building.retired('annex'), building.cases]).toEqual([[5], ['out-of-service']]);
    annex.plc.unjam(5);
    await building.act({ type: 'return', bank: 'annex', compartment: 5, reason: 'oiled' });
    await building.openAsStaff(annex, 5);
    expect([building.retired('annex'), building.cases]).toEqual([[], []]);
    expect(building.witness.violations).toEqual([]);
  });

  it('keeps its compartment if it opens in between', async () => {
    for (const _ of [1, 2]) {
      annex.plc.jam(5);
      await building.openAsStaff(annex, 5);
      await building.openAsStaff(annex, 5);
      annex.plc.unjam(5);
      await building.openAsStaff(annex, 5);
    }
    expect(building.retired('annex')).toEqual([]);
    expect(building.logged('lock.jammed')).toHaveLength(4);
  });
});

describe('three different locks of one supply that jam in a row', () => {
  it('are one case about the lock power and retire nothing; what was retired in the row comes back', async () => {
    // The lock power fails: no lock moves any more.
    for (const door of DOORS) annex.plc.jam(door);
    for (const door of [2, 2, 2, 7]) await building.openAsStaff(annex, door);
    expect(building.retired('annex')).toEqual([2]);
    await building.restartHub();
    await building.openAsStaff(annex, 9);
    expect([building.retired('annex'), building.cases]).toEqual([[], ['lock-power']]);
    // Nothing more is learned about any lock.
    for (const door of [9, 9, 11]) await building.openAsStaff(annex, door);
    expect([building.retired('annex'), building.cases]).toEqual([[], ['lock-power']]);
    for (const door of DOORS) annex.plc.unjam(door);
    await building.openAsStaff(annex, 11);
    expect(building.cases).toEqual([]);
    expect(building.logged('supply.failed')).toHaveLength(1);
    expect(building.witness.violations).toEqual([]);
  });
});

describe('an emergency release', () => {
  const alarm = (isOn: boolean) => {
    annex.setFireContact(isOn);
    if (isOn) building.witness.fireContactOpened('annex');
    else building.witness.fireContactClosed('annex');
  };
  const emergency = () => building.world.hub?.building.emergency('annex') ?? null;
  const shutAll = () => {
    for (const door of openDoors()) annex.plc.hand.close(door);
  };

  it('opens every door in sequence, with the hub dead and the network cut, and the hub hears of it afterwards', async () => {
    const { world } = building;
    world.killHub();
    world.network.cut('annex');
    const order: number[] = [];
    annex.plc.observe((event) => event.kind === 'energised' && order.push(event.door));
    alarm(true);
    await building.until(() => openDoors().length === DOORS.length, 'every door to open');
    expect(order).toEqual(DOORS);
    await building.restartHub();
    world.network.mend('annex');
    await building.until(() => emergency() === 'released', 'the hub to hear of it');
    const told = () =>
      building.logged('door.reported').filter(({ data }) => data.bank === 'annex' && data.kind === 'opened');
    await building.until(() => told().length === DOORS.length, 'the hub to hear of each door');
    expect(building.cases).toEqual(['emergency']);
    alarm(false);
    shutAll();
    await building.until(() => emergency() === 'normal', 'the hub to hear that it is over');
    await building.act({ type: 'end-emergency', bank: 'annex', reason: 'walked the doors' });
    expect([emergency(), building.cases]).toEqual([null, []]);
    await building.openAsStaff(annex, 3);
    expect(building.witness.violations).toEqual([]);
  });

  it('goes on after a brown-out in the middle, and a door in doubt holds up no other', async () => {
    const { world, witness } = building;
    annex.plc.jam(1);
    alarm(true);
    await building.until(() => openDoors().length === 4, 'some doors to open');
    world.killAgent(annex);
    annex.plc.cutPower();
    await world.clock.advance(5_000);
    expect(openDoors()).toHaveLength(4);
    annex.plc.restorePower();
    witness.releaseBeginsAnew('annex');
    world.startAgent(annex);
    const powerBackMs = world.clock.monotonicMs();
    await building.until(() => openDoors().length === DOORS.length - 1, 'all doors but one to open');
    expect(world.clock.monotonicMs() - powerBackMs).toBeLessThan(15_000);
    await building.until(() => emergency() === 'released', 'the release to end');
    expect(openDoors()).not.toContain(1);
    expect(witness.violations).toEqual([]);
  });

  it('does not release anew after a restart what was released', async () => {
    const { world } = building;
    alarm(true);
    await building.until(() => emergency() === 'released', 'the release to end');
    annex.plc.hand.close(3);
    world.killAgent(annex);
    world.startAgent(annex);
    await world.clock.advance(60_000);
    expect(openDoors()).toEqual(DOORS.filter((door) => door !== 3));
    expect(building.witness.violations).toEqual([]);
  });

  it('stops when the contact closes, and nothing is given out until staff have walked the doors', async () => {
    alarm(true);
    await building.until(() => openDoors().length === 3, 'some doors to open');
    alarm(false);
    await building.until(() => emergency() === 'normal', 'the hub to hear of it');
    const opened = openDoors().length;
    await building.world.clock.advance(30_000);
    expect(openDoors()).toHaveLength(opened);
    expect(opened).toBeLessThan(DOORS.length);
    shutAll();
    await building.act({ type: 'end-emergency', bank: 'annex', reason: 'walked the doors' });
    expect(building.witness.violations).toEqual([]);
  });

  it('is set off by nothing else: not by power, agent, line, a PLC that stands still or a contact that bounces', async () => {
    const { world } = building;
    for (const disturb of [
      () => annex.plc.cutPower(),
      () => annex.plc.restorePower(),
      () => world.killAgent(annex),
      () => world.startAgent(annex),
      () => annex.plc.freeze(),
      () => annex.plc.thaw(),
      () => annex.line?.cut(),
      () => annex.line?.mend(),
      // Two polls of 250 ms say release, of the five that it takes.
      () => annex.setFireContact(true),
    ]) {
      disturb();
      await world.clock.advance(500);
      annex.setFireContact(false);
      await world.clock.advance(7_000);
    }
    expect([openDoors(), emergency()]).toEqual([[], null]);
    expect(building.witness.violations).toEqual([]);
  });
});
