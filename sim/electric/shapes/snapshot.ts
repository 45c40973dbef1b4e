/** Reads the rows of a shape as they stand at one moment. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { parseLsn } from '../offset.ts';
import { badRequest } from '../requests/refusal.ts';
import type { Database } from '../tables/database.ts';
import { quoteName, quoteTable, type Row } from '../tables/table.ts';
import { whereSql } from '../where/sql.ts';
import type { ShapeDefinition } from './definition.ts';
import { snapshotMessage } from './messages.ts';
import { CHUNK_BYTES, type Snapshot } from './shape.ts';
import { parseSnapshot, type SnapshotMark } from './visibility.ts';

const ROWS_AT_ONCE = 5_000;

const markRow = z.tuple([z.object({ snapshot: z.string(), lsn: z.string() })]);

/**
 * Takes a snapshot in one transaction of its own (`REPEATABLE READ`): rows and mark are of the same moment.
 *
 * @param maxBytes More is a `BadRequest`: the stand-in keeps shapes in memory.
 */
export async function takeSnapshot(
  database: Database,
  definition: ShapeDefinition,
  maxBytes: number,
): Promise<Snapshot> {
  return database.inTransaction('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
    // The first query takes the snapshot; the place in the log is looked at after that.
    const { rows } = await client.query(
      'SELECT pg_current_snapshot()::text AS snapshot, pg_current_wal_insert_lsn()::text AS lsn',
    );
    const [{ snapshot, lsn }] = markRow.parse(rows);
    const mark = parseSnapshot(snapshot, parseLsn(lsn));
    const chunks = new Chunks(maxBytes);
    if (definition.log === 'full')
      await readRows(client, definition, (row) => chunks.add(snapshotMessage(definition, row)));
    chunks.add(snapshotEnd(mark));
    return { mark, chunks: chunks.finished() };
  });
}

async function readRows(
  client: PoolClient,
  definition: ShapeDefinition,
  onRow: (row: Row) => void,
): Promise<void> {
  const { table, where } = definition;
  const names = table.columns.map(({ name }) => name);
  // As text, like changes: but a boolean is written out here (`true`), and as a letter there (`t`), as with Electric.
  const columns = names.map((name) => `${quoteName(name)}::text`).join(', ');
  const filter = where ? ` WHERE ${whereSql(where, table)}` : '';
  await client.query(
    `DECLARE shape NO SCROLL CURSOR FOR SELECT ${columns} FROM ONLY ${quoteTable(table)}${filter}`,
  );
  for (;;) {
    const result = await client.query<(string | null)[]>({
      text: `FETCH ${ROWS_AT_ONCE} FROM shape`,
      rowMode: 'array',
    });
    for (const values of result.rows) {
      onRow(Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])));
    }
    if (result.rows.length < ROWS_AT_ONCE) return;
  }
}

function snapshotEnd({ xmin, xmax, xip }: SnapshotMark): string {
  return JSON.stringify({
    headers: { control: 'snapshot-end', xmin: `${xmin}`, xmax: `${xmax}`, xip_list: xip.map(String) },
  });
}

/** Messages in JSON, put together to answers as large as Electric's. */
class Chunks {
  readonly #maxBytes: number;
  readonly #finished: string[] = [];
  #open: string[] = [];
  #openBytes = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(message: string): void {
    const bytes = Buffer.byteLength(message) + 1;
    this.#open.push(message);
    this.#openBytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes) {
      const mib = Math.round(this.#maxBytes / 1024 / 1024);
      throw badRequest(
        'table',
        `The rows take more than the ${mib} MiB that the stand-in keeps of one shape`,
      );
    }
    if (this.#openBytes >= CHUNK_BYTES) this.#close();
  }

  finished(): readonly string[] {
    if (this.#open.length > 0) this.#close();
    return this.#finished;
  }

  #close(): void {
    this.#finished.push(this.#open.join(','));
    this.#open = [];
    this.#openBytes = 0;
  }
}
