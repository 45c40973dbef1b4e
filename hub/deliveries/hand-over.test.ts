import type { Release } from '@lockerhub/protocol/bank/pickup-list.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const { single, staff, mateA } = PEOPLE;
const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A parcel of the single resident, in and told. */
async function waiting(bank: 'a' | 'blind' = 'a') {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const to = { unit: single.unit, resident: null };
  const delivery = bank === 'a' ? await rig.dropOff(to) : await rig.dropOffBlind(to);
  if (bank === 'a') await rig.tell();
  rig.effects.length = 0;
  let number = 0;
  const handOver = async (change: Partial<Release> = {}, session = rig.sessions.get(bank)?.session ?? 0) => {
    number = change.number ?? number + 1;
    const compartment = rig.building.model.deliveries.get(delivery)?.compartment ?? 1;
    const release: Release = {
      series: id(1),
      number,
      grant: id(100 + number),
      delivery,
      compartment,
      holder: single.resident,
      terminal: TERMINALS.a,
      list: 4,
      outcome: 'opened',
      closed: true,
      attested: null,
      ...change,
    };
    await rig.do({ type: 'handed-over', bank, session, release });
    return release;
  };
  const takenOver = () => rig.effects.filter(({ type }) => type === 'taken-over');
  const cases = () => [...rig.building.model.cases.values()].map(({ kind }) => kind);
  return { rig, delivery, handOver, takenOver, cases };
}

describe('what an agent did while it was alone', () => {
  it('that fits is collected, once, however often it is handed over, and acknowledged each time', async () => {
    const { rig, delivery, handOver, takenOver, cases } = await waiting();
    await handOver();
    await handOver({ number: 1 });
    expect(rig.entries('delivery.collected')).toEqual([{ delivery, visit: null, confirmation: 'confirmed' }]);
    expect(rig.entries('pickup.handed-over')).toMatchObject([
      { number: 1, disagrees: null, holder: single.resident },
    ]);
    expect(takenOver()).toHaveLength(2);
    expect(cases()).toEqual([]);
    expect(rig.takeOpens()).toEqual([]);
  });

  it('is known after a restart, and after its delivery is long gone', async () => {
    const { rig, handOver, takenOver, cases } = await waiting();
    await handOver();
    await rig.clock.advance(rig.policy.graceMs + 1);
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    await handOver({ number: 1 });
    expect(rig.entries('pickup.handed-over')).toHaveLength(1);
    expect(takenOver()).toHaveLength(1);
    expect(cases()).toEqual([]);
  });

  it('of another ledger is none of these', async () => {
    const { rig, handOver } = await waiting();
    await handOver();
    await handOver({ series: id(2), number: 1, grant: id(300) });
    expect(rig.entries('pickup.handed-over')).toHaveLength(2);
  });

  it('that is not over goes the way of every grant', async () => {
    const { rig, handOver, cases } = await waiting();
    const { grant, compartment } = await handOver({ closed: false });
    expect(rig.entries('delivery.collected')).toEqual([]);
    expect(cases()).toEqual(['left-open']);
    await rig.report('a', compartment, 'closed', grant);
    expect(rig.entries('delivery.collected')).toHaveLength(1);
    expect(cases()).toEqual([]);
  });

  it('that jammed leaves the parcel waiting, and what nobody knows calls a person', async () => {
    const { rig, delivery, handOver, cases } = await waiting();
    await handOver({ outcome: 'jammed', closed: false });
    expect(rig.building.model.deliveries.get(delivery)?.state).toBe('deposited');
    await handOver({ outcome: 'interrupted', closed: false });
    expect(cases()).toContain('unfinished-pickup');
  });

  it('at a door without a sensor is what the person said', async () => {
    const { rig, delivery, handOver } = await waiting('blind');
    await handOver({ outcome: 'pulsed', closed: false, attested: 'closed' });
    expect(rig.entries('delivery.collected')).toEqual([{ delivery, visit: null, confirmation: 'attested' }]);
  });

  it('that disagrees becomes a case, is logged all the same, and moves no other parcel', async () => {
    const gone = await waiting();
    await gone.rig.do({ type: 'withdraw', staff, delivery: gone.delivery });
    await gone.handOver({ compartment: 1 });
    expect(gone.cases()).toContain('record-disagrees');
    expect(gone.rig.entries('pickup.handed-over')).toMatchObject([{ disagrees: 'delivery-gone' }]);

    const elsewhere = await waiting();
    await elsewhere.handOver({ compartment: 5 });
    expect(elsewhere.cases()).toContain('record-disagrees');
    expect(elsewhere.rig.entries('delivery.collected')).toEqual([]);

    const foreign = await waiting();
    await foreign.handOver({ holder: mateA.resident });
    expect(foreign.cases()).toContain('record-disagrees');
    expect(foreign.rig.entries('delivery.collected')).toHaveLength(1);

    const revoked = await waiting();
    await revoked.rig.do({ type: 'revoke-code', staff, holder: single.resident });
    await revoked.handOver();
    expect(revoked.rig.entries('pickup.handed-over')).toMatchObject([{ disagrees: 'code-revoked' }]);
    expect(revoked.cases()).toContain('record-disagrees');

    const twice = await waiting();
    await twice.handOver();
    await twice.handOver();
    expect(twice.rig.entries('delivery.collected')).toHaveLength(1);
    expect(twice.cases()).toContain('record-disagrees');
  });
});
