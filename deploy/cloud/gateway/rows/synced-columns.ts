/** How the synced tables stand in the cloud's database: columns, and the statements that read and write rows of them. */

import { EMPTY_ROW, type MergedRow } from '@lockerhub/protocol/log/field-merge.ts';
import { storable } from '@lockerhub/protocol/log/projections/statement.ts';
import type { Table } from '@lockerhub/protocol/log/projections/table.ts';
import { mergedOfColumns, type RowStamps, toKept } from '@lockerhub/protocol/sync/merged-row.ts';
import {
  columnOf,
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Client } from '../database/database.ts';

/** A row as it is merged, and where it stands. */
export interface PlacedRow {
  readonly table: SyncedTableName;
  readonly id: string;
  readonly row: MergedRow;
}

/** Field → its column and type, without `id` and `stamps`. */
function columnsOf(name: SyncedTableName): readonly { field: string; column: string; type: string }[] {
  const { fields, switches } = SYNCED_TABLES[name];
  return [...Object.entries(fields), ...switches.map((field) => [field, 'boolean'] as const)].map(
    ([field, type]) => ({ field, column: columnOf(field), type }),
  );
}

/** The table as the cloud has it. Any field may be missing: of a removed row, or of one that has come in part. */
export function syncedTable(name: SyncedTableName): Table {
  const columns = columnsOf(name).map(({ column, type }) => [column, type]);
  return {
    name,
    columns: { id: SYNCED_TABLES[name].id, ...Object.fromEntries(columns), stamps: 'jsonb not null' },
    key: ['id'],
    indexes: [],
  };
}

/** What identifies a row among those of all tables. */
export function placeOf({ table, id }: Pick<PlacedRow, 'table' | 'id'>): string {
  return `${table} ${id}`;
}

const READ = SYNCED_TABLE_NAMES.map(
  (name) => `select '${name}' as table_name, id::text as id, to_jsonb(${name}) as kept from ${name}
    where id = any(array(select w.id::${SYNCED_TABLES[name].id} from wanted w where w.table_name = '${name}'))`,
).join('\n  union all ');

/** The rows at these places, in one statement; a place that is empty is missing in the answer. */
export async function readRows(
  client: Client,
  places: readonly Pick<PlacedRow, 'table' | 'id'>[],
): Promise<Map<string, MergedRow>> {
  const { rows } = await client.query<{ table_name: SyncedTableName; id: string; kept: Kept }>({
    name: 'read-rows',
    text: `with wanted as materialized (select * from unnest($1::text[], $2::text[]) as w (table_name, id)) ${READ}`,
    values: [places.map(({ table }) => table), places.map(({ id }) => id)],
  });
  return new Map(
    rows.map(({ table_name: table, id, kept }) => [placeOf({ table, id }), mergedOf(table, kept)]),
  );
}

/** Writes whole rows: those of a table in one statement. */
export async function writeRows(client: Client, rows: readonly PlacedRow[]): Promise<void> {
  const tables = SYNCED_TABLE_NAMES.filter((name) => rows.some(({ table }) => table === name));
  await Promise.all(
    tables.map((table) =>
      client.query({
        name: `write-${table}`,
        text: WRITES[table],
        values: [JSON.stringify(rows.filter((row) => row.table === table).map(keptOf))],
      }),
    ),
  );
}

const WRITES = Object.fromEntries(SYNCED_TABLE_NAMES.map((name) => [name, writeOf(name)])) as {
  readonly [Name in SyncedTableName]: string;
};

function writeOf(name: SyncedTableName): string {
  const { columns } = syncedTable(name);
  const names = Object.keys(columns);
  const types = Object.entries(columns).map(([column, type]) => `${column} ${type.replace(' not null', '')}`);
  const changes = names.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`);
  return `insert into ${name} (${names.join(', ')})
    select * from jsonb_to_recordset($1::jsonb) as given (${types.join(', ')})
    on conflict on constraint ${name}_pkey do update set ${changes.join(', ')}`;
}

/** Column → value, as `to_jsonb` gives it. */
type Kept = Readonly<Record<string, MergedRow['fields'][string]['value']>>;

function keptOf({ table, id, row }: PlacedRow): Kept {
  const { values, stamps } = toKept(SYNCED_TABLES[table], row);
  const columns = columnsOf(table).map(({ field, column }) => [column, values[field] ?? null]);
  return { id, ...Object.fromEntries(columns), stamps: stamps as unknown as Kept[string] };
}

function mergedOf(table: SyncedTableName, kept: Kept): MergedRow {
  // What stands there was written by `keptOf` alone.
  return mergedOfColumns(SYNCED_TABLES[table], kept, kept.stamps as unknown as RowStamps);
}

/** The row with texts that Postgres can store. What it cannot, no hub's store has either. */
export function storableRow(row: MergedRow): MergedRow {
  const fields = Object.entries(row.fields).map(([name, { value, stamp }]) => [
    name,
    { value: storableJson(value), stamp },
  ]);
  return { ...EMPTY_ROW, ...row, fields: Object.fromEntries(fields) };
}

function storableJson(value: MergedRow['fields'][string]['value']): typeof value {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storableJson(part)]));
}
