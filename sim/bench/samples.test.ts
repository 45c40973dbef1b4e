import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, percentile } from './samples.ts';

const samples = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 50 });

test('a percentile is a sample that so many do not exceed, and the smallest such', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const found = percentile(all, percent);
      const shareUpTo = (limit: number) => all.filter((each) => each <= limit).length / all.length;
      const below = all.filter((each) => each < found);
      expect(all).toContain(found);
      expect(shareUpTo(found) * 100).toBeGreaterThanOrEqual(percent - 1e-9);
      if (below.length > 0) expect(shareUpTo(Math.max(...below)) * 100).toBeLessThan(percent);
    }),
  );
});

test('medians and the ends of a list', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(percentile([3, 1, 2], 100)).toBe(3);
  expect(percentile([3, 1, 2], 1)).toBe(1);
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow(RangeError);
});
