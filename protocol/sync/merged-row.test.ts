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
import { type KeptRow, mergedOfColumns, RowStamps, toKept, toMerged } from './merged-row.ts';
import { shapeColumns } from './shapes.ts';
import {
  columnOf,
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTable,
  type SyncedTableName,
} from './synced-tables.ts';

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

/** As a table that has been given columns keeps a row of it: columns by their names. */
const columnsOf = ({ values }: KeptRow) =>
  Object.fromEntries(Object.entries(values).map(([field, kept]) => [columnOf(field), kept]));

it.each(SYNCED_TABLE_NAMES.filter((name) => SYNCED_TABLES[name].spread === undefined))(
  'reads a row of %s alike in this version and in the next, whichever of both wrote it last',
  (name) => {
    const older = SYNCED_TABLES[name];
    const newer: SyncedTable = { ...older, fields: { ...older.fields, fieldOfTomorrow: 'jsonb' } };
    const merged = (changes: readonly MergedRow[]) =>
      changes.reduce((a, b) => mergeRows(a, b, older.personal), EMPTY_ROW);
    const some = fc.array(changeOf(name), { maxLength: 6 });
    fc.assert(
      fc.property(some, some, (first, later) => {
        const byNewer = toKept(newer, merged(first));
        const read = mergedOfColumns(older, columnsOf(byNewer), byNewer.stamps);
        expect(read).toEqual(merged(first));
        // A shape of the older one lacks the column: what was said of that field stays as it is.
        const { [columnOf('fieldOfTomorrow')]: _, ...kept } = columnsOf(byNewer);
        const given = mergedOfColumns(newer, kept, byNewer.stamps);
        expect(mergeRows(merged(first), given, older.personal)).toEqual(merged(first));
        // The older one leaves the column alone that it does not know.
        const byOlder = toKept(older, merged([read, ...later]));
        const columns = { ...columnsOf(byNewer), ...columnsOf(byOlder) };
        expect(mergedOfColumns(newer, columns, byOlder.stamps)).toEqual(merged([...first, ...later]));
      }),
    );
  },
);

it('names a column for each field of a shape', () => {
  expect(shapeColumns('staff')).toEqual([
    'building',
    'id',
    'login',
    'name',
    'role',
    'password_hash',
    'email',
    'language',
    'disabled',
    'stamps',
  ]);
});
