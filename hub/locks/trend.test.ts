import { describe, expect, it } from 'vitest';
import { type Figures, type LockFigures, wearOf } from './trend.ts';

const figures = (openings: number, latencyMs: number | null, jams = 0): Figures => ({
  openings,
  jams,
  retries: 0,
  latencyMs,
});
const lock = (compartment: number, recent: Figures, baseline = figures(40, 40)): LockFigures => ({
  compartment,
  recent,
  baseline,
});
const OTHERS = [1, 2, 3].map((compartment) => lock(compartment, figures(10, 42)));

describe('the trend of a lock', () => {
  it('warns of one that got slower than it was and than the others, in plain words', () => {
    expect(wearOf(lock(7, figures(10, 180)), OTHERS)).toBe('Door 7 takes 180 ms to open, 40 ms a month ago');
  });

  it.each([
    ['a little slower', lock(7, figures(10, 79)), OTHERS],
    ['twice as slow and still quick', lock(7, figures(10, 60), figures(40, 20)), OTHERS],
    ['seldom used', lock(7, figures(6, 180)), OTHERS],
    ['new', lock(7, figures(10, 180), figures(19, 40)), OTHERS],
    [
      'as slow as all of its bank',
      lock(7, figures(10, 180)),
      OTHERS.map((one) => ({ ...one, recent: figures(10, 170) })),
    ],
    ['without a sensor', lock(7, figures(10, null)), OTHERS],
    ['jammed twice', lock(7, figures(10, 40, 2)), OTHERS],
    ['always jamming so often', lock(7, figures(10, 40, 3), figures(30, 40, 9)), OTHERS],
  ])('says nothing of one that is %s', (_, of, others) => {
    expect(wearOf(of, others)).toBeNull();
  });

  it('warns of one that jams more often than it did', () => {
    expect(wearOf(lock(7, figures(10, 40, 3)), OTHERS)).toBe(
      'Door 7 jammed 3 times in 7 days, at 10 openings',
    );
  });
});
