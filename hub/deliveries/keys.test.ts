import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE } from '../../sim/testing/building-rig.ts';

const { staff } = PEOPLE;
const MINUTE_MS = 60_000;

async function begin(): Promise<BuildingRig> {
  const rig = await BuildingRig.start();
  await rig.online('a');
  return rig;
}

const declares = (rig: BuildingRig, compartment: number | null = 1, withinMs = 30 * MINUTE_MS) =>
  rig.do({ type: 'declare-key', staff, bank: 'a', compartment, withinMs, reason: 'battery of door 1' });

const isCase = (rig: BuildingRig) =>
  [...rig.building.model.cases.values()].some(({ kind }) => kind === 'forced');

describe('a mechanical key', () => {
  it.each([
    ['ten minutes', 10 * MINUTE_MS, false],
    ['ten minutes and a second', 10 * MINUTE_MS + 1_000, true],
  ])('declared %s after the door was forced', async (_, afterMs, stillCase) => {
    const rig = await begin();
    await rig.report('a', 1, 'forced', null);
    await rig.seen('a', 1, 'forced');
    expect(isCase(rig)).toBe(true);
    await rig.clock.advance(afterMs);
    await declares(rig);
    expect(isCase(rig)).toBe(stillCase);
    expect(rig.entries('key.used')).toHaveLength(stillCase ? 0 : 1);
  });

  it.each([
    ['within its time', 30 * MINUTE_MS, false],
    ['a second after its time', 30 * MINUTE_MS + 1_000, true],
  ])('declared before explains a door that opens %s', async (_, afterMs, becomesCase) => {
    const rig = await begin();
    await declares(rig);
    await rig.clock.advance(afterMs);
    await rig.report('a', 1, 'forced', null);
    expect(isCase(rig)).toBe(becomesCase);
    expect(rig.payloads().filter(({ type }) => type === 'key.used')).toMatchObject(
      becomesCase ? [] : [{ by: { kind: 'staff', id: staff }, data: { reason: 'battery of door 1' } }],
    );
  });

  it('explains no other door, unless it is declared for the whole bank; the wall clock does not matter', async () => {
    const rig = await begin();
    await declares(rig, 1);
    await rig.report('a', 2, 'forced', null);
    expect(isCase(rig)).toBe(true);
    rig.clock.setWall(0);
    await declares(rig, null);
    expect(isCase(rig)).toBe(false);
  });

  it('explains no earlier opening whose case is still open', async () => {
    const rig = await begin();
    await rig.report('a', 1, 'forced', null);
    await rig.clock.advance(11 * MINUTE_MS);
    await rig.report('a', 1, 'forced', null);
    await declares(rig);
    expect(isCase(rig)).toBe(true);
  });

  it('shows its door as open, not as forced, until it is closed', async () => {
    const rig = await begin();
    await declares(rig);
    await rig.report('a', 1, 'forced', null);
    await rig.seen('a', 1, 'forced');
    expect(rig.building.doors('a')[0]).toMatchObject({ door: 'open' });
    await rig.seen('a', 1, 'closed');
    await rig.clock.advance(31 * MINUTE_MS);
    await rig.report('a', 1, 'forced', null);
    await rig.seen('a', 1, 'forced');
    expect(rig.building.doors('a')[0]).toMatchObject({ door: 'forced' });
  });

  it('is put away by a restart, and by its time', async () => {
    const rig = await begin();
    await declares(rig);
    await rig.kill();
    await rig.boot();
    expect([...rig.building.model.keys.values()].length).toBe(0);
    await rig.online('a');
    await declares(rig);
    await rig.clock.advance(40 * MINUTE_MS + 1);
    expect([...rig.building.model.keys.values()].length).toBe(0);
    expect(rig.entries('key.over')).toHaveLength(2);
  });
});
