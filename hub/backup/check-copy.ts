/**
 * Opens a copy of a store as a hub would after a power cut, and says what its log has reached: proof that the copy is
 * one. A process of its own, for what it takes is never given back. Run as `node check-copy.ts <folder> <seq>`.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EMPTY_HEAD, type Entry, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { BASELINE_CODE } from '../store/pglite/baseline-code.ts';
import { openDurable } from '../store/pglite/durable.ts';

/** Of the log, from its end: what a hub verifies at its start. */
const VERIFIED_ENTRIES = 1_000;
/** Recovery on a slow card. */
const CHECK_WITHIN_MS = 300_000;

const Found = z.object({
  head: z.object({ seq: z.int(), hash: z.string() }),
  /** Of the entry that was asked for; null: it is not there. */
  hashAt: z.string().nullable(),
});
export type Found = z.infer<typeof Found>;

/** Checks a copy, which is changed by that. @throws HubError `backup-broken` */
export async function checkCopy(folder: string, seq: number): Promise<Found> {
  const script = fileURLToPath(import.meta.url);
  try {
    const parameters = [...BASELINE_CODE, script, folder, String(seq)];
    const { stdout } = await promisify(execFile)(process.execPath, parameters, { timeout: CHECK_WITHIN_MS });
    return Found.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new HubError('backup-broken', 'a backup was made that does not open; look at the disk', { cause });
  }
}

async function look(folder: string, seq: number): Promise<Found> {
  const { db } = await openDurable(folder);
  const { rows } = await db.query<Entry>(
    'select seq, epoch, salt, payload, hash from log order by seq desc limit $1',
    [VERIFIED_ENTRIES + 1],
  );
  const entries = rows.toReversed();
  const last = entries.at(-1);
  // The oldest that was read is believed, unless it is the log's first.
  const [first, ...rest] = entries;
  if (first?.seq === 1) verifyChain(EMPTY_HEAD, entries);
  else if (first) verifyChain(first, rest);
  const asked = await db.query<{ hash: string }>('select hash from log where seq = $1', [seq]);
  await db.close();
  return {
    head: last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD,
    hashAt: seq === 0 ? EMPTY_HEAD.hash : (asked.rows[0]?.hash ?? null),
  };
}

if (import.meta.main) {
  const [, , folder = '', seq = '0'] = process.argv;
  process.stdout.write(JSON.stringify(await look(folder, Number(seq))));
}
