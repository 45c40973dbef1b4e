/** The desk's part of the walk. */
import { expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import type { ReconcileDeskCommand } from './reconciliation.ts';

const { staff, single } = PEOPLE;
const terminal = TERMINALS.a;
type Said = ReconcileDeskCommand['said'];

/** A desk that has two parcels of one resident and waits for a third; another is behind a door. */
async function desk() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const inDoor = await rig.dropOff({ unit: single.unit, resident: single.resident });
  const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
  const parcel = { unit: single.unit, resident: single.resident, size: 'XL', tracking: null } as const;
  for (let n = 0; n < 3; n += 1) {
    await rig.do({
      ...{ type: 'add-parcel', terminal, visit },
      ...parcel,
      ...{ unknown: false, oversize: true },
    });
  }
  await rig.do({ type: 'end-visit', terminal, visit });
  const atDesk = [...rig.building.model.deliveries.values()].flatMap(({ id, bank }) =>
    bank === null ? [id] : [],
  );
  const [a = '', b = '', awaited = ''] = atDesk;
  for (const delivery of [a, b]) await rig.do({ type: 'desk-received', staff, delivery });
  await rig.tell();
  const say = (said: Partial<Said>) =>
    rig.do({ type: 'reconcile-desk', staff, said: { there: [], missing: [], foreign: false, ...said } });
  const kinds = () =>
    [...rig.building.model.cases.values()].map(({ kind, delivery }) => [kind, delivery] as const);
  return { rig, a, b, awaited, inDoor, say, kinds };
}

it('shows what the desk has and what is on its way there, and nothing that is behind a door', async () => {
  const { rig, a, b, awaited } = await desk();
  const { held, awaited: coming, last } = rig.building.desk();
  expect(held.map(({ delivery }) => delivery).toSorted()).toEqual([a, b].toSorted());
  expect(coming.map(({ delivery }) => delivery)).toEqual([awaited]);
  expect(last).toBeNull();
});

it('makes a case of what is missing and of what no record has, and remembers it over a restart', async () => {
  const { rig, a, b, say, kinds } = await desk();
  await say({ there: [a], missing: [b], foreign: true });
  expect(kinds()).toEqual(
    expect.arrayContaining([
      ['parcel-gone', b],
      ['record-disagrees', null],
    ]),
  );
  expect(rig.building.model.deliveries.get(b)?.state).toBe('deposited');
  await rig.kill();
  await rig.boot();
  expect(rig.building.desk().last).toMatchObject({ there: 1, missing: 1, foreign: true });
  expect(rig.entries('desk.reconciled')).toEqual([{ there: 1, missing: [b], foreign: true }]);
});

it('corrects the records for a reason', async () => {
  const { rig, a, b, say, kinds } = await desk();
  const before = kinds();
  await say({ there: [b], missing: [a], reason: 'given out yesterday' });
  expect(rig.building.model.deliveries.has(a)).toBe(false);
  expect(kinds()).toEqual(before);
});

it('takes nothing as said of a parcel that is not at the desk, or twice of one', async () => {
  const { rig, a, b, awaited, inDoor, say } = await desk();
  for (const said of [{ there: [inDoor] }, { missing: [awaited] }, { there: [a], missing: [a] }]) {
    await expect(say(said)).rejects.toMatchObject({ code: 'not-now' });
  }
  await rig.do({ type: 'handed-out', staff, delivery: a });
  await expect(say({ there: [a, b] })).rejects.toMatchObject({ code: 'not-now' });
  expect(rig.entries('desk.reconciled')).toEqual([]);
  await say({ there: [b] });
});
