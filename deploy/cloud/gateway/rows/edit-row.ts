/** An operator changes a row of a building, as staff there could; both merge. */
import {
  EMPTY_ROW,
  fieldChange,
  type MergedRow,
  mergeRows,
  switchOff,
  switchOn,
} from '@lockerhub/protocol/log/field-merge.ts';
import { stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import { type FieldStamp, laterStamp, nextStamp } from '@lockerhub/protocol/log/stamp.ts';
import {
  fits,
  SYNCED_TABLES,
  type SyncedTable,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { GATEWAY_NODE, readLastStamp, writeLastStamp } from './restamps.ts';
import { placeOf, readRows, storableRow } from './synced-columns.ts';
import { mergeInto, requireId } from './take-rows.ts';

/** What is to be changed; a row that is not there is made of it. */
export interface RowChanges {
  readonly fields?: Readonly<Record<string, MergedRow['fields'][string]['value']>>;
  readonly switches?: Readonly<Record<string, boolean>>;
  /** For good. */
  readonly removed?: true;
  /** Its personal fields, for good. */
  readonly erased?: true;
}

/**
 * Changes a row, in a transaction that sees the building and holds its lock. The change is later than everything that the
 * row says: whoever made it has seen that. Who did it is for the caller to write down.
 *
 * @param nowMs the gateway's wall clock
 * @returns The row as it then is
 * @throws GatewayError `request-invalid` for what no operator may write; `not-found` for a row that was removed
 */
export async function editRow(
  client: Client,
  building: string,
  {
    table,
    id,
    changes,
  }: { readonly table: SyncedTableName; readonly id: string; readonly changes: RowChanges },
  nowMs: number,
): Promise<MergedRow> {
  requireId({ table, id });
  requireAllowed(table, changes);
  const place = placeOf({ table, id });
  const known = (await readRows(client, [{ table, id }])).get(place) ?? EMPTY_ROW;
  if (known.removed !== null) throw new GatewayError('not-found', `${place} was removed, which is for good`);
  const last = await readLastStamp(client, building);
  const seen = [...stampsOf(known), ...(last === null ? [] : [last])];
  const stamp = nextStamp(seen.length === 0 ? null : seen.reduce(laterStamp), nowMs, GATEWAY_NODE);
  await writeLastStamp(client, building, stamp);
  const row = changeOf(changes, known, stamp);
  return (await mergeInto(client, [{ table, id, row: storableRow(row) }])).get(place) ?? EMPTY_ROW;
}

function changeOf(
  { fields, switches, removed, erased }: RowChanges,
  known: MergedRow,
  stamp: FieldStamp,
): MergedRow {
  return [
    ...Object.entries(fields ?? {}).map(([name, value]) => fieldChange(name, value, stamp)),
    ...Object.entries(switches ?? {}).map(([name, on]) =>
      on ? switchOn(name, stamp) : switchOff(name, known),
    ),
    ...(removed ? [{ ...EMPTY_ROW, removed: stamp }] : []),
    ...(erased ? [{ ...EMPTY_ROW, erased: stamp }] : []),
  ].reduce((a, b) => mergeRows(a, b, []), EMPTY_ROW);
}

function requireAllowed(name: SyncedTableName, { fields, switches }: RowChanges): void {
  const table: SyncedTable = SYNCED_TABLES[name];
  if (table.writer !== 'both') throw refused(name, 'only its hub changes these rows');
  for (const [field, value] of Object.entries(fields ?? {})) {
    const isAllowed = table.spread === undefined ? fits(table.fields[field], value) : SETTING.test(field);
    if (!isAllowed) throw refused(`${name}.${field}`, 'there is no such field, or the value does not fit it');
  }
  for (const name_ of Object.keys(switches ?? {})) {
    if (!table.switches.includes(name_)) throw refused(`${name}.${name_}`, 'there is no such switch');
  }
}

/** As `protocol/log/field-merge.ts` takes the names of fields. */
const SETTING = /^[a-z][A-Za-z0-9]{0,39}$/;

function refused(where: string, why: string): GatewayError {
  return new GatewayError('request-invalid', `${where}: ${why}`, { where });
}
