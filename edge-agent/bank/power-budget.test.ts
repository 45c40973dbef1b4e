import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { PowerBudget } from './power-budget.ts';

describe('a power budget', () => {
  it('never energises more than it may, pauses between, and serves all in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 }),
        async (atOnce, pauseMs, pulses) => {
          const clock = new VirtualClock(0);
          const budget = new PowerBudget(clock, { atOnce, pauseMs });
          const energised: { fromMs: number; toMs: number }[] = [];
          const served: number[] = [];
          for (const [index, pulseMs] of pulses.entries()) {
            const slot = budget.take();
            if (!slot) throw new Error('refused too early');
            void Promise.resolve(slot).then((place) => {
              served.push(index);
              energised.push({ fromMs: clock.monotonicMs(), toMs: clock.monotonicMs() + pulseMs });
              place.releaseAfter(pulseMs);
            });
          }
          await clock.advance(pulses.length * 1_000);
          expect(served).toEqual(pulses.map((_, index) => index));
          for (const { fromMs } of energised) {
            const live = energised.filter((other) => other.fromMs <= fromMs && fromMs < other.toMs + pauseMs);
            expect(live.length).toBeLessThanOrEqual(atOnce);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses when too many wait, and gives a place back only once', async () => {
    const clock = new VirtualClock(0);
    const budget = new PowerBudget(clock, { atOnce: 1, pauseMs: 0 });
    const first = await budget.take();
    for (let i = 0; i < 32; i += 1) expect(budget.take()).not.toBeNull();
    expect(budget.take()).toBeNull();
    first?.release();
    first?.release();
    expect(budget.take()).not.toBeNull();
    expect(budget.take()).toBeNull();
  });
});
