import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Act, decide, LATE_MS, LOST_AFTER_MS, type Seen } from './decide.ts';

const ATMS = 1_800_000_000_000;
const ORDER = { update: 'a', untilMs: ATMS + 1 };
const SEEN: Seen = {
  open: 'a',
  plan: { update: 'a', atMs: ATMS },
  order: null,
  isAsked: false,
  isRunning: false,
  last: null,
  isLastKnown: true,
  wallMs: ATMS,
  clock: 'trusted',
  unseenMs: null,
};

it.each<[string, Partial<Seen>, Act]>([
  ['begins at its hour', {}, 'begin'],
  ['waits for it', { wallMs: ATMS - 1 }, null],
  ['waits while nobody knows which hour it is', { clock: 'untrusted', wallMs: ATMS + LATE_MS }, null],
  ['is missed long after it', { wallMs: ATMS + LATE_MS }, 'miss'],
  ['begins once', { isAsked: true }, null],
  ['is left to the updater', { isRunning: true }, null],
  ['is noted when it has ended', { last: 'a', isLastKnown: false }, 'note-end'],
  ['leaves no plan behind', { open: null, last: 'a' }, 'forget-plan'],
  ['is lost when nothing is seen of it', { plan: null, unseenMs: LOST_AFTER_MS }, 'lose'],
  ['is not lost so soon', { plan: null, unseenMs: LOST_AFTER_MS - 1 }, null],
  ['of which nobody looked at the release', { open: null, plan: null, unseenMs: LOST_AFTER_MS }, 'check'],
  ['of the cloud is fetched', { plan: null, order: ORDER }, 'fetch'],
  ['of the cloud is missed', { plan: null, order: ORDER, wallMs: ATMS + 1 }, 'miss'],
  ['of the cloud ends with its order', { open: null, plan: null, order: ORDER }, 'forget-order'],
])('an update %s', (_what, change, act) => {
  expect(decide({ ...SEEN, ...change })).toBe(act);
});

it('begins nothing early, by a clock that nobody trusts, or while one is under way', () => {
  const seen = fc.record({
    open: fc.constantFrom(null, 'a', 'b'),
    plan: fc.option(fc.record({ update: fc.constantFrom('a', 'b'), atMs: fc.integer({ min: 0, max: 9 }) })),
    order: fc.option(fc.record({ update: fc.constantFrom('a', 'b'), untilMs: fc.constant(5) })),
    isAsked: fc.boolean(),
    isRunning: fc.boolean(),
    last: fc.constantFrom(null, 'a', 'b'),
    isLastKnown: fc.boolean(),
    wallMs: fc.integer({ min: 0, max: LATE_MS + 20 }),
    clock: fc.constantFrom('trusted' as const, 'untrusted' as const),
    unseenMs: fc.option(fc.integer({ min: 0, max: 2 * LOST_AFTER_MS })),
  });
  fc.assert(
    fc.property(seen, (each) => {
      if (decide(each) !== 'begin') return;
      expect(each).toMatchObject({ clock: 'trusted', isRunning: false, isAsked: false });
      expect(each.plan?.update).toBe(each.open);
      expect(each.wallMs).toBeGreaterThanOrEqual(each.plan?.atMs ?? Number.NaN);
    }),
  );
});
