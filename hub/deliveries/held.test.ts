import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { single, staff } = PEOPLE;
const terminal = TERMINALS.a;
const HELD = { code: 'hub-held' };

describe('while an update waits for a quiet moment', () => {
  it('whoever stands there finishes, nobody new begins, and then it is calm', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    expect(rig.building.isCalm).toBe(true);
    const code = await rig.courierCode();
    const { visit } = await rig.do({ type: 'start-visit', terminal, code });
    rig.isHeld = true;
    expect(rig.building.isCalm).toBe(false);
    const parcel = { terminal, visit, unit: single.unit, resident: null, size: 'S', tracking: null } as const;
    await rig.do({ type: 'add-parcel', ...parcel });
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await rig.do({ type: 'confirm', terminal, visit, delivery: open.delivery ?? '', inside: true });
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(rig.building.isCalm).toBe(true);

    await expect(rig.do({ type: 'start-visit', terminal, code })).rejects.toMatchObject(HELD);
    const look = { type: 'staff-open', staff, bank: 'a', compartment: 1, reason: 'to look' } as const;
    await expect(rig.do(look)).rejects.toMatchObject(HELD);
    expect(rig.takeOpens()).toEqual([]);
    rig.isHeld = false;
    await rig.do(look);
    expect(rig.building.isCalm).toBe(false);
    const looked = rig.takeOpen();
    await rig.opens(looked);
    // The opening has its end, and the door stands open.
    expect(rig.building.isCalm).toBe(false);
    await rig.closes(looked);
    expect(rig.building.isCalm).toBe(true);
  });
});
