import { BuildingRig, compartmentsOf, PEOPLE, TERMINALS } from '@lockerhub/sim/testing/building-rig.ts';
import { beforeEach, expect, it } from 'vitest';
import type { WalkAct } from './walk.ts';

const BANK = 'a';
let rig: BuildingRig;
const act = (step: WalkAct) => rig.do({ type: 'commissioning', staff: PEOPLE.staff, bank: BANK, act: step });
const walk = () => rig.building.walk(BANK);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'carried out',
    (error: { code?: string }) => error.code,
  );

beforeEach(async () => {
  rig = await BuildingRig.start();
  await rig.allOnline();
});

async function begin(door: number | null = null): Promise<void> {
  await act({ step: 'start', door });
  await act({ step: 'doors-closed' });
}

/** Fires a door; `popped` opens, and the sensor of `seen` says so. */
async function fire(door: number, popped: number, seen: number | null = popped): Promise<void> {
  await act({ step: 'fire', door, evenIfOccupied: false });
  const open = rig.takeOpen();
  if (seen === door) await rig.opens(open);
  else {
    if (seen !== null) {
      await rig.report(BANK, seen, 'forced', null);
      await rig.seen(BANK, seen, 'forced');
    }
    await rig.report(BANK, door, 'jammed', open.grant);
    await rig.seen(BANK, door, 'jammed');
  }
  await act({ step: 'answer', popped });
  if (seen !== null) {
    await rig.report(BANK, seen, 'closed', seen === door ? open.grant : null);
    await rig.seen(BANK, seen, 'closed');
  }
}

it('walks door by door, and only a step that names a door opens one', async () => {
  await begin();
  expect(rig.takeOpens()).toEqual([]);
  for (const door of compartmentsOf(BANK)) {
    expect(walk()?.next).toBe(door);
    await fire(door, door);
  }
  expect(walk()).toMatchObject({ next: null, unsettled: [], firing: null });
  expect(walk()?.found.map(({ finding }) => finding)).toEqual(compartmentsOf(BANK).map(() => 'right'));
  expect(rig.entries('case.opened')).toEqual([]);
});

it('names crossed wires, opens no case about them, and tries both doors again once they are exchanged', async () => {
  await begin();
  await fire(1, 2);
  await fire(2, 2, 3);
  expect(walk()?.found).toEqual([
    { compartment: 1, finding: 'outputs-crossed', popped: 2, changed: [2] },
    { compartment: 2, finding: 'sensors-crossed', popped: 2, changed: [3] },
  ]);
  expect(rig.entries('case.opened')).toEqual([]);
  await act({ step: 'correct', part: 'outputs', doors: [1, 2] });
  expect(walk()).toMatchObject({ found: [], next: 1 });
});

it('judges only when the agent has stopped watching the door', async () => {
  await begin();
  await act({ step: 'fire', door: 1, evenIfOccupied: false });
  const open = rig.takeOpen();
  await act({ step: 'answer', popped: null });
  expect(walk()?.firing).toMatchObject({ door: 1, end: null, answered: true });
  await rig.report(BANK, 1, 'jammed', open.grant);
  expect(walk()?.found).toMatchObject([{ compartment: 1, finding: 'did-not-open' }]);
});

it('gives out no door of the bank meanwhile, and all of them afterwards', async () => {
  await begin();
  const open = await dropOffOpen();
  expect(open).toMatchObject({ bank: 'b' });
  await rig.kill();
  await rig.boot();
  await rig.allOnline();
  await act({ step: 'abandon' });
  expect(await dropOffOpen()).toMatchObject({ bank: 'a' });
});

async function dropOffOpen() {
  const code = rig.building.codeOf(PEOPLE.courier) ?? (await rig.courierCode());
  const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
  const parcel = { unit: PEOPLE.pair.unit, resident: null, size: 'S', tracking: null } as const;
  await rig.do({ type: 'add-parcel', terminal: TERMINALS.a, visit, ...parcel });
  return rig.takeOpen();
}

