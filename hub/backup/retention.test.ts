import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judged, NEWEST_KEPT, newestFirst } from './retention.ts';

const DAY_MS = 24 * 3600_000;
const USUAL = { days: 7, weeks: 8, months: 0 };
const made = (day: number, more = 0) => ({ madeAtMs: day * DAY_MS + more, epoch: 1, seq: day * 10 + more });

function afterDays(days: number, rule: typeof USUAL, perDay = 1) {
  let kept: ReturnType<typeof made>[] = [];
  for (let day = 0; day < days; day++) {
    for (let n = 0; n < perDay; n++) kept.push(made(day, n));
    kept = judged(kept, rule).filter(({ keptAs }) => keptAs !== 'goes');
  }
  return judged(kept, rule);
}

test('a backup a day leaves a week of days and two months of weeks', () => {
  const kept = afterDays(365, USUAL);
  const ages = kept.map(({ madeAtMs }) => 364 - madeAtMs / DAY_MS);
  expect(ages.filter((age) => age < 7)).toHaveLength(7);
  expect(kept.filter(({ keptAs }) => keptAs === 'week')).toHaveLength(8);
  expect(kept).toHaveLength(15);
  expect(Math.max(...ages)).toBeGreaterThanOrEqual(7 * 7);
});

test('months go on where the weeks end', () => {
  const kept = afterDays(600, { days: 7, weeks: 4, months: 6 });
  const count = (as: string) => kept.filter(({ keptAs }) => keptAs === as).length;
  expect([count('day'), count('week'), count('month')]).toEqual([7, 4, 6]);
  expect(599 - Math.min(...kept.map(({ madeAtMs }) => madeAtMs / DAY_MS))).toBeGreaterThan(140);
});

test('four a day fill no week with one day: a day keeps its newest, and the last three stay beside it', () => {
  const kept = afterDays(30, { days: 7, weeks: 0, months: 0 }, 4);
  expect(kept.filter(({ keptAs }) => keptAs === 'day')).toHaveLength(7);
  expect(kept.filter(({ keptAs }) => keptAs === 'newest')).toHaveLength(NEWEST_KEPT - 1);
});

test('whatever the clocks said and the policy says, those made last stay, and no more than it says', () => {
  const some = fc.record({
    madeAtMs: fc.integer({ min: 0, max: 4e12 }),
    epoch: fc.integer({ min: 1, max: 3 }),
    seq: fc.nat(100),
  });
  const rule = fc.record({
    days: fc.integer({ min: 1, max: 9 }),
    weeks: fc.nat(9),
    months: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.array(some), rule, (backups, each) => {
      const all = judged(backups, each);
      const last = new Set(
        newestFirst(backups)
          .slice(0, NEWEST_KEPT)
          .map(({ seq }) => seq),
      );
      const gone = all.filter(({ keptAs }) => keptAs === 'goes');
      expect(all.slice(0, NEWEST_KEPT).every(({ keptAs, seq }) => keptAs !== 'goes' && last.has(seq))).toBe(
        true,
      );
      expect(all).toHaveLength(backups.length);
      expect(all.length - gone.length).toBeLessThanOrEqual(
        each.days + each.weeks + each.months + NEWEST_KEPT,
      );
    }),
  );
});

test('a clock that was years ahead for a week pushes out nothing that is made after it', () => {
  const ahead = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({
    madeAtMs: 40_000 * DAY_MS + n * DAY_MS,
    epoch: 1,
    seq: n,
  }));
  const after = { madeAtMs: 20_000 * DAY_MS, epoch: 1, seq: 9 };
  expect(judged([...ahead, after], { days: 2, weeks: 0, months: 0 })[0]).toMatchObject({
    seq: 9,
    keptAs: 'day',
  });
});
