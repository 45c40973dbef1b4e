import { newId } from '@lockerhub/protocol/time/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BankWorld, DOORS, livesOf, QUARANTINE_MS, SENSED } from '../../sim/testing/bank-world.ts';

describe.each(['relay', 'apart', 'mailbox'] as const)(
  'a bank on a virtual clock, its doors behind a %s,',
  (controller) => {
    it('pulses at most once for a grant and never without one, whatever happens', async () => {
      const reached = new Set<string>();
      await fc.assert(
        fc.asyncProperty(livesOf(controller), async (run) => {
          const world = new BankWorld(controller);
          await world.start();
          await world.clock.advance(500);
          for (const act of run) await world.do(act);
          expect(world.lies).toEqual([]);
          // All gets well again: it must find its way back to doors that can be opened.
          world.heal();
          for (const door of DOORS) {
            world.plc.unjam(door);
            world.plc.hand.close(door);
          }
          await world.clock.advance(2 * QUARANTINE_MS + 5_000);
          for (const door of DOORS) world.plc.hand.close(door);
          await world.clock.advance(1_000);
          for (const door of DOORS) {
            const grant = newId(world.clock, world.random);
            world.open(door, grant);
            await world.clock.advance(1_500);
            const kind = door <= SENSED ? 'opened' : 'pulsed';
            expect(world.happened).toContainEqual(expect.objectContaining({ grant, kind }));
          }
          expect(world.lies).toEqual([]);
          for (const state of world.reached) reached.add(state);
        }),
        { numRuns: 150, seed: 11 },
      );
      // `unseen` is where every run begins.
      const states = ['closed', 'opening', 'open', 'forced', 'jammed', 'unknown', 'unavailable', 'unsensed'];
      const told = ['pulsed', 'opened', 'closed', 'jammed', 'forced', 'unknown', 'settled'].map(
        (kind) => `told ${kind}`,
      );
      expect([...states, ...told].filter((what) => !reached.has(what))).toEqual([]);
    });

    it('takes a grant that was cut off for one that may still act, with a sensor or without', async () => {
      for (const door of DOORS) {
        const world = new BankWorld(controller);
        await world.start();
        await world.clock.advance(500);
        await world.do({ act: 'late', door, ms: 1_500 });
        world.open(door);
        await world.clock.advance(100);
        await world.cutPower();
        // The write acts two seconds after it was sent; the new process knows nothing of it but the grant.
        await world.clock.advance(300);
        world.open(door);
        await world.clock.advance(2_500);
        expect(world.lies).toEqual([]);
        expect(world.begun.get(door)?.pulses).toBe(1);
      }
    });
  },
);

it('opens nothing that it would not see, even before a poll of the sensors has missed', async () => {
  const world = new BankWorld('apart');
  await world.start();
  await world.clock.advance(500);
  await world.do({ act: 'blind', door: 1, ms: 0 });
  for (const door of DOORS) world.open(door);
  await world.clock.advance(2_000);
  expect(world.lies).toEqual([]);
  const pulsed = world.plc.record.flatMap((event) => (event.kind === 'energised' ? [event.door] : []));
  // Its last door has no sensor, and hangs on the line that lives.
  expect(pulsed).toEqual([DOORS.length]);
});
