/** Sees to it that the changes of a table come over replication, whole. */
import { z } from 'zod';
import type { Database } from './database.ts';
import { quoteName, quoteTable, type Table } from './table.ts';

/** A writer that holds the table for longer makes the request fail (503); the client comes again. */
const LOCK_WITHIN_MS = 10_000;

const status = z.array(z.object({ full: z.boolean(), published: z.boolean() }));

const STATUS = `
  SELECT c.relreplident = 'f' AS full,
    EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
      WHERE p.pubname = $1 AND r.prrelid = c.oid) AS published
  FROM pg_class c WHERE c.oid::int8 = $2`;

/**
 * Publishes a table with whole old rows (`REPLICA IDENTITY FULL`, as Electric does): without them it could not be told
 * which rows leave a filter.
 *
 * Both are changed under the table's exclusive lock. So no transaction that wrote to it before, unpublished, can commit
 * after the snapshot that follows: its changes would be in neither.
 */
export async function publishTable(database: Database, publication: string, table: Table): Promise<void> {
  const [now] = status.parse(await database.rows(STATUS, [publication, table.oid]));
  if (!now || (now.full && now.published)) return;
  await database.inTransaction('', async (client) => {
    await client.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    await client.query(`LOCK TABLE ${quoteTable(table)} IN ACCESS EXCLUSIVE MODE`);
    if (!now.full) await client.query(`ALTER TABLE ${quoteTable(table)} REPLICA IDENTITY FULL`);
    const again = await client.query(STATUS, [publication, table.oid]);
    const [fresh] = status.parse(again.rows);
    if (fresh && !fresh.published) {
      await client.query(`ALTER PUBLICATION ${quoteName(publication)} ADD TABLE ONLY ${quoteTable(table)}`);
    }
  });
}

/** Makes the publication if there is none; which tables it has is added as shapes ask for them. */
export async function ensurePublication(database: Database, publication: string): Promise<void> {
  const found = await database.rows('SELECT FROM pg_publication WHERE pubname = $1', [publication]);
  if (found.length === 0) await database.rows(`CREATE PUBLICATION ${quoteName(publication)}`);
}
