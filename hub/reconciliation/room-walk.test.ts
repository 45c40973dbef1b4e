/** What the walk finds in a package room: a stranger's parcel closes its zone, and nothing else. */
import type { ReconcileAct as Act } from '@lockerhub/protocol/http/reconciliation.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, ROSTER } from '../../sim/testing/building-rig.ts';
import { freePlaces } from '../deliveries/places.ts';

const { staff, single, pair, mateA } = PEOPLE;
const ROOM = { bank: 'a', compartment: 2 } as const;

const LAYOUT = {
  bank: 'a',
  name: 'Room',
  depthMm: 2_000,
  bottomMm: 0,
  columns: [
    {
      widthMm: 900,
      cells: [
        {
          number: ROOM.compartment,
          size: 'XL' as const,
          heightMm: 2_000,
          zones: ['A1', 'A2', 'A3'].map((zone) => ({ zone, size: 'M' as const, shelfMm: 900 })),
        },
      ],
    },
  ],
};

async function walking() {
  const rig = await BuildingRig.start({ roster: { ...ROSTER, layouts: () => [LAYOUT] } });
  await rig.online('a');
  const act = (what: Act) => rig.do({ type: 'reconcile', staff, bank: 'a', act: what });
  const say = async (more: Partial<Extract<Act, { act: 'say' }>>) => {
    const said = { act: 'say' as const, compartment: ROOM.compartment, there: [], missing: [], zones: [] };
    await act({ act: 'start' });
    await act({ ...said, foreign: 'none', ...more });
    await act({ act: 'end' });
  };
  const free = () => freePlaces(rig.building.model, [LAYOUT]).map(({ zone }) => zone);
  const cases = () => [...rig.building.model.cases.values()];
  const zoneOf = (delivery: string) => rig.building.model.deliveries.get(delivery)?.zone;
  return { rig, act, say, free, cases, zoneOf };
}

describe('a walk through a package room', () => {
  it('closes the zone where something lies that no record has, and leaves the others in use', async () => {
    const { rig, say, free, cases, zoneOf } = await walking();
    const before = await rig.dropOff(single);
    expect(zoneOf(before)).toBe('A1');
    await say({ there: [before], foreign: 'left-inside', zones: ['A2'] });
    expect(rig.entries('reconciliation.door')).toMatchObject([{ foreign: 'left-inside', zones: ['A2'] }]);
    expect(rig.entries('compartment.retired')).toEqual([]);
    expect(cases()).toMatchObject([{ kind: 'record-disagrees', ...ROOM, zone: 'A2', delivery: null }]);
    expect(free()).toEqual(['A3']);
    expect(zoneOf(await rig.dropOff(mateA))).toBe('A3');
    await rig.kill();
    await rig.boot();
    await rig.online('a');
    expect(free()).toEqual([]);
    const [open] = cases();
    expect(rig.building.doors('a')).toMatchObject([{ number: 2, closedZones: ['A2'] }]);
    rig.effects.length = 0;
    await rig.do({ type: 'close-case', staff, case: open?.id ?? '', resolution: 'given to its owner' });
    expect(rig.effects).toContainEqual({ type: 'door-changed', ...ROOM });
    expect(rig.building.doors('a')).toMatchObject([{ number: 2, closedZones: [] }]);
    expect(free()).toEqual(['A2']);
  });

  it('adds nothing to a zone where a household’s own parcel lies beside a stranger’s', async () => {
    const { rig, say, zoneOf } = await walking();
    const mine = await rig.dropOff({ unit: pair.unit, resident: null });
    await say({ there: [mine], foreign: 'left-inside', zones: ['A1', 'A2'] });
    expect(zoneOf(await rig.dropOff({ unit: pair.unit, resident: null }))).toBe('A3');
    // Its last free zone is taken, and on its own A1 lies what is nobody's.
    expect(zoneOf(await rig.dropOff({ unit: pair.unit, resident: null }))).toBe('A3');
  });

  it('closes a zone until its case is closed also where what was found went to the desk', async () => {
    const { say, free, cases } = await walking();
    await say({ foreign: 'taken-to-desk', zones: ['A1', 'A3'] });
    expect(cases().map(({ zone }) => zone)).toEqual(['A1', 'A3']);
    expect(free()).toEqual(['A2']);
  });

  it('closes the whole room where nobody says on which zone it lies', async () => {
    const { rig, say, free, cases } = await walking();
    await say({ foreign: 'left-inside' });
    expect(cases()).toMatchObject([{ kind: 'record-disagrees', ...ROOM, zone: null }]);
    expect(rig.entries('compartment.retired')).toMatchObject([ROOM]);
    expect(free()).toEqual([]);
  });

  it('knows the zones of a door', async () => {
    const { rig, say } = await walking();
    const said = say({ foreign: 'left-inside', zones: ['A2', 'B9'] });
    await expect(said).rejects.toMatchObject({ code: 'compartment-unknown' });
    expect(rig.entries('reconciliation.door')).toEqual([]);
    expect(rig.entries('case.opened')).toEqual([]);
  });
});

describe('a room after another hub’s end', () => {
  it('is verified by the walk but for the zones that hold what no record has', async () => {
    const { rig, say, free } = await walking();
    await rig.replace(rig.disk.entries.length);
    await rig.online('a');
    expect(free()).toEqual([]);
    await say({ foreign: 'left-inside', zones: ['A2'] });
    expect(rig.entries('compartment.verified')).toMatchObject([{ ...ROOM, how: 'staff' }]);
    expect(free()).toEqual(['A1', 'A3']);
  });

  it('is not verified by a case about one of its zones, nor is the zone by a look at the door', async () => {
    const { rig, say, free, cases } = await walking();
    await say({ foreign: 'left-inside', zones: ['A2'] });
    await say({ foreign: 'left-inside', zones: ['A3'] });
    await rig.replace(rig.disk.entries.length);
    await rig.online('a');
    const about = (zone: string) => cases().find((open) => open.zone === zone)?.id ?? '';
    await rig.do({ type: 'close-case', staff, case: about('A3'), resolution: 'fetched' });
    expect(rig.building.model.unverified.has('a/2')).toBe(true);
    await rig.do({ type: 'verify-door', staff, ...ROOM });
    expect(rig.building.model.unverified.has('a/2')).toBe(false);
    expect(cases()).toMatchObject([{ kind: 'record-disagrees', zone: 'A2' }]);
    expect(free()).toEqual(['A1', 'A3']);
  });
});
