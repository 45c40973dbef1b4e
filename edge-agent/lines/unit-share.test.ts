import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEGRADED_AFTER, OUT_OF_STEP_MS, TURNAROUND_MS, UnitShare } from './unit-share.ts';
import { nextUnitState, UNIT_EVENTS, UNIT_STATES } from './unit-state.ts';

const COST_MS = 300;
/** The longest pause that a unit alone on its bus is left for. */
const LONGEST_PAUSE_MS = 5_000;

/** Units that have all answered their first trial, at time 0. */
function shared(units: number): UnitShare {
  const share = new UnitShare(
    Array.from({ length: units }, (_, index) => index + 1),
    new SeededRandom(3),
  );
  for (let unit = 1; unit <= units; unit++) share.answered(unit, -TURNAROUND_MS);
  share.wake(0);
  return share;
}

describe('the states of a unit', () => {
  it('trust its answers only after a trial and a rest', () => {
    for (const state of UNIT_STATES) {
      for (const event of UNIT_EVENTS) {
        const isNew = state !== 'in-step' && nextUnitState(state, event) === 'in-step';
        expect(isNew, `${state}, ${event}`).toBe(state === 'listening' && event === 'rest-over');
      }
    }
  });

  it('leave `degraded` by an answer alone', () => {
    for (const event of UNIT_EVENTS) {
      expect(nextUnitState('degraded', event)).toBe(event === 'answered' ? 'listening' : 'degraded');
    }
  });

  it('are never `in-step` right after trouble', () => {
    for (const state of UNIT_STATES) {
      for (const event of ['missed', 'missed-out', 'spoke', 'spoke-out'] as const) {
        expect(nextUnitState(state, event)).not.toBe('in-step');
      }
    }
  });
});

describe('the units of a bus', () => {
  it('are all unknown at first, each with a trial that is due', () => {
    const share = new UnitShare([4, 9], new SeededRandom(1));
    expect(share.isAnyoneThere).toBe(false);
    expect(share.trialDue(0)).toBe(4);
    share.answered(4, 0);
    expect(share.trialDue(0)).toBe(9);
    expect(share.isAnyoneThere).toBe(true);
    expect(share.isInStep(4)).toBe(false);
    share.wake(TURNAROUND_MS);
    expect(share.isInStep(4)).toBe(true);
  });

  it('rest after a miss, then have a trial, then rest again', () => {
    const share = shared(2);
    share.missed(1, COST_MS, 1_000);
    expect(share.isInStep(1)).toBe(false);
    expect(share.trialDue(1_000 + TURNAROUND_MS - 1)).toBeUndefined();
    expect(share.trialDue(1_000 + TURNAROUND_MS)).toBe(1);
    share.answered(1, 1_300);
    share.wake(1_300 + TURNAROUND_MS - 1);
    expect(share.isInStep(1)).toBe(false);
    share.wake(1_300 + TURNAROUND_MS);
    expect(share.isInStep(1)).toBe(true);
  });

  it('rest again for what they say unasked', () => {
    const share = shared(2);
    share.spoke(2, 500);
    expect(share.isInStep(2)).toBe(false);
    expect(share.nextRestOverMs()).toBe(500 + TURNAROUND_MS);
    share.spoke(77, 500);
  });

  it.each([50, 150, TURNAROUND_MS + 50])(
    'are degraded if they go on speaking every %i ms, and tried ever more seldom',
    (everyMs) => {
      const share = shared(2);
      let nowMs = 1_000;
      const pauses: number[] = [];
      let degradedAtMs: number | undefined;
      for (; nowMs < 120_000; nowMs += everyMs) {
        share.wake(nowMs);
        if (share.trialDue(nowMs) === 2) {
          share.answered(2, nowMs);
          if (degradedAtMs !== undefined) pauses.push(nowMs - degradedAtMs);
        }
        const wasInUse = share.isInUse(2);
        share.spoke(2, nowMs);
        // Whoever waits for it does so for no longer than that.
        if (nowMs - 1_000 >= OUT_OF_STEP_MS) expect(share.isInUse(2)).toBe(false);
        if (wasInUse && !share.isInUse(2)) degradedAtMs = nowMs;
      }
      expect(pauses.length).toBeGreaterThan(10);
      expect(Math.max(...pauses.slice(0, 2))).toBeLessThan(1_000);
      expect(Math.min(...pauses.slice(-5))).toBeGreaterThan(LONGEST_PAUSE_MS / 2 - everyMs);
      // It holds its tongue at last.
      nowMs += LONGEST_PAUSE_MS;
      expect(share.trialDue(nowMs)).toBe(2);
      share.answered(2, nowMs);
      share.wake(nowMs + TURNAROUND_MS);
      expect(share.isInStep(2)).toBe(true);
    },
  );

  it('are degraded after three misses in a row, not after three among answers', () => {
    const share = shared(1);
    for (let time = 1; time < 20; time++) {
      share.missed(1, COST_MS, time * 10_000);
      expect(share.isInUse(1)).toBe(true);
      share.answered(1, time * 10_000 + 500);
    }
    for (let miss = 1; miss <= DEGRADED_AFTER; miss++) {
      share.missed(1, COST_MS, 300_000 + miss * 500);
      expect(share.isInUse(1)).toBe(miss < DEGRADED_AFTER);
    }
  });

  it('are tried for ever, at ever longer intervals up to a bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 50, max: 3_000 }), (units, costMs) => {
        const share = shared(units);
        let nowMs = 0;
        for (let miss = 0; miss < 30; miss++) {
          share.missed(1, costMs, nowMs);
          const dueMs = share.nextRestOverMs() ?? Number.POSITIVE_INFINITY;
          expect(dueMs - nowMs).toBeLessThanOrEqual(Math.max(LONGEST_PAUSE_MS, units * costMs));
          expect(share.trialDue(dueMs)).toBe(1);
          nowMs = dueMs + costMs;
        }
      }),
    );
  });

  it('cost the others no more than their share, whenever they answer and whenever they do not', () => {
    const anyHistory = fc.record({
      units: fc.integer({ min: 2, max: 32 }),
      costMs: fc.integer({ min: 50, max: 3_000 }),
      hits: fc.infiniteStream(fc.boolean()),
    });
    fc.assert(
      fc.property(anyHistory, ({ units, costMs, hits }) => {
        const share = shared(units);
        let nowMs = 0;
        let lostMs = 0;
        for (let time = 0; time < 200; time++) {
          // It is asked as soon as it may be.
          share.wake(nowMs);
          const isAsked = share.isInStep(1) || share.trialDue(nowMs) === 1;
          if (!isAsked) {
            nowMs = share.nextRestOverMs() ?? nowMs;
            continue;
          }
          if (hits.next().value) {
            nowMs += 30;
            share.answered(1, nowMs);
          } else {
            nowMs += costMs;
            lostMs += costMs;
            share.missed(1, costMs, nowMs);
          }
          // One share of all time, and the misses by which it was noticed.
          expect(lostMs).toBeLessThanOrEqual(nowMs / units + (DEGRADED_AFTER + 1) * costMs);
        }
      }),
    );
  });
});
