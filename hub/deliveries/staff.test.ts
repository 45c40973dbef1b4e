import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const terminal = TERMINALS.a;

describe('staff who withdraw a delivery', () => {
  it('are refused while its door stands open or its courier is being asked: the parcel may be going in', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const { unit } = PEOPLE.single;
    await rig.do({ type: 'add-parcel', terminal, visit, unit, resident: null, size: 'S', tracking: null });
    const open = rig.takeOpen();
    const withdraw = () => rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: open.delivery ?? '' });
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.opens(open);
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.closes(open);
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'confirm', terminal, visit, delivery: open.delivery ?? '', inside: true });
    await expect(withdraw()).resolves.toBeNull();
  });

  it('are refused while somebody stands at a door without a sensor that was pulsed', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const { blind } = TERMINALS;
    const { visit } = await rig.do({ type: 'start-visit', terminal: blind, code: await rig.courierCode() });
    const parcel = { unit: PEOPLE.single.unit, resident: null, size: 'S', tracking: null } as const;
    await rig.do({ type: 'add-parcel', terminal: blind, visit, ...parcel });
    const open = rig.takeOpen();
    await rig.report('blind', open.compartment, 'pulsed', open.grant);
    const withdraw = () => rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: open.delivery ?? '' });
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'end-visit', terminal: blind, visit });
    await expect(withdraw()).resolves.toBeNull();
  });
});
