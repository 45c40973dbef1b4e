/** The hub's rows as merged rows: values from their tables, stamps from beside them. */
import type { MergedRow } from '@lockerhub/protocol/log/field-merge.ts';
import { type KeptRow, type RowStamps, toKept, toMerged } from '@lockerhub/protocol/sync/merged-row.ts';
import {
  columnOf,
  isWhole,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';
import type { MergedRows, Store } from '../store/store.ts';

/** A row with the version of its stamps. */
export interface LocalRow {
  readonly table: SyncedTableName;
  readonly id: string;
  readonly version: number;
  readonly unsent: boolean;
  readonly row: MergedRow;
}

interface Found {
  readonly id: string;
  readonly version: number;
  readonly unsent: boolean;
  readonly stamps: RowStamps;
  readonly columns: Readonly<Record<string, KeptRow['values'][string]>> | null;
}

/** Id → row, of those that are known here, removed ones among them. */
export async function readRows(
  store: Pick<Store, 'query'>,
  table: SyncedTableName,
  ids: readonly string[],
): Promise<Map<string, LocalRow>> {
  const rows = await store.query<Found>(
    `select s.row_id as id, s.version, s.unsent, s.stamps, to_jsonb(t) as columns
      from row_stamps s left join ${table} t on t.id = s.row_id::${SYNCED_TABLES[table].id}
      where s.table_name = $1 and s.row_id = any($2::text[])`,
    [table, ids],
  );
  return new Map(rows.map((found) => [found.id, asLocal(table, found)]));
}

/** The rows that the cloud does not know as they are here, the longest waiting first. @param limit of rows */
export function readOutbox(store: Pick<Store, 'query'>, limit: number): Promise<readonly LocalRow[]> {
  return readNamed(store, 'unsent', [limit]);
}

/** Rows by their versions, whether they were sent or not: for a cloud that has forgotten some. @param after a version */
export function readFrom(
  store: Pick<Store, 'query'>,
  after: number,
  upTo: number,
  limit: number,
): Promise<readonly LocalRow[]> {
  return readNamed(store, 'version > $2 and version <= $3', [limit, after, upTo]);
}

async function readNamed(
  store: Pick<Store, 'query'>,
  which: string,
  parameters: readonly number[],
): Promise<readonly LocalRow[]> {
  const waiting = await store.query<{ readonly table: SyncedTableName; readonly id: string }>(
    `select table_name as table, row_id as id from row_stamps where ${which} order by version limit $1`,
    parameters,
  );
  const ids = Map.groupBy(waiting, ({ table }) => table);
  const read: LocalRow[] = [];
  for (const [table, rows] of ids) {
    read.push(
      ...(
        await readRows(
          store,
          table,
          rows.map(({ id }) => id),
        )
      ).values(),
    );
  }
  return read.toSorted((a, b) => a.version - b.version);
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

function asLocal(table: SyncedTableName, { id, version, unsent, stamps, columns }: Found): LocalRow {
  const { fields, switches, ...definition } = SYNCED_TABLES[table];
  const names = [...Object.keys(fields), ...switches];
  const values = columns
    ? Object.fromEntries(names.map((name) => [name, columns[columnOf(name)] ?? null]))
    : hidden(definition.spread, stamps);
  return { table, id, version, unsent, row: toMerged(SYNCED_TABLES[table], { values, stamps }) };
}

/** The values of a row that is not shown: all of them stand beside its stamps. */
function hidden(spread: string | undefined, { unknown }: RowStamps): KeptRow['values'] {
  return spread === undefined ? unknown : { [spread]: unknown };
}
