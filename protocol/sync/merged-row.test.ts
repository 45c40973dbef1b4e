import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EMPTY_ROW,
  fieldChange,
  type MergedRow,
  mergeRows,
  switchOff,
  switchOn,
} from '../log/field-merge.ts';
import { RowStamps, toKept, toMerged } from './merged-row.ts';
import { shapeColumns } from './shapes.ts';
import { SYNCED_TABLE_NAMES, SYNCED_TABLES, type SyncedTableName } from './synced-tables.ts';

const stamp = fc.record({
  atMs: fc.nat({ max: 9 }),
  count: fc.nat({ max: 3 }),
  node: fc.constantFrom('hub-1', 'cloud'),
});
const value = fc.oneof(fc.string(), fc.constant(null), fc.boolean(), fc.record({ x: fc.integer() }));

/** A change of a known field, of one that this software does not know yet, of a switch, or of the row's life. */
function changeOf(table: SyncedTableName): fc.Arbitrary<MergedRow> {
  const { fields, switches } = SYNCED_TABLES[table];
  const name = fc.constantFrom(...Object.keys(fields), 'fieldOfTomorrow');
  const written = fc.tuple(name, value, stamp).map(([field, to, at]) => fieldChange(field, to, at));
  const life = fc.oneof(
    stamp.map((at) => ({ ...EMPTY_ROW, removed: at })),
    stamp.map((at) => ({ ...EMPTY_ROW, erased: at })),
  );
  const [toggled] = switches;
  if (toggled === undefined) return fc.oneof({ weight: 6, arbitrary: written }, life);
  const on = stamp.map((at) => switchOn(toggled, at));
  const off = stamp.map((at) => switchOff(toggled, switchOn(toggled, at)));
  return fc.oneof({ weight: 6, arbitrary: written }, on, off, life);
}

it.each(SYNCED_TABLE_NAMES)('keeps a row of %s whole in columns and stamps', (name) => {
  const table = SYNCED_TABLES[name];
  fc.assert(
    fc.property(fc.array(changeOf(name), { maxLength: 10 }), (changes) => {
      const row = changes.reduce((a, b) => mergeRows(a, b, table.personal), EMPTY_ROW);
      const kept = toKept(table, row);
      // As jsonb gives it back.
      const stamps = RowStamps.parse(JSON.parse(JSON.stringify(kept.stamps)));
      expect(toMerged(table, { values: kept.values, stamps })).toEqual(row);
      const known = table.spread ? [table.spread] : [...Object.keys(table.fields), ...table.switches];
      expect(Object.keys(kept.values).toSorted()).toEqual([...known].toSorted());
    }),
  );
});

it('names a column for each field of a shape', () => {
  expect(shapeColumns('staff')).toEqual([
    'building',
    'id',
    'login',
    'name',
    'role',
    'password_hash',
    'disabled',
    'stamps',
  ]);
});
