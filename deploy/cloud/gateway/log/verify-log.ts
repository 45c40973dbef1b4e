/** Whether a building's log is as it was chained: what an operator's page or a nightly job asks. */
import { EMPTY_HEAD, type Head } from '@lockerhub/protocol/log/entry.ts';
import { faultOf, KEPT_COLUMNS, type KeptEntry } from '@lockerhub/protocol/log/kept-entry.ts';
import type { Client, Database } from '../database/database.ts';
import { systemSha256 } from './system-sha256.ts';

/** Entries of one read: some 20 ms of hashing. */
const VERIFIED_AT_ONCE = 1_000;

/** `seq`: the first entry at which it is not. */
export type LogVerdict =
  | { readonly kind: 'whole'; readonly head: Head }
  | { readonly kind: 'damaged'; readonly seq: number; readonly detail: string };

export interface VerifyOptions {
  /** A head that was verified or countersigned before; the beginning if absent. */
  readonly from?: Head;
  /** Called behind each page; what it throws ends the check. */
  readonly onPage?: () => Promise<void>;
}

/** Follows the chain to its end, in pages, and compares what is derived from each entry with the entry. */
export async function verifyLog(
  database: Database,
  building: string,
  { from = EMPTY_HEAD, onPage = async () => {} }: VerifyOptions = {},
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
    await onPage();
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
    `select ${KEPT_COLUMNS}
      from log where seq > $1 and seq <= $2 order by seq limit $3`,
    [after, to, VERIFIED_AT_ONCE],
  );
  return rows;
}

function verifyPage(from: Head, page: readonly KeptEntry[]): LogVerdict {
  let head = from;
  for (const kept of page) {
    const fault = faultOf(head, kept, systemSha256);
    if (fault !== null) return damaged(head.seq + 1, fault);
    head = { seq: kept.seq, hash: kept.hash };
  }
  return { kind: 'whole', head };
}

function damaged(seq: number, detail: string): LogVerdict {
  return { kind: 'damaged', seq, detail };
}
