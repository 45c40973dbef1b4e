/**
 * A merged row as tables keep it: values in columns that people query, and everything else that the merge needs (who
 * wrote each field when, switches, removal, erasure) in one jsonb column, `stamps`.
 */
import { z } from 'zod';
import { isOn, type MergedRow } from '../log/field-merge.ts';
import { FieldStamp } from '../log/stamp.ts';
import { columnOf, fits, type SyncedTable } from './synced-tables.ts';

type Json = MergedRow['fields'][string]['value'];

/** What stands in the column `stamps`. `unknown`: values of fields that have no column here, or do not fit into theirs. */
export const RowStamps = z.object({
  fields: z.record(z.string(), FieldStamp),
  switches: z.custom<MergedRow['switches']>((value) => typeof value === 'object' && value !== null),
  removed: FieldStamp.nullable(),
  erased: FieldStamp.nullable(),
  unknown: z.record(z.string(), z.json()),
});
export type RowStamps = z.infer<typeof RowStamps>;

/** A row's columns by the names of its fields, without `id`. A field that was never written is null. */
export interface KeptRow {
  readonly values: Readonly<Record<string, Json>>;
  readonly stamps: RowStamps;
}

/** A merged row as columns and stamps. */
export function toKept(table: SyncedTable, row: MergedRow): KeptRow {
  const { values, unknown } = valuesOf(table, row);
  for (const name of table.switches) values[name] = isOn(row, name);
  const fields = Object.fromEntries(Object.entries(row.fields).map(([name, { stamp }]) => [name, stamp]));
  return {
    values,
    stamps: { fields, switches: row.switches, removed: row.removed, erased: row.erased, unknown },
  };
}

/** Columns and stamps as a merged row: the inverse of `toKept`. */
export function toMerged(table: SyncedTable, { values, stamps }: KeptRow): MergedRow {
  const spread =
    table.spread === undefined ? undefined : (values[table.spread] as Record<string, Json> | null);
  const kept = (name: string): Json => {
    if (spread) return spread[name] ?? null;
    return (Object.hasOwn(stamps.unknown, name) ? stamps.unknown[name] : values[name]) ?? null;
  };
  const fields = Object.fromEntries(
    Object.entries(stamps.fields).map(([name, stamp]) => [name, { value: kept(name), stamp }]),
  );
  return { fields, switches: stamps.switches, removed: stamps.removed, erased: stamps.erased };
}

/**
 * As `toMerged`, from columns by their names in a table, among them such as newer software has added: of a field that this
 * one does not know the value is read too. It has a stamp, and a null beside that would be another value.
 *
 * A field with a stamp of which no value came at all is left out: a gateway of the version before gives the columns that it
 * knows, and the database may have put the value into one that is newer. The merge keeps what it knows of such a field.
 */
export function mergedOfColumns(
  table: SyncedTable,
  columns: Readonly<Record<string, Json | undefined>>,
  stamps: RowStamps,
): MergedRow {
  const names = table.spread === undefined ? Object.keys(stamps.fields) : [table.spread];
  const values = Object.fromEntries(names.map((name) => [name, columns[columnOf(name)] ?? null]));
  if (table.spread !== undefined) return toMerged(table, { values, stamps });
  const came = (name: string) => columns[columnOf(name)] !== undefined || Object.hasOwn(stamps.unknown, name);
  if (Object.keys(stamps.fields).every(came)) return toMerged(table, { values, stamps });
  const fields = Object.fromEntries(Object.entries(stamps.fields).filter(([name]) => came(name)));
  return toMerged(table, { values, stamps: { ...stamps, fields } });
}

function valuesOf(
  table: SyncedTable,
  row: MergedRow,
): { values: Record<string, Json>; unknown: Record<string, Json> } {
  const written = Object.entries(row.fields).map(([name, { value }]) => [name, value] as const);
  if (table.spread !== undefined) {
    const isGone = row.removed !== null;
    return { values: { [table.spread]: isGone ? null : Object.fromEntries(written) }, unknown: {} };
  }
  const values: Record<string, Json> = Object.fromEntries(
    Object.keys(table.fields).map((name) => [name, null]),
  );
  const unknown: Record<string, Json> = {};
  for (const [name, value] of written) (fits(table.fields[name], value) ? values : unknown)[name] = value;
  return { values, unknown };
}
