/** Entries that are in the log and take no effect, because their projection fails. The cursor passes them. */
import { ProtocolError } from '@lockerhub/protocol/error.ts';
import { DatabaseError } from 'pg';
import type { Client } from '../database/database.ts';

export interface Quarantined {
  readonly seq: number;
  readonly reason: string;
}

/** The longest reason that is kept. */
const REASON_CHARACTERS = 500;

/**
 * SQLSTATE classes by which Postgres blames what it was given (postgresql.org, appendix A): 22 data exception, 23
 * integrity violation, 54 limit exceeded. Every other error is ours or the database's, and stops the push.
 */
const BLAMES_DATA = ['22', '23', '54'];

/** Whether an entry is to blame for this error, and not the database or our software. */
export function isPoison(error: unknown): boolean {
  if (error instanceof ProtocolError) return true;
  return error instanceof DatabaseError && BLAMES_DATA.some((known) => error.code?.startsWith(known));
}

/** Records them, once each however often they are tried. */
export async function quarantine(
  client: Client,
  entries: readonly Quarantined[],
  nowMs: number,
): Promise<void> {
  if (entries.length === 0) return;
  await client.query(
    `insert into quarantine (seq, reason, at) select seq, reason, $3 from unnest($1::bigint[], $2::text[]) as q (seq, reason)
      on conflict on constraint quarantine_pkey do update set reason = excluded.reason`,
    [
      entries.map(({ seq }) => seq),
      entries.map(({ reason }) => reason.slice(0, REASON_CHARACTERS)),
      Math.floor(nowMs),
    ],
  );
}
