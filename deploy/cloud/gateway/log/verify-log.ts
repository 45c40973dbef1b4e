/** Whether a building's log is as it was chained: what an operator's page or a nightly job asks. */
import { canonicalJson } from '@lockerhub/protocol/log/canonical.ts';
import { EMPTY_HEAD, type Entry, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { logRow } from '@lockerhub/protocol/log/projections/log.ts';
import type { Client, Database } from '../database/database.ts';
import { systemSha256 } from './system-sha256.ts';

/** Entries of one read: some 20 ms of hashing. */
const VERIFIED_AT_ONCE = 1_000;

/** `seq`: the first entry at which it is not. */
export type LogVerdict =
  | { readonly kind: 'whole'; readonly head: Head }
  | { readonly kind: 'damaged'; readonly seq: number; readonly detail: string };

type KeptEntry = Entry & {
  readonly type: string;
  readonly at: number;
  readonly clock: string;
  readonly subject: string | null;
  /** jsonb as text. */
  readonly data: string | null;
};

/**
 * Follows the chain from `from` (the beginning, or a head that was verified or countersigned before) to its end, in
 * pages, and compares what is derived from each entry with the entry.
 */
export async function verifyLog(
  database: Database,
  building: string,
  from: Head = EMPTY_HEAD,
): Promise<LogVerdict> {
  // Read first: entries that come meanwhile lie behind it.
  const end = await database.asBuilding(building, (client) => readHead(client, building));
  let head = from;
  while (head.seq < end.seq) {
    const page = await database.asBuilding(building, (client) => readPage(client, head.seq, end.seq));
    if (page.length === 0) return damaged(head.seq + 1, `the log ends here, and should reach ${end.seq}`);
    const verdict = verifyPage(head, page);
    if (verdict.kind === 'damaged') return verdict;
    head = verdict.head;
  }
  if (head.seq === end.seq && head.hash !== end.hash) {
    return damaged(head.seq, 'its last entry is not the one that the building’s head names');
  }
  return { kind: 'whole', head };
}

async function readHead(client: Client, building: string): Promise<Head> {
  const { rows } = await client.query<Head>(
    'select head_seq as seq, head_hash as hash from buildings where id = $1',
    [building],
  );
  return rows[0] ?? EMPTY_HEAD;
}

async function readPage(client: Client, after: number, to: number): Promise<KeptEntry[]> {
  const { rows } = await client.query<KeptEntry>(
    `select seq, epoch, salt, payload, hash, type, at, clock, subject, data::text as data
      from log where seq > $1 and seq <= $2 order by seq limit $3`,
    [after, to, VERIFIED_AT_ONCE],
  );
  return rows;
}

function verifyPage(from: Head, page: readonly KeptEntry[]): LogVerdict {
  let head = from;
  for (const kept of page) {
    try {
      head = verifyChain(head, [kept], systemSha256);
    } catch (error) {
      return damaged(head.seq + 1, (error as Error).message);
    }
    const different = differsFrom(kept);
    if (different !== null)
      return damaged(kept.seq, `its column ${different} does not say what the entry says`);
  }
  return { kind: 'whole', head };
}

/** The derived column that was changed; null: none. An entry without `data` was not read yet, and says nothing. */
function differsFrom(kept: KeptEntry): string | null {
  if (kept.data === null) return null;
  const [, , , , , type, at, clock, subject, data] = logRow(kept, decodePayload(kept.payload));
  if (kept.type !== type) return 'type';
  if (kept.at !== at) return 'at';
  if (kept.clock !== clock) return 'clock';
  if (kept.subject !== subject) return 'subject';
  return isSameJson(kept.data, data) ? null : 'data';
}

function isSameJson(kept: string, derived: unknown): boolean {
  // jsonb keeps no order of keys.
  return (
    typeof derived === 'string' && canonicalJson(JSON.parse(kept)) === canonicalJson(JSON.parse(derived))
  );
}

function damaged(seq: number, detail: string): LogVerdict {
  return { kind: 'damaged', seq, detail };
}
