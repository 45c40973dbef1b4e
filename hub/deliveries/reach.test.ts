import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, LAYOUTS, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { doorOf } from './model.ts';
import { REACH_MM } from './reach.ts';
import { Refusal } from './refusal.ts';

const { single, pair } = PEOPLE;
const terminal = TERMINALS.a;
const code = (rig: BuildingRig, holder: string) => rig.building.codeOf(holder) ?? '';

function handleOf({ bank, compartment }: { bank: string; compartment: number }): number {
  const layout = LAYOUTS.find((one) => one.bank === bank);
  return placedCompartments(layout as NonNullable<typeof layout>).find(({ number }) => number === compartment)
    ?.handleMm as number;
}

describe('for somebody who needs reachable doors', () => {
  it('every door is within reach; if none is free, none is given, and the courier is told no more than that', async () => {
    const rig = await BuildingRig.start({ policy: { desk: false } });
    await rig.allOnline();
    rig.accessible.add(single.resident);
    const refusals: unknown[] = [];
    for (let parcel = 0; parcel < 40; parcel += 1) {
      await rig.dropOff(single).catch((error: unknown) => refusals.push(error));
    }
    const given = [...rig.building.model.deliveries.values()].flatMap((delivery) => doorOf(delivery) ?? []);
    expect(given.length).toBeGreaterThan(0);
    for (const door of given) {
      expect(handleOf(door)).toBeGreaterThanOrEqual(REACH_MM.from);
      expect(handleOf(door)).toBeLessThanOrEqual(REACH_MM.to);
    }
    const [refused] = refusals as Refusal[];
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused?.message).toBe('no free compartment for a parcel of size S');
    // Others still get the doors that are left.
    await rig.dropOff({ unit: pair.unit, resident: null });
  });

  it('a parcel for the whole household is within reach of each of it, also at another door', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    rig.accessible.add(pair.residents[1] ?? '');
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const { stops } = await rig.do({
      type: 'add-parcel',
      terminal,
      visit,
      unit: pair.unit,
      resident: null,
      size: 'S',
      tracking: null,
    });
    const open = rig.takeOpen();
    expect(handleOf(open)).toBeGreaterThanOrEqual(REACH_MM.from);
    await rig.report('a', open.compartment, 'jammed', open.grant);
    const delivery = stops[0]?.delivery ?? '';
    await rig.do({ type: 'other-door', terminal, visit, delivery, reason: 'jammed' });
    expect(handleOf(rig.takeOpen())).toBeGreaterThanOrEqual(REACH_MM.from);
  });

  it('a visit takes four times as long before it ends by itself', async () => {
    for (const [isAccessible, atMs] of [
      [false, 60_000],
      [true, 240_000],
    ] as const) {
      const rig = await BuildingRig.start();
      await rig.allOnline();
      if (isAccessible) rig.accessible.add(single.resident);
      await rig.dropOff(single);
      await rig.tell();
      rig.effects.length = 0;
      const { visit } = await rig.do({ type: 'start-visit', terminal, code: code(rig, single.resident) });
      const open = rig.takeOpen();
      await rig.opens(open);
      await rig.closes(open);
      const { endsInMs } = rig.building.visit(visit) ?? {};
      expect(endsInMs).toBeGreaterThan(atMs - 5_000);
      expect(endsInMs).toBeLessThanOrEqual(atMs);
    }
  });
});
