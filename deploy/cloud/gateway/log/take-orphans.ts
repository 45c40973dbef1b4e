/** What a fenced hub still held, and never reached the log: kept beside it, for staff. */
import { type Entry, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import type { PushOrphans } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/**
 * Keeps them, as often as they come once each. Those that are in the log after all (the answer to their push was lost)
 * are none. In a transaction that sees the building, for a hub that has enrolled there.
 *
 * @returns how many are new
 * @throws GatewayError `chain-broken` if they do not follow from one another
 */
export async function takeOrphans(client: Client, push: PushOrphans, nowMs: number): Promise<number> {
  requireRun(push.entries);
  const column = (name: keyof Entry) => push.entries.map((entry) => entry[name]);
  const { rowCount } = await client.query(
    `insert into orphans (instance, seq, hash, epoch, salt, payload, taken_at)
      select $1, orphan.*, $7
        from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[])
          as orphan (seq, hash, epoch, salt, payload)
        where not exists (select 1 from log where log.seq = orphan.seq and log.hash = orphan.hash)
      on conflict on constraint orphans_pkey do nothing`,
    [
      push.instance,
      column('seq'),
      column('hash'),
      column('epoch'),
      column('salt'),
      column('payload'),
      Math.floor(nowMs),
    ],
  );
  return rowCount ?? 0;
}

/** What came before the first of them is the fenced hub's secret: it cannot be held against anything. */
function requireRun([first, ...others]: readonly Entry[]): void {
  if (!first) return;
  try {
    verifyChain(first, others);
  } catch (cause) {
    throw new GatewayError('chain-broken', (cause as Error).message, { cause });
  }
}
