/** How entries take effect: all together, or one by one to find the one that cannot. */
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { storable } from '@lockerhub/protocol/log/projections/statement.ts';
import type { Client } from '../database/database.ts';
import { type ReadEntry, readEntry } from './entry-row.ts';
import { fold } from './projected.ts';
import { isPoison, type Quarantined } from './quarantine.ts';

/** What is sent to Postgres at once: it works on one slice while the next is read. */
const SLICE = 250;

/**
 * Lets entries take effect, in order. One whose projection fails takes none, and is named in the answer.
 *
 * @param keep what is done with their rows in `log` before; it must not fail because of what an entry says
 * @throws DatabaseError (pg's) for which no entry is to blame
 */
export async function takeEffect(
  client: Client,
  entries: readonly Entry[],
  keep: (client: Client, entries: readonly ReadEntry[]) => Promise<void>,
): Promise<Quarantined[]> {
  try {
    return await together(client, entries, keep);
  } catch (error) {
    if (!isPoison(error)) throw error;
  }
  await client.query('rollback to savepoint together');
  const quarantined: Quarantined[] = [];
  for (const entry of entries) quarantined.push(...(await alone(client, readEntry(entry), keep)));
  return quarantined;
}

async function together(
  client: Client,
  entries: readonly Entry[],
  keep: Parameters<typeof takeEffect>[2],
): Promise<Quarantined[]> {
  const asked: Promise<unknown>[] = [client.query('savepoint together')];
  const quarantined: Quarantined[] = [];
  for (let from = 0; from < entries.length; from += SLICE) {
    const read = entries.slice(from, from + SLICE).map(readEntry);
    asked.push(keep(client, read), fold(client, read));
    quarantined.push(...read.flatMap(unreadable));
  }
  await Promise.all(asked);
  return quarantined;
}

async function alone(
  client: Client,
  read: ReadEntry,
  keep: Parameters<typeof takeEffect>[2],
): Promise<Quarantined[]> {
  await keep(client, [read]);
  await client.query('savepoint alone');
  try {
    await fold(client, [read]);
    await client.query('release savepoint alone');
    return unreadable(read);
  } catch (error) {
    if (!isPoison(error)) throw error;
    await client.query('rollback to savepoint alone');
    return [{ seq: read.entry.seq, reason: storable((error as Error).message) }];
  }
}

function unreadable({ entry, unreadable: reason }: ReadEntry): Quarantined[] {
  return reason === null ? [] : [{ seq: entry.seq, reason: storable(reason) }];
}
