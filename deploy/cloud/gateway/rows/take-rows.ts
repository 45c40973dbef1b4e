/** Rows of a hub are merged into the cloud's: in whatever order, however often, however split they come. */
import { canonicalJson } from '@lockerhub/protocol/log/canonical.ts';
import { EMPTY_ROW, type MergedRow, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import { type Restamp, restampRow, stampKey, stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import type { FieldStamp } from '@lockerhub/protocol/log/stamp.ts';
import type { PushRows, WireRow } from '@lockerhub/protocol/sync/hub-messages.ts';
import { SYNCED_TABLE_NAMES, SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import { z } from 'zod';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { restampsFor } from './restamps.ts';
import { type PlacedRow, placeOf, readRows, storableRow, writeRows } from './synced-columns.ts';

/**
 * Takes rows, in a transaction that sees the building and holds its lock, for the hub that speaks for it.
 *
 * @param nowMs the gateway's wall clock
 * @returns Stamps in these rows that run ahead, and what stands in their place; the hub replaces them too, and merges
 *   the rows in which they were, as they are here
 * @throws GatewayError `request-invalid` for an id that the table cannot hold; then the transaction must be undone
 */
export async function takeRows(
  client: Client,
  building: string,
  sent: Readonly<PushRows['rows']>,
  nowMs: number,
): Promise<TakenRows> {
  const given = sent.filter(isOfKnownTable);
  const unknownTables = [...new Set(sent.filter((row) => !isOfKnownTable(row)).map(({ table }) => table))];
  for (const row of given) requireId(row);
  const restamps = await restampsFor(
    client,
    building,
    given.flatMap(({ row }) => stampsOf(row)),
    nowMs,
  );
  const place = (stamp: FieldStamp) => restamps.get(stampKey(stamp))?.to ?? stamp;
  const rows = await mergeInto(
    client,
    given.map(({ table, id, row }) => ({ table, id, row: restampRow(storableRow(row), place) })),
  );
  const merged = given
    .filter(({ row }) => stampsOf(row).some((stamp) => restamps.has(stampKey(stamp))))
    .map(({ table, id }) => ({ table, id, row: rows.get(placeOf({ table, id })) ?? EMPTY_ROW }));
  return { restamped: [...restamps.values()], merged, unknownTables };
}

function isOfKnownTable(row: PushRows['rows'][number]): row is WireRow {
  return SYNCED_TABLE_NAMES.some((name) => name === row.table);
}

export interface TakenRows {
  readonly restamped: readonly Restamp[];
  readonly merged: readonly WireRow[];
  /** Whose rows were left where they are: the hub's software is newer. */
  readonly unknownTables: readonly string[];
}

/** Merges rows into those that are there, and returns all of them as they then are. */
export async function mergeInto(
  client: Client,
  given: readonly PlacedRow[],
): Promise<ReadonlyMap<string, MergedRow>> {
  const places = new Map(given.map((row) => [placeOf(row), row]));
  const before = await readRows(client, [...places.values()]);
  const merged = new Map(before);
  for (const row of given) {
    const known = merged.get(placeOf(row)) ?? EMPTY_ROW;
    merged.set(placeOf(row), mergeRows(known, row.row, SYNCED_TABLES[row.table].personal));
  }
  const changed = [...places].flatMap(([key, { table, id }]) => {
    const row = merged.get(key) ?? EMPTY_ROW;
    const known = before.get(key);
    // What is not written goes down to no hub.
    return known !== undefined && canonicalJson(known) === canonicalJson(row) ? [] : [{ table, id, row }];
  });
  await writeRows(client, changed);
  return merged;
}

/** @throws GatewayError `request-invalid` */
export function requireId({ table, id }: Pick<PlacedRow, 'table' | 'id'>): void {
  if (SYNCED_TABLES[table].id === 'text' ? !id.includes('\u0000') : LOWER_UUID.safeParse(id).success) return;
  throw new GatewayError('request-invalid', `${table}: ${id} is no id of such a row`, { where: 'id' });
}

/** Another spelling of an id would be another row for the merge and the same one for Postgres. */
const LOWER_UUID = z.uuid().lowercase();
