import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { single, staff } = PEOPLE;
const terminal = TERMINALS.a;
const FENCED = { code: 'hub-fenced' };

/** A parcel that waits, another that a courier is putting in, and then word of another hub. */
async function fencedInTheMiddle() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const waiting = await rig.dropOff({ unit: single.unit, resident: null });
  await rig.tell();
  const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
  const parcel = { terminal, visit, unit: single.unit, resident: null, size: 'S', tracking: null } as const;
  await rig.do({ type: 'add-parcel', ...parcel });
  const open = rig.takeOpen();
  await rig.opens(open);
  rig.fencedBy = 2;
  return { rig, waiting, visit, parcel, open, delivery: open.delivery ?? '' };
}

describe('a hub in whose place another one speaks', () => {
  it('writes down how what was under way ended', async () => {
    const { rig, visit, open, delivery } = await fencedInTheMiddle();
    await rig.closes(open);
    await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(rig.building.model.deliveries.get(delivery)?.state).toBe('deposited');
    expect(rig.takeOpens()).toEqual([]);
  });

  it('opens no door and takes no parcel in, for nobody, also after a restart', async () => {
    const { rig, visit, parcel, open, delivery, waiting } = await fencedInTheMiddle();
    await rig.closes(open);
    await expect(rig.do({ type: 'add-parcel', ...parcel })).rejects.toMatchObject(FENCED);
    const again = { type: 'open-again', terminal, visit, delivery } as const;
    await expect(rig.do(again)).rejects.toMatchObject(FENCED);
    await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    // It is in: taking it back would open its door.
    await expect(rig.do({ type: 'undo', terminal, visit, delivery })).rejects.toMatchObject(FENCED);
    const compartment = rig.building.model.deliveries.get(waiting)?.compartment ?? 1;
    const look = { type: 'staff-open', staff, bank: 'a', compartment, reason: 'to look' } as const;
    await expect(rig.do(look)).rejects.toMatchObject(FENCED);
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    const code = rig.building.codeOf(single.resident) ?? '';
    await expect(rig.do({ type: 'start-visit', terminal, code })).rejects.toMatchObject(FENCED);
    await expect(rig.do({ ...look, by: 'operator' })).rejects.toMatchObject(FENCED);
    expect(rig.takeOpens()).toEqual([]);
    rig.fencedBy = null;
    await rig.do({ type: 'start-visit', terminal, code });
    expect(rig.takeOpens()).toMatchObject([{ delivery: waiting }]);
  });

  it('decides nothing that the other one would not hear of', async () => {
    const { rig } = await fencedInTheMiddle();
    const revoke = { type: 'revoke-code', staff, holder: single.resident } as const;
    await expect(rig.do(revoke)).rejects.toMatchObject(FENCED);
  });
});
