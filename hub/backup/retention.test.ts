import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEWEST_KEPT, superfluous, WEEKS_KEPT } from './retention.ts';

const DAY_MS = 24 * 3600_000;

test('a backup a day leaves a week of days and two months of weeks', () => {
  let kept: { madeAtMs: number }[] = [];
  for (let day = 0; day < 365; day++) {
    kept.push({ madeAtMs: day * DAY_MS });
    const gone = new Set(superfluous(kept));
    kept = kept.filter((each) => !gone.has(each));
  }
  const ages = kept.map(({ madeAtMs }) => 364 - madeAtMs / DAY_MS);
  expect(ages.filter((age) => age < 7)).toHaveLength(7);
  expect(kept.length).toBeLessThanOrEqual(NEWEST_KEPT + WEEKS_KEPT);
  expect(Math.max(...ages)).toBeGreaterThanOrEqual(7 * (WEEKS_KEPT - 1));
});

test('whatever the clocks said, the newest stay', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ madeAtMs: fc.integer({ min: 0, max: 4e12 }) })), (backups) => {
      const gone = new Set(superfluous(backups));
      const newest = backups.toSorted((a, b) => b.madeAtMs - a.madeAtMs).slice(0, NEWEST_KEPT);
      for (const each of newest) expect(gone.has(each)).toBe(false);
      expect(backups.length - gone.size).toBeLessThanOrEqual(NEWEST_KEPT + WEEKS_KEPT);
    }),
  );
});
