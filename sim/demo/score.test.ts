import { describe, expect, it } from 'vitest';
import { isLost, openedTwice, Score } from './score.ts';

const door = { bank: 'lobby', compartment: 7 };

describe('the score', () => {
  it('counts a second energising under one grant', () => {
    const grants = [{ grant: 'a', ...door, atMs: 100 }];
    expect(openedTwice([{ ...door, atMs: 110 }], grants, 0, 1_000)).toBe(0);
    expect(
      openedTwice(
        [
          { ...door, atMs: 110 },
          { ...door, atMs: 400 },
        ],
        grants,
        0,
        1_000,
      ),
    ).toBe(1);
  });

  it('takes one opening per grant for granted', () => {
    const grants = [
      { grant: 'a', ...door, atMs: 100 },
      { grant: 'b', ...door, atMs: 300 },
    ];
    const energisings = [
      { ...door, atMs: 110 },
      { ...door, atMs: 310 },
    ];
    expect(openedTwice(energisings, grants, 0, 1_000)).toBe(0);
  });

  it('counts an opening that nobody granted, and one that another door was granted', () => {
    expect(openedTwice([{ ...door, atMs: 110 }], [], 0, 1_000)).toBe(1);
    const otherDoor = [{ grant: 'a', bank: 'lobby', compartment: 8, atMs: 100 }];
    expect(openedTwice([{ ...door, atMs: 110 }], otherDoor, 0, 1_000)).toBe(1);
  });

  it('judges nothing that the log has not been read for', () => {
    expect(openedTwice([{ ...door, atMs: 110 }], [], 0, 105)).toBe(0);
    expect(openedTwice([{ ...door, atMs: 110 }], [], 200, 1_000)).toBe(0);
  });

  it('calls lost what the hub no longer knows as deposited', () => {
    expect(isLost(undefined)).toBe(true);
    expect(isLost({ state: 'assigned', depositedAt: null })).toBe(true);
    expect(isLost({ state: 'collected', depositedAt: 5 })).toBe(false);
    expect(isLost({ state: 'withdrawn', depositedAt: null })).toBe(false);
  });

  it('takes a loss back once the hub knows the delivery again', () => {
    const score = new Score(0);
    score.acknowledge('d');
    score.check('d', undefined);
    expect(score.totals).toEqual({ acknowledged: 1, lost: 1, openedTwice: 0 });
    score.check('d', { state: 'deposited', depositedAt: 1 });
    expect(score.totals.lost).toBe(0);
  });
});
