/**
 * How a row that arrives from the cloud becomes a row here: the row as it is read beside its stamps, the merge of the two,
 * and what has to be written. Pure; the store's thread runs it between reading and writing.
 */
import { EMPTY_ROW, type MergedRow, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import { ARRIVED_ROWS } from '@lockerhub/protocol/log/payloads/cloud.ts';
import {
  type KeptRow,
  mergedOfColumns,
  type RowStamps,
  toKept,
  toMerged,
} from '@lockerhub/protocol/sync/merged-row.ts';
import { isWhole, SYNCED_TABLES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Arrival, MergedRows } from './store.ts';

/** A row with the version of its stamps. */
export interface LocalRow {
  readonly table: SyncedTableName;
  readonly id: string;
  readonly version: number;
  readonly unsent: boolean;
  readonly row: MergedRow;
}

/** A row as `localRowsSql` reads it. */
export interface FoundRow {
  readonly id: string;
  readonly version: number;
  readonly unsent: boolean;
  readonly stamps: RowStamps;
  readonly columns: Readonly<Record<string, KeptRow['values'][string]>> | null;
}

/** Reads rows of a table ($1) by their ids ($2, a list of texts), removed ones among them. */
export function localRowsSql(table: SyncedTableName): string {
  return `select s.row_id as id, s.version, s.unsent, s.stamps, to_jsonb(t) as columns
    from row_stamps s left join ${table} t on t.id = s.row_id::${SYNCED_TABLES[table].id}
    where s.table_name = $1 and s.row_id = any($2::text[])`;
}

/** What was read, as a row that merges. */
export function asLocal(
  table: SyncedTableName,
  { id, version, unsent, stamps, columns }: FoundRow,
): LocalRow {
  const definition = SYNCED_TABLES[table];
  const row = columns
    ? mergedOfColumns(definition, columns, stamps)
    : toMerged(definition, { values: hidden(definition.spread, stamps), stamps });
  return { table, id, version, unsent, row };
}

/** How a merged row is written: shown where it is whole, else kept in its stamps until it is. */
export function asWritten(
  table: SyncedTableName,
  { id, row, version, unsent }: Omit<LocalRow, 'table' | 'version'> & { readonly version: number | null },
): MergedRows['rows'][number] {
  const definition = SYNCED_TABLES[table];
  const { values, stamps } = toKept(definition, row);
  if (isWhole(definition, row)) return { id, values, stamps, version, unsent };
  const unknown = Object.fromEntries(Object.entries(row.fields).map(([name, { value }]) => [name, value]));
  return { id, values: null, stamps: { ...stamps, unknown }, version, unsent };
}

/** What has to be written for what arrived: rows that are new here, or of which the outbox learns something. */
export function mergeArrival(
  { table, rows }: Pick<Arrival, 'table' | 'rows'>,
  found: readonly FoundRow[],
): { readonly written: MergedRows['rows']; readonly changed: readonly string[] } {
  const { personal } = SYNCED_TABLES[table];
  const known = new Map(found.map((each) => [each.id, asLocal(table, each)]));
  const written: MergedRows['rows'][number][] = [];
  const changed: string[] = [];
  for (const [id, row] of rows) {
    const local = known.get(id);
    const merged = mergeRows(local?.row ?? EMPTY_ROW, row, personal);
    const isNew = !isSame(merged, local?.row ?? EMPTY_ROW);
    const unsent = !isSame(merged, row);
    if (!isNew && local?.unsent === unsent) continue;
    written.push(asWritten(table, { id, row: merged, version: local?.version ?? null, unsent }));
    if (isNew) changed.push(id);
  }
  return { written, changed };
}

/** What entries say of rows that are not what they were. */
export function arrivalsOf(table: SyncedTableName, ids: readonly string[]): PayloadOf<'rows.arrived'>[] {
  const arrivals: PayloadOf<'rows.arrived'>[] = [];
  for (let at = 0; at < ids.length; at += ARRIVED_ROWS) {
    arrivals.push({ table, rows: ids.slice(at, at + ARRIVED_ROWS) });
  }
  return arrivals;
}

/** The values of a row that is not shown: all of them stand beside its stamps. */
function hidden(spread: string | undefined, { unknown }: RowStamps): KeptRow['values'] {
  return spread === undefined ? unknown : { [spread]: unknown };
}

/** Whether two rows are one, whatever the order of their keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length || Array.isArray(a) !== Array.isArray(b)) return false;
  return names.every((name) => name in right && isSame(left[name], right[name]));
}
