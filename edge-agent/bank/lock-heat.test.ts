import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { COMMON_LOCK } from '../../sim/plc/door.ts';
import { Plc } from '../../sim/plc/plc.ts';
import { HEAT_MAX_MS, LockHeat } from './lock-heat.ts';

/** After this a lock is cold, whatever was assumed of it: it cools at a ninth of the time. */
const COLD_AFTER_MS = HEAT_MAX_MS * 9;
/** How often a supervisor starts a process in a row before it gives up (systemd's StartLimitBurst). */
const STARTS_AT_MOST = 5;

it('lets a person try five times in a row, then once each duty cycle, and gives a rest its due', () => {
  const heat = new LockHeat(0);
  let now = COLD_AFTER_MS;
  for (let pulse = 0; pulse < 5; pulse += 1) {
    expect(heat.bears(300, now)).toBe(true);
    heat.add(300, now);
    now += 300;
  }
  expect(heat.bears(300, now)).toBe(false);
  expect(heat.bears(300, now + 2_699)).toBe(false);
  expect(heat.bears(300, now + 2_700)).toBe(true);
});

it('assumes warm locks when the process is new', () => {
  const heat = new LockHeat(0);
  expect([heat.bears(300, 0), heat.bears(301, 0), heat.bears(1_000, COLD_AFTER_MS)]).toEqual([
    true,
    false,
    true,
  ]);
});

it('keeps a simulated lock whole, whatever is asked of it and though its process starts anew again and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          pulseMs: fc.integer({ min: 1, max: 10 }).map((units) => units * 100),
          pauseMs: fc.integer({ min: 0, max: 1_000 }),
          restarts: fc.boolean(),
        }),
        { minLength: 20, maxLength: 80 },
      ),
      async (asked) => {
        const clock = new VirtualClock(0);
        const door = { number: 1, unit: 1, coil: 0, sensor: null, lock: COMMON_LOCK };
        const plc = new Plc({
          clock,
          units: [{ unit: 1, device: 'waveshare-relay', coils: 1 }],
          doors: [door],
        });
        plc.jam(1);
        let heat = new LockHeat(0);
        let starts = 0;
        for (const { pulseMs, pauseMs, restarts } of asked) {
          const now = clock.monotonicMs();
          if (restarts && starts < STARTS_AT_MOST) {
            heat = new LockHeat(now);
            starts += 1;
          }
          if (heat.bears(pulseMs, clock.monotonicMs())) {
            heat.add(pulseMs, clock.monotonicMs());
            plc.execute({ kind: 'write-coil', unit: 1, address: 0x0200, value: pulseMs / 100 });
            await clock.advance(pulseMs);
          }
          await clock.advance(pauseMs);
        }
        expect(plc.door(1).burnt).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
});
