import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROW, fieldChange, isOn, MergedRow, mergeRows, switchOff, switchOn } from './field-merge.ts';
import { compareStamps, type FieldStamp, isTooFarAhead, nextStamp } from './stamp.ts';

const PERSONAL = ['name', 'email'] as const;
const merge = (a: MergedRow, b: MergedRow) => mergeRows(a, b, PERSONAL);
const all = (rows: readonly MergedRow[]) => rows.reduce(merge, EMPTY_ROW);

const stamp = fc.record({
  atMs: fc.integer({ min: 0, max: 4 }),
  count: fc.integer({ min: 0, max: 1 }),
  node: fc.constantFrom('hub-1', 'hub-2', 'cloud'),
});
const field = fc.constantFrom('name', 'email', 'unit');
const value = fc.oneof(fc.constantFrom('a', 'b', null), fc.constant({ x: 1, y: 'z' }));
const marks = fc.dictionary(fc.constantFrom('hub-1', 'hub-2', 'cloud'), stamp, { noNullPrototype: true });
const row = fc.oneof(
  fc.tuple(field, value, stamp).map(([name, to, at]) => fieldChange(name, to, at)),
  stamp.map((at) => switchOn('revoked', at)),
  fc
    .tuple(marks, marks)
    .map(([on, off]): MergedRow => ({ ...EMPTY_ROW, switches: { revoked: { on, off } } })),
  stamp.map((at): MergedRow => ({ ...EMPTY_ROW, removed: at })),
  stamp.map((at): MergedRow => ({ ...EMPTY_ROW, erased: at })),
);

describe('the merge of rows', () => {
  it('gives one result in any order, with any duplicates, however it is split', () => {
    const shuffled = fc
      .array(row, { minLength: 1, maxLength: 12 })
      .chain((rows) =>
        fc.tuple(
          fc.constant(rows),
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          fc.array(fc.constantFrom(...rows), { maxLength: 6 }),
          fc.integer({ min: 0, max: rows.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([rows, others, again, cut]) => {
        const expected = all(rows);
        const delivered = [...others, ...again];
        expect(all(delivered)).toEqual(expected);
        expect(merge(all(delivered.slice(0, cut)), all(delivered.slice(cut)))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps what its schema accepts, and merges a row with itself into itself', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const merged = all(rows);
        expect(MergedRow.parse(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
        expect(merge(merged, merged)).toEqual(merged);
      }),
    );
  });

  const at = (atMs: number, node = 'hub-1'): FieldStamp => ({ atMs, count: 0, node });

  it('lets the later change of a field win, and leaves the others alone', () => {
    const merged = all([
      fieldChange('name', 'Ada', at(5)),
      fieldChange('name', 'Eve', at(4)),
      fieldChange('unit', '3B', at(1)),
    ]);
    expect(merged.fields.name?.value).toBe('Ada');
    expect(merged.fields.unit?.value).toBe('3B');
  });

  it('lets a revocation beat whoever gives back what they knew of, and nobody later', () => {
    const ours = switchOn('revoked', at(1, 'hub-1'));
    const givenBack = merge(ours, switchOff('revoked', ours));
    expect(isOn(givenBack, 'revoked')).toBe(false);
    // Made earlier by the clocks, yet not known to whoever gave back.
    const theirs = switchOn('revoked', at(0, 'cloud'));
    const healed = merge(givenBack, theirs);
    expect(isOn(healed, 'revoked')).toBe(true);
    expect(isOn(merge(healed, switchOff('revoked', healed)), 'revoked')).toBe(false);
  });

  it('never gives back what was erased or removed', () => {
    const erased = merge(fieldChange('name', 'Ada', at(1)), { ...EMPTY_ROW, erased: at(2, 'cloud') });
    expect(erased.fields).toEqual({});
    const later = merge(erased, merge(fieldChange('name', 'Ada', at(9)), fieldChange('unit', '3B', at(9))));
    expect(later.fields).toEqual({ unit: { value: '3B', stamp: at(9) } });
    expect(merge({ ...EMPTY_ROW, removed: at(2) }, fieldChange('unit', '3B', at(9))).removed).toEqual(at(2));
  });
});

describe('a stamp', () => {
  it('is later than all that its node made or saw, wherever the wall clock jumps', () => {
    const clock = fc.array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(clock, (walls) => {
        let last: FieldStamp | null = null;
        for (const wallMs of walls) {
          const next: FieldStamp = nextStamp(last, wallMs, 'hub-1');
          if (last) expect(compareStamps(next, last)).toBeGreaterThan(0);
          expect(next.atMs).toBeGreaterThanOrEqual(wallMs);
          last = next;
        }
      }),
    );
  });

  it('moves its clock on when a millisecond is used up', () => {
    expect(nextStamp({ atMs: 7, count: 0xffff, node: 'hub-1' }, 7, 'hub-1')).toEqual({
      atMs: 8,
      count: 0,
      node: 'hub-1',
    });
  });

  it('of a clock more than five minutes ahead is not taken as it is', () => {
    expect(isTooFarAhead({ atMs: 1_300_000, count: 0, node: 'hub-1' }, 1_000_000)).toBe(false);
    expect(isTooFarAhead({ atMs: 1_300_001, count: 0, node: 'hub-1' }, 1_000_000)).toBe(true);
  });
});
