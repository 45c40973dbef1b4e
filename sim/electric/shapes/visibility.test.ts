import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInSnapshot, parseSnapshot, wholeXid } from './visibility.ts';

describe('what a snapshot holds', () => {
  it.each([
    ['ended before all that ran', 99, 500n, true],
    ['ran while it was taken', 100, 500n, false],
    ['ended among those that ran', 101, 500n, true],
    ['began after it', 105, 500n, false],
    ['has a small number and committed later: numbers came round', 50, 1001n, false],
  ])('a transaction that %s: %s at %s → %s', (_what, xid, lsn, isIn) => {
    expect(isInSnapshot({ xid, lsn }, parseSnapshot('100:105:100,103', 1000n))).toBe(isIn);
  });

  it('is told by whole numbers, of which replication tells the lower half', () => {
    const anyXid = fc.bigInt({ min: 3n, max: (1n << 40n) - 1n });
    const nearby = fc.bigInt({ min: -(1n << 30n), max: 1n << 30n });
    fc.assert(
      fc.property(anyXid, nearby, (near, distance) => {
        const xid = near + distance;
        fc.pre(xid >= 3n);
        expect(wholeXid(Number(BigInt.asUintN(32, xid)), near)).toBe(xid);
      }),
    );
  });
});
