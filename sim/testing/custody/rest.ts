/** How everybody goes home at the end of the custody test. */
import { expect } from 'vitest';
import { handsAt } from './hands.ts';
import type { World } from './world.ts';

/** Everybody goes home, the links heal, the doors are closed: what is left must be settled, or be a case. */
export async function comeToRest(world: World): Promise<void> {
  world.opens = [];
  for (const bank of world.banks.values()) bank.connect();
  for (let round = 0; round < 6; round += 1) {
    for (const bank of world.banks.values()) {
      await world.arrive(bank, 1_000);
      for (const question of world.questions.splice(0)) world.bank(question.bank).answer(question.grants);
      for (const compartment of bank.doors.keys()) {
        bank.finish(compartment, false);
        bank.settle(compartment, false);
        if (bank.doors.get(compartment)?.isOpen)
          handsAt(world, bank, compartment, (items) => items[1 % items.length]);
        bank.close(compartment);
      }
      await world.arrive(bank, 1_000);
    }
    await world.rig.clock.advance(3 * 60_000);
    world.takeEffects();
  }
  world.check();
  const { model } = world;
  expect(
    [...model.grants.values()].filter(({ end }) => end === null),
    'every grant has an end',
  ).toEqual([]);
  expect([...model.visits.values()], 'every visit is over').toEqual([]);
  for (const bank of world.banks.values()) expect(bank.unacknowledged, 'all is acknowledged').toEqual([]);
  for (const delivery of model.deliveries.values()) {
    // Nobody is to be told of what is nobody's yet: staff are.
    if (delivery.state === 'deposited') {
      expect(delivery.announced, 'residents are told').toBe(delivery.household !== null);
    }
    if (delivery.state !== 'assigned') continue;
    const isCase = [...model.cases.values()].some((open) => open.delivery === delivery.id);
    expect(isCase, `${delivery.id} is settled or a case`).toBe(true);
  }
}
