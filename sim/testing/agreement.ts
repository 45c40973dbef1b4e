/** The oracle of sync: what hub and cloud hold of one building, field by field and entry by entry. */

import { isDeepStrictEqual } from 'node:util';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { readRows as readLocalRows } from '@lockerhub/hub/sync/local-rows.ts';
import { canonicalJson } from '@lockerhub/protocol/log/canonical.ts';
import { PROJECTION_TABLES } from '@lockerhub/protocol/log/projections/project.ts';
import { mergedOfColumns, type RowStamps } from '@lockerhub/protocol/sync/merged-row.ts';
import {
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';

/** The cloud's database as its owner, whom row level security does not bind. */
export interface CloudDatabase {
  sql<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

/** In words, every difference; empty if both agree. */
export async function disagreements(
  store: Pick<Store, 'query'>,
  cloud: CloudDatabase,
  building: string,
): Promise<string[]> {
  const found = await differingEntries(store, cloud, building);
  for (const table of SYNCED_TABLE_NAMES) found.push(...(await differingRows(store, cloud, building, table)));
  for (const table of PROJECTION_TABLES)
    found.push(...(await differingEffects(store, cloud, building, table)));
  return found;
}

/** What the entries did: one that took effect twice, or not at all, shows here though both logs are the same. */
async function differingEffects(
  store: Pick<Store, 'query'>,
  cloud: CloudDatabase,
  building: string,
  table: string,
): Promise<string[]> {
  type Found = { readonly row: unknown };
  const here = await store.query<Found>(`select to_jsonb(t) as row from ${table} t`);
  const there = await cloud.sql<Found>(
    `select to_jsonb(t) - 'building' as row from ${table} t where building = $1`,
    [building],
  );
  const texts = (rows: readonly Found[]) => new Set(rows.map(({ row }) => canonicalJson(row)));
  const [local, remote] = [texts(here), texts(there)];
  return [
    ...[...local].filter((row) => !remote.has(row)).map((row) => `${table}: only here ${row}`),
    ...[...remote].filter((row) => !local.has(row)).map((row) => `${table}: only in the cloud ${row}`),
  ];
}

async function differingEntries(
  store: Pick<Store, 'query'>,
  cloud: CloudDatabase,
  building: string,
): Promise<string[]> {
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
  store: Pick<Store, 'query'>,
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
  return mergedOfColumns(SYNCED_TABLES[table], row as never, row.stamps as RowStamps);
}
