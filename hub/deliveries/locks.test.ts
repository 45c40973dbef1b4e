import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { staff } = PEOPLE;

async function begin(policy = {}): Promise<BuildingRig> {
  const rig = await BuildingRig.start({ policy });
  await rig.allOnline();
  return rig;
}

/** Staff try a door, and its lock does what it is told to. */
async function tries(rig: BuildingRig, compartment: number, does: 'jammed' | 'opened'): Promise<void> {
  await rig.do({ type: 'staff-open', staff, bank: 'a', compartment, reason: 'a try' });
  const open = rig.takeOpen();
  if (does === 'jammed') await rig.report('a', compartment, 'jammed', open.grant);
  else {
    await rig.opens(open);
    await rig.closes(open);
  }
}

/** A kill and a start: what the fold makes of the log is what the process knew. */
async function restarts(rig: BuildingRig): Promise<void> {
  const { supplies, retired, cases } = rig.building.model;
  const before = [supplies, retired, cases].map((table) => [...(table as Map<string, unknown>)].sort());
  await rig.kill();
  await rig.boot();
  const after = rig.building.model;
  expect(
    [after.supplies, after.retired, after.cases].map((table) => [...(table as Map<string, unknown>)].sort()),
  ).toEqual(before);
  await rig.allOnline();
}

const kinds = (rig: BuildingRig) => [...rig.building.model.cases.values()].map(({ kind }) => kind);

describe('a lock that jams', () => {
  it('three times in a row takes its compartment out of service; one good opening before that does not', async () => {
    const rig = await begin();
    for (const does of ['jammed', 'jammed', 'opened', 'jammed', 'jammed'] as const) {
      await tries(rig, 1, does);
      await restarts(rig);
    }
    expect([...rig.building.model.retired.values()].length).toBe(0);
    await tries(rig, 1, 'jammed');
    expect(rig.entries('compartment.retired')).toEqual([
      { bank: 'a', compartment: 1, reason: 'jammed 3 times in a row' },
    ]);
    expect(kinds(rig)).toEqual(['out-of-service']);
    await restarts(rig);
    await tries(rig, 1, 'jammed');
    expect(kinds(rig)).toEqual(['out-of-service', 'jammed']);
  });

  it('so often as the policy says', async () => {
    const rig = await begin({ jamsToRetire: 2 });
    await tries(rig, 1, 'jammed');
    await tries(rig, 1, 'jammed');
    expect([...rig.building.model.retired.values()].length).toBe(1);
  });

  it('counts from the beginning once staff have put it back into service', async () => {
    const rig = await begin();
    for (let jam = 0; jam < 3; jam++) await tries(rig, 1, 'jammed');
    await rig.do({ type: 'return', staff, bank: 'a', compartment: 1, reason: 'mended' });
    expect(kinds(rig)).toEqual([]);
    await restarts(rig);
    await tries(rig, 1, 'jammed');
    await tries(rig, 1, 'jammed');
    expect([...rig.building.model.retired.values()].length).toBe(0);
  });

  it('keeps a parcel that can still be collected', async () => {
    const rig = await begin({ jamsToRetire: 1 });
    const delivery = await rig.dropOff({ unit: PEOPLE.single.unit, resident: null });
    await rig.tell();
    const code = rig.building.codeOf(PEOPLE.single.resident) ?? '';
    const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    const first = rig.takeOpen();
    await rig.report('a', first.compartment, 'jammed', first.grant);
    expect([...rig.building.model.retired.values()].length).toBe(1);
    await rig.do({ type: 'open-again', terminal: TERMINALS.a, visit, delivery });
    const second = rig.takeOpen();
    await rig.opens(second);
    await rig.closes(second);
    expect(rig.building.model.deliveries.get(delivery)?.state).toBe('collected');
  });
});

describe('three different locks of one supply that jam in a row', () => {
  it('are one case about the power; none is out of service or blamed, nor any that jams while it lasts', async () => {
    const rig = await begin();
    for (let jam = 0; jam < 3; jam++) await tries(rig, 1, 'jammed');
    expect([...rig.building.model.retired.values()].length).toBe(1);
    await tries(rig, 2, 'jammed');
    await restarts(rig);
    await tries(rig, 3, 'jammed');
    expect([...rig.building.model.retired.values()].length).toBe(0);
    expect(kinds(rig)).toEqual(['lock-power']);
    await restarts(rig);
    for (let jam = 0; jam < 4; jam++) await tries(rig, 4, 'jammed');
    expect([...rig.building.model.retired.values()].length).toBe(0);
    expect(kinds(rig)).toEqual(['lock-power']);
    await tries(rig, 4, 'opened');
    expect(kinds(rig)).toEqual([]);
    await restarts(rig);
    expect([...rig.building.model.supplies.values()].length).toBe(0);
  });

  it('are none with a good opening on that supply in between', async () => {
    const rig = await begin();
    for (const [door, does] of [
      [1, 'jammed'],
      [2, 'jammed'],
      [5, 'opened'],
      [3, 'jammed'],
      [4, 'jammed'],
    ] as const) {
      await tries(rig, door, does);
      await restarts(rig);
    }
    expect(kinds(rig)).not.toContain('lock-power');
  });

  it('are trusted again when staff close the case', async () => {
    const rig = await begin();
    for (const door of [1, 2, 3]) await tries(rig, door, 'jammed');
    const [power] = [...rig.building.model.cases.values()];
    await rig.do({ type: 'close-case', staff, case: power?.id ?? '', resolution: 'fuse replaced' });
    expect([...rig.building.model.supplies.values()].length).toBe(0);
    await tries(rig, 1, 'jammed');
    expect(kinds(rig)).toEqual(['jammed']);
    await restarts(rig);
  });
});

describe('a lock that wears', () => {
  it('is one case, and its door is given out all the same', async () => {
    const rig = await begin();
    const command = { type: 'lock-wearing', bank: 'a', compartment: 1, detail: 'slow' } as const;
    await rig.do(command);
    await rig.do(command);
    expect(kinds(rig)).toEqual(['lock-wearing']);
    await rig.dropOff({ unit: PEOPLE.single.unit, resident: null });
    expect([...rig.building.model.deliveries.values()]).toMatchObject([{ compartment: 1 }]);
  });
});
