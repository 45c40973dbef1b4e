import type { LockFigures, LockHealth } from '@lockerhub/protocol/http/locks.ts';
import { describe, expect, it } from 'vitest';
import { LOCK_COLUMNS, type LockColumn, lockRow, sortLocks } from './lock-order.ts';

const NOTHING: LockFigures = { openings: 0, jams: 0, retries: 0, timed: 0, medianMs: null, p95Ms: null };
const lock = (compartment: number, recent: Partial<LockFigures>, more: Partial<LockHealth> = {}) =>
  lockRow({
    compartment,
    sensed: true,
    inService: true,
    supply: 'plc',
    recent: { ...NOTHING, ...recent },
    baseline: { ...NOTHING, medianMs: 40 },
    wear: null,
    ...more,
  });

const ROWS = [
  lock(1, { openings: 10, medianMs: 60, p95Ms: 90 }),
  lock(2, {}),
  lock(3, { openings: 4, jams: 1, retries: 2, medianMs: 45, p95Ms: 1_900 }),
  lock(
    4,
    { openings: 2, jams: 2, retries: 1, medianMs: 50, p95Ms: 50 },
    { wear: { kind: 'jams', jams: 2, openings: 2 } },
  ),
];
const doors = (by: LockColumn, reversed = false) =>
  sortLocks(ROWS, { by, reversed }).map((row) => row.lock.compartment);

describe('the rows of the health page', () => {
  it('count attempts for each opening, jams among all attempts, and how much slower', () => {
    expect(ROWS.map(({ attempts }) => attempts)).toEqual([1, null, 1.5, 1.5]);
    expect(ROWS.map(({ jamShare }) => jamShare)).toEqual([0, null, 0.2, 0.5]);
    expect(ROWS.map(({ slowerMs }) => slowerMs)).toEqual([20, null, 5, 10]);
  });

  it.each([
    ['door', [1, 2, 3, 4]],
    ['opens', [1, 4, 3, 2]],
    ['slowest', [3, 1, 4, 2]],
    ['attempts', [3, 4, 1, 2]],
    ['jams', [4, 3, 1, 2]],
    ['openings', [1, 3, 4, 2]],
    ['trend', [4, 1, 3, 2]],
  ] as const)('by %s: the worst first', (by, order) => {
    expect(doors(by)).toEqual(order);
  });

  it('are turned round, but for what is not known', () => {
    expect(doors('opens', true)).toEqual([3, 4, 1, 2]);
    expect(doors('trend', true)).toEqual([3, 1, 4, 2]);
    expect(LOCK_COLUMNS.map((by) => doors(by, true).length)).toEqual(LOCK_COLUMNS.map(() => ROWS.length));
  });
});
