import type { ReconcileAct as Act } from '@lockerhub/protocol/http/reconciliation.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { staff, single, pair } = PEOPLE;
const other = PEOPLE.otherCourier;

/** A building with a parcel behind a door of bank "a", and a walk that began. */
async function walking() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const delivery = await rig.dropOff({ unit: single.unit, resident: null });
  await rig.tell();
  rig.takeOpens();
  const held = rig.building.model.deliveries.get(delivery)?.compartment ?? 0;
  const act = (what: Act, by: string = staff) =>
    rig.do({ type: 'reconcile', staff: by, bank: 'a', act: what });
  const say = (compartment: number, more: Partial<Extract<Act, { act: 'say' }>> = {}, by = staff) =>
    act({ act: 'say', compartment, there: [], missing: [], foreign: 'none', zones: [], ...more }, by);
  await act({ act: 'start' });
  return { rig, delivery, held, act, say, empty: held === 1 ? 2 : 1 };
}

const view = (rig: BuildingRig) => rig.building.reconciliation('a');

describe('a walk', () => {
  it('opens the door that was asked for, and none by itself', async () => {
    const { rig, act, held } = await walking();
    await act({ act: 'go', compartment: held });
    expect(rig.takeOpens()).toEqual([]);
    await act({ act: 'open', compartment: held });
    expect(rig.takeOpen()).toMatchObject({ bank: 'a', compartment: held, purpose: 'staff' });
    expect(rig.entries('grant.issued').at(-1)).toMatchObject({ reason: 'walk' });
  });

  it('takes nothing as said while the door stands open', async () => {
    const { rig, act, say, delivery, held } = await walking();
    await act({ act: 'open', compartment: held });
    const open = rig.takeOpen();
    await rig.opens(open);
    await expect(say(held, { there: [delivery] })).rejects.toMatchObject({ code: 'not-now' });
    await rig.closes(open);
    await say(held, { there: [delivery] });
    expect(rig.entries('reconciliation.door')).toMatchObject([{ compartment: held, finding: 'as-recorded' }]);
  });

  it('takes nothing as said about other parcels than those that are on record now', async () => {
    const { rig, say, delivery, held } = await walking();
    await expect(say(held)).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'withdraw', staff, delivery });
    await expect(say(held, { there: [delivery] })).rejects.toMatchObject({ code: 'not-now' });
    await say(held);
    expect(rig.entries('reconciliation.door')).toHaveLength(1);
  });

  it('makes a missing parcel a case, and leaves the records as they are', async () => {
    const { rig, say, delivery, held } = await walking();
    await say(held, { missing: [delivery] });
    expect(rig.building.model.deliveries.get(delivery)?.state).toBe('deposited');
    expect([...rig.building.model.cases.values()]).toMatchObject([{ kind: 'parcel-gone', delivery }]);
  });

  it('corrects the records for a reason: the delivery ends, and its resident is told', async () => {
    const { rig, say, delivery, held } = await walking();
    await say(held, { missing: [delivery], reason: 'the desk gave it out yesterday' });
    expect(rig.building.model.deliveries.has(delivery)).toBe(false);
    expect(rig.entries('reconciliation.door')).toMatchObject([{ reason: 'the desk gave it out yesterday' }]);
    expect(rig.entries('message.queued').at(-1)).toMatchObject({ resident: single.resident });
    expect([...rig.building.model.cases.values()]).toEqual([]);
  });

  it('gives a compartment to nobody while something that no record has stays in it', async () => {
    const { rig, say, empty } = await walking();
    await say(empty, { foreign: 'left-inside' });
    expect(rig.entries('compartment.retired')).toMatchObject([{ bank: 'a', compartment: empty }]);
    expect([...rig.building.model.cases.values()]).toMatchObject([
      { kind: 'record-disagrees', compartment: empty },
    ]);
    const placed = await rig.dropOff({ unit: pair.unit, resident: null });
    expect(rig.building.model.deliveries.get(placed)?.compartment).not.toBe(empty);
  });

  it('closes what asked whether the parcel is there', async () => {
    const { rig, say, held, delivery } = await walking();
    const code = rig.building.codeOf(single.resident) ?? '';
    await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    const open = rig.takeOpen();
    await rig.report('a', held, 'unknown', open.grant);
    await rig.clock.advance(rig.policy.idleMs + rig.policy.warnMs + 1);
    expect([...rig.building.model.cases.values()]).toMatchObject([{ kind: 'unfinished-pickup' }]);
    await rig.report('a', held, 'settled', open.grant);
    await rig.seen('a', held, 'closed');
    await say(held, { there: [delivery] });
    expect([...rig.building.model.cases.values()]).toEqual([]);
  });

  it('calls somebody for a door that does not open, and counts what was left out', async () => {
    const { rig, act, empty } = await walking();
    await act({ act: 'no-opening', compartment: empty });
    await act({ act: 'skip', compartment: 3 });
    expect([...rig.building.model.cases.values()]).toMatchObject([
      { kind: 'door-reported', compartment: empty },
    ]);
    await act({ act: 'end' });
    expect(view(rig)).toMatchObject({
      walk: null,
      last: { asRecorded: 0, differs: 0, noOpening: 1, skipped: 5 },
    });
  });

  it('is walked by two: who stands where is seen, and a door is told once', async () => {
    const { rig, act, say, empty } = await walking();
    await act({ act: 'start' }, other);
    expect(rig.entries('reconciliation.started')).toHaveLength(1);
    await act({ act: 'go', compartment: empty });
    await act({ act: 'go', compartment: 3 }, other);
    expect(view(rig).walk?.at).toEqual([
      { compartment: empty, staff },
      { compartment: 3, staff: other },
    ]);
    const both = await Promise.allSettled([say(empty), say(empty, {}, other)]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'not-now' } }]);
  });

  it('goes on after a restart, and the last one is known after another', async () => {
    const { rig, say, act, empty } = await walking();
    await say(empty);
    await rig.kill();
    await rig.boot();
    const told = view(rig).walk?.doors.filter(({ finding }) => finding !== null);
    expect(told).toEqual([{ compartment: empty, finding: 'as-recorded' }]);
    await act({ act: 'end' });
    await rig.kill();
    await rig.boot();
    expect(view(rig)).toMatchObject({ walk: null, last: { asRecorded: 1, skipped: 5 } });
    await expect(act({ act: 'end' })).rejects.toMatchObject({ code: 'not-now' });
  });

  it('verifies the doors of a hub that replaced another, and not those where something differs', async () => {
    const { rig, empty } = await walking();
    await rig.replace(rig.disk.entries.length);
    const act = (what: Act) => rig.do({ type: 'reconcile', staff, bank: 'a', act: what });
    expect(rig.building.model.unverified.has(`a/${empty}`)).toBe(true);
    await rig.allOnline();
    rig.takeOpens();
    const said = { act: 'say' as const, there: [], missing: [], zones: [] };
    await act({ ...said, compartment: empty, foreign: 'none' });
    await act({ ...said, compartment: 4, foreign: 'taken-to-desk' });
    expect(rig.building.model.unverified.has(`a/${empty}`)).toBe(false);
    expect(rig.building.model.unverified.has('a/4')).toBe(true);
    expect(rig.entries('compartment.verified')).toMatchObject([{ compartment: empty, how: 'staff' }]);
  });
});
