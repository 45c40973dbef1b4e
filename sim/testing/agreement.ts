/** The oracle of sync: what hub and cloud hold of one building, field by field and entry by entry. */

import { isDeepStrictEqual } from 'node:util';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { readRows as readLocalRows } from '@lockerhub/hub/sync/local-rows.ts';
import { type RowStamps, toMerged } from '@lockerhub/protocol/sync/merged-row.ts';
import {
  columnOf,
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';

/** The cloud's database as its owner, whom row level security does not bind. */
export interface CloudDatabase {
  sql<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

/** In words, every difference; empty if both agree. */
export async function disagreements(store: Store, cloud: CloudDatabase, building: string): Promise<string[]> {
  const found = await differingEntries(store, cloud, building);
  for (const table of SYNCED_TABLE_NAMES) found.push(...(await differingRows(store, cloud, building, table)));
  return found;
}

async function differingEntries(store: Store, cloud: CloudDatabase, building: string): Promise<string[]> {
  const columns = 'seq, epoch, salt, payload, hash';
  const here = await store.query<{ seq: number }>(`select ${columns} from log order by seq`);
  const there = await cloud.sql<{ seq: string }>(
    `select ${columns} from log where building = $1 order by seq`,
    [building],
  );
  const said = (entry: object | undefined) =>
    entry && JSON.stringify({ ...entry, seq: undefined, epoch: undefined });
  const length = Math.max(here.length, there.length);
  return Array.from({ length }, (_, at) => at).flatMap((at) =>
    said(here[at]) === said(there[at]) ? [] : [`entry ${at + 1} is another one in the cloud`],
  );
}

async function differingRows(
  store: Store,
  cloud: CloudDatabase,
  building: string,
  table: SyncedTableName,
): Promise<string[]> {
  const ids = await store.query<{ id: string }>(
    'select row_id as id from row_stamps where table_name = $1 order by row_id',
    [table],
  );
  const here = await readLocalRows(
    store,
    table,
    ids.map(({ id }) => id),
  );
  const found = await cloud.sql<{ row: Readonly<Record<string, unknown>> }>(
    `select to_jsonb(t) as row from ${table} t where building = $1`,
    [building],
  );
  const there = new Map(found.map(({ row }) => [String(row.id), asMerged(table, row)]));
  return [...new Set([...here.keys(), ...there.keys()])].flatMap((id) => {
    const [local, remote] = [here.get(id)?.row, there.get(id)];
    if (isDeepStrictEqual(local, remote)) return [];
    return [`${table} ${id}: here ${JSON.stringify(local)}, there ${JSON.stringify(remote)}`];
  });
}

function asMerged(table: SyncedTableName, row: Readonly<Record<string, unknown>>) {
  const { fields, switches } = SYNCED_TABLES[table];
  const names = [...Object.keys(fields), ...switches];
  const values = Object.fromEntries(names.map((name) => [name, row[columnOf(name)] ?? null]));
  return toMerged(SYNCED_TABLES[table], { values: values as never, stamps: row.stamps as RowStamps });
}
