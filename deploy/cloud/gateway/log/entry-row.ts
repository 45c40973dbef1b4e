/** How entries get into the table `log`, many at once. */
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload, type Payload, type UnknownPayload } from '@lockerhub/protocol/log/payload.ts';
import { LOG_TABLE, logRow } from '@lockerhub/protocol/log/projections/log.ts';
import type { Parameter } from '@lockerhub/protocol/log/projections/statement.ts';
import type { Client } from '../database/database.ts';

/** An entry with what its payload says; a reason where that cannot be told. */
export interface ReadEntry {
  readonly entry: Entry;
  readonly payload: Payload | UnknownPayload;
  /** Why it stays out of the projections; null: it does not. */
  readonly unreadable: string | null;
}

const COLUMNS = Object.entries(LOG_TABLE.columns).map(([name, type]) => ({
  name,
  type: type.replace(' not null', ''),
}));

const INSERT = `insert into log (${COLUMNS.map(({ name }) => name).join(', ')})
  select * from unnest(${COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ')})`;

/** What an entry's row says of a payload that is none: it is kept all the same. */
const UNREADABLE: UnknownPayload = {
  type: 'unknown',
  name: 'unreadable',
  at: 0,
  clock: 'untrusted',
  by: { kind: 'hub' },
};

/** Reads an entry; one that cannot be read is no error here, for the chain holds it already. */
export function readEntry(entry: Entry): ReadEntry {
  try {
    return { entry, payload: decodePayload(entry.payload), unreadable: null };
  } catch (error) {
    return { entry, payload: UNREADABLE, unreadable: (error as Error).message };
  }
}

/** Appends the rows of entries, in one statement. */
export async function insertEntries(client: Client, entries: readonly ReadEntry[]): Promise<void> {
  const rows = entries.map(({ entry, payload }) => logRow(entry, payload));
  const columns: Parameter[][] = COLUMNS.map((_, index) => rows.map((row) => row[index] ?? null));
  await client.query({ name: 'append', text: INSERT, values: columns });
}

/**
 * Brings the derived columns of entries that the log holds to what this software reads in them: those whose type was
 * unknown when they came.
 */
export async function deriveAgain(client: Client, entries: readonly ReadEntry[]): Promise<void> {
  const rows = entries.map(({ entry, payload }) => logRow(entry, payload));
  const column = (name: string) =>
    rows.map((row) => row[COLUMNS.findIndex((known) => known.name === name)] ?? null);
  await client.query({
    name: 'derive-again',
    text: `update log set type = read.type, at = read.at, clock = read.clock, subject = read.subject, data = read.data
      from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[])
        as read (seq, type, at, clock, subject, data)
      where log.seq = read.seq and log.data is null and read.data is not null`,
    values: ['seq', 'type', 'at', 'clock', 'subject', 'data'].map(column),
  });
}
