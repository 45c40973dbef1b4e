/**
 * Folds a building's log anew after an upgrade: other projections, or entry types that were unknown when they came. In
 * steps of a transaction each, so that a push waits for one of them at most; a push meanwhile only appends, and the fold
 * comes to its entries in their order. What is folded is kept with the entry that it reaches: whoever goes on, after a
 * crash or in another gateway, goes on from there.
 */
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { PROJECTION_TABLES, PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import type { Client } from '../database/database.ts';
import { deriveAgain } from './entry-row.ts';
import { beginProjections, CLEARING, moveProjected, readProjected } from './projected.ts';
import { quarantine } from './quarantine.ts';
import { takeEffect } from './take-effect.ts';

/** Entries of one step: some 50 ms. */
const FOLDED_AT_ONCE = 500;
/** Rows of each table that one step takes away. */
const CLEARED_AT_ONCE = 2_000;

/** Buildings whose projections are not those of this software, or end before their log; at most `limit`. */
export async function laggingBuildings(client: Client, limit: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from buildings left join projected on projected.building = buildings.id
      where head_seq > 0
        and (version is null or version < $1 or (version = $1 and seq <> head_seq))
      order by id limit $2`,
    [PROJECTION_VERSION, limit],
  );
  return rows.map(({ id }) => id);
}

/** One step, in a transaction that sees the building. True when there is nothing left to fold for this software. */
export async function refoldStep(client: Client, building: string, nowMs: number): Promise<boolean> {
  const headSeq = await lockHead(client, building);
  const { version, seq } = await readProjected(client, building);
  if (version > PROJECTION_VERSION) return true;
  if (version < PROJECTION_VERSION) {
    await moveProjected(client, building, { version: PROJECTION_VERSION, seq: CLEARING });
    return false;
  }
  if (seq === CLEARING) {
    if (!(await clear(client))) await beginProjections(client, building);
    return false;
  }
  if (seq >= headSeq) return true;
  await foldOn(client, building, seq, nowMs);
  return false;
}

async function lockHead(client: Client, building: string): Promise<number> {
  const { rows } = await client.query<{ head_seq: number }>(
    'select head_seq from buildings where id = $1 for no key update',
    [building],
  );
  return rows[0]?.head_seq ?? 0;
}

/** Takes some rows of the projections away; false if there were none left. */
async function clear(client: Client): Promise<boolean> {
  let cleared = 0;
  for (const table of [...PROJECTION_TABLES, 'quarantine']) {
    const { rowCount } = await client.query(
      `delete from ${table} where ctid = any(array(select ctid from ${table} limit ${CLEARED_AT_ONCE}))`,
    );
    cleared += rowCount ?? 0;
  }
  return cleared > 0;
}

async function foldOn(client: Client, building: string, after: number, nowMs: number): Promise<void> {
  const { rows } = await client.query<Entry>(
    'select seq, epoch, salt, payload, hash from log where seq > $1 order by seq limit $2',
    [after, FOLDED_AT_ONCE],
  );
  const quarantined = await takeEffect(client, rows, deriveAgain);
  await quarantine(client, quarantined, nowMs);
  const seq = rows.at(-1)?.seq ?? after;
  await moveProjected(client, building, { version: PROJECTION_VERSION, seq });
}
