import { ALARM_KINDS } from '@lockerhub/protocol/http/alarms.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SILENT_AFTER_MS } from '../fleet/needs.ts';
import { CLEAR_MS, type Condition, nextCondition } from './condition.ts';

const MINUTE = 60_000;

/** What happens at each look: minutes and whether the need is there. */
function looks(
  kind: (typeof ALARM_KINDS)[number],
  seen: readonly (readonly [minute: number, there: boolean])[],
) {
  let condition: Condition | null = null;
  return seen.map(([minute, there]) => {
    const next = nextCondition(kind, condition, there, minute * MINUTE);
    condition = next.condition;
    return next.effect;
  });
}

describe('a condition', () => {
  it('rings at once where the need itself says that it has lasted', () => {
    expect(
      looks('silent', [
        [0, true],
        [1, true],
      ]),
    ).toEqual(['raise', null]);
  });

  it('has to hold where it may pass by itself', () => {
    expect(
      looks('clock-off', [
        [0, true],
        [4, true],
        [5, true],
      ]),
    ).toEqual([null, null, 'raise']);
    expect(
      looks('clock-off', [
        [0, true],
        [4, false],
        [5, true],
        [9, true],
      ]),
    ).toEqual([null, null, null, null]);
  });

  it('is over when it has been gone for a while', () => {
    const seen = [
      [0, true],
      [2, true],
      [3, false],
      [7.9, false],
      [8, false],
    ] as const;
    expect(looks('disk-low', seen)).toEqual([null, 'raise', null, null, 'end']);
  });

  it('of silence has to be gone for longer than silence takes to be seen again', () => {
    expect(CLEAR_MS.silent).toBeGreaterThan(SILENT_AFTER_MS);
  });

  it('is one alarm however often it comes and goes', () => {
    const effects = looks(
      'silent',
      Array.from({ length: 50 }, (_, at) => [at * 2, at % 2 === 0] as const),
    );
    expect(effects.filter((effect) => effect !== null)).toEqual(['raise']);
  });

  it('raises and ends in turns, whatever is seen when', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 * CLEAR_MS.silent }), fc.boolean()), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.constantFrom(...ALARM_KINDS), steps, (kind, seen) => {
        let atMs = 0;
        let condition: Condition | null = null;
        let isRaised = false;
        for (const [afterMs, there] of seen) {
          atMs += afterMs;
          const next = nextCondition(kind, condition, there, atMs);
          condition = next.condition;
          if (next.effect !== null) expect(next.effect).toBe(isRaised ? 'end' : 'raise');
          if (next.effect !== null) isRaised = !isRaised;
          const stored: Condition | null = condition;
          expect(stored?.state === 'raised' || stored?.state === 'clearing').toBe(isRaised);
        }
      }),
    );
  });
});