it('fires an occupied compartment only when that is confirmed', async () => {
  await rig.dropOff({ unit: PEOPLE.pair.unit, resident: null });
  await begin();
  expect(walk()?.occupied).toEqual([1]);
  expect(await refusal(act({ step: 'fire', door: 1, evenIfOccupied: false }))).toBe('not-now');
  expect(rig.takeOpens()).toEqual([]);
  await act({ step: 'fire', door: 1, evenIfOccupied: true });
  expect(rig.takeOpen()).toMatchObject({ compartment: 1, purpose: 'commissioning' });
});

it('calls a person when a crossed wire opens a door with a parcel behind it', async () => {
  await rig.dropOff({ unit: PEOPLE.pair.unit, resident: null });
  await begin();
  await fire(2, 1);
  expect(rig.entries('case.opened')).toMatchObject([{ kind: 'forced', compartment: 1 }]);
});

it('comes back after a kill with what was found; a door that was fired is fired again', async () => {
  await begin();
  await fire(1, 1);
  await act({ step: 'fire', door: 2, evenIfOccupied: false });
  await rig.kill();
  await rig.boot();
  expect(walk()).toMatchObject({ state: 'walking', next: 2, firing: null });
  expect(walk()?.found).toMatchObject([{ compartment: 1, finding: 'right' }]);
  expect(rig.takeOpens()).toEqual([]);
  expect(await refusal(act({ step: 'answer', popped: 2 }))).toBe('not-now');
});

it('finds a sensor that works the wrong way round before it fires, and waits for doors that stand open', async () => {
  await rig.seen(BANK, 4, 'open');
  await begin();
  expect(walk()?.found).toEqual([{ compartment: 4, finding: 'says-open', popped: null, changed: [] }]);
  expect(walk()?.open).toEqual([]);
  await rig.seen(BANK, 5, 'open');
  expect(walk()?.open).toEqual([5]);
  expect(await refusal(act({ step: 'fire', door: 1, evenIfOccupied: false }))).toBe('not-now');
});

it('tries one door alone after a repair', async () => {
  await begin(3);
  expect(await refusal(act({ step: 'fire', door: 1, evenIfOccupied: false }))).toBe('compartment-unknown');
  await fire(3, 3);
  expect(walk()).toMatchObject({ next: null, unsettled: [] });
});

const MAP = { text: '{}', hash: 'a'.repeat(64), signature: '', certificate: '' };

it('is signed only when every door is right, skipped or out of service, and as it was seen', async () => {
  await begin();
  for (const door of [1, 2, 3, 4]) await fire(door, door);
  await act({ step: 'skip', door: 5 });
  await fire(6, 6, null);
  expect(walk()).toMatchObject({ next: null, unsettled: [6] });
  const found = () => walk()?.found ?? [];
  expect(await refusal(act({ step: 'sign', map: MAP, found: found() }))).toBe('not-now');
  await rig.do({ type: 'retire', staff: PEOPLE.staff, bank: BANK, compartment: 6, reason: 'sensor is dead' });
  expect(await refusal(act({ step: 'sign', map: MAP, found: [] }))).toBe('not-now');
  await act({ step: 'sign', map: MAP, found: found() });
  expect(walk()).toBeNull();
  expect(rig.entries('commissioning.signed')).toMatchObject([{ bank: BANK, hash: MAP.hash }]);
});

it('lets nobody cover up by skipping what was found', async () => {
  await begin();
  await fire(1, 2);
  expect(await refusal(act({ step: 'skip', door: 1 }))).toBe('not-now');
  expect(walk()?.unsettled).toContain(1);
});

it('does not begin while somebody uses the bank, nor twice', async () => {
  const code = await rig.courierCode();
  const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
  expect(await refusal(act({ step: 'start', door: null }))).toBe('not-now');
  await rig.do({ type: 'end-visit', terminal: TERMINALS.a, visit });
  await act({ step: 'start', door: null });
  expect(await refusal(act({ step: 'start', door: null }))).toBe('not-now');
});
