import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { single } = PEOPLE;
const terminal = TERMINALS.a;

describe('a parcel', () => {
  it('goes in, is announced, and comes out', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const code = await rig.courierCode();
    const visit = await rig.do({ type: 'start-visit', terminal, code });
    expect(visit).toMatchObject({ kind: 'courier', state: 'open', who: 'Swift Parcels', stops: [] });
    const placed = await rig.do({
      type: 'add-parcel',
      terminal,
      visit: visit.visit,
      unit: single.unit,
      resident: null,
      size: 'S',
      tracking: 'TBA123',
    });
    expect(placed.stops).toMatchObject([{ step: 'opening', place: { bank: 'a', compartment: 1 } }]);
    const open = rig.takeOpen();
    await rig.opens(open);
    expect(rig.building.visit(visit.visit)?.stops).toMatchObject([{ step: 'open' }]);
    await rig.closes(open);
    expect(rig.building.visit(visit.visit)?.stops).toMatchObject([{ step: 'confirm', answerInMs: 15_000 }]);
    const delivery = open.delivery ?? '';
    const done = await rig.do({ type: 'confirm', terminal, visit: visit.visit, delivery, inside: true });
    expect(done.stops).toMatchObject([{ step: 'done', canUndo: true }]);
    await rig.do({ type: 'end-visit', terminal, visit: visit.visit });
    expect(rig.building.codeOf(single.resident)).toBeUndefined();
    await rig.tell();
    expect(rig.entries('message.queued')).toMatchObject([
      { resident: single.resident, deliveries: [delivery] },
    ]);

    const residentCode = rig.building.codeOf(single.resident) ?? '';
    rig.effects.length = 0;
    const pickup = await rig.do({ type: 'start-visit', terminal, code: residentCode });
    expect(pickup.stops).toMatchObject([{ delivery, step: 'opening' }]);
    const second = rig.takeOpen();
    expect(second).toMatchObject({ purpose: 'pickup', compartment: 1 });
    await rig.opens(second);
    await rig.closes(second);
    expect(rig.building.visit(pickup.visit)?.stops).toMatchObject([{ step: 'done', canOpen: true }]);
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery, confirmation: 'confirmed' }]);
    await rig.clock.advance(rig.policy.graceMs + 1);
    expect(rig.entries('delivery.archived')).toEqual([{ delivery }]);
    expect(rig.faults).toEqual([]);
  });
});
