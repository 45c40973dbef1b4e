/** Fills the store of a hub that takes a building over, from the cloud's shapes. */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { WireEntry } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { HubError } from '../error.ts';
import type { Log, Store } from '../store/store.ts';
import type { ShapeRow, ShapeSource } from '../sync/cloud.ts';
import { CloudFault } from '../sync/cloud-fault.ts';
import { Downlink } from '../sync/downlink.ts';

/** Entries of one transaction: some 100 ms. */
const ENTRIES_AT_ONCE = 250;
/** Rows of one transaction: some 100 ms, and one way to the disk for all of them. The hub does not listen yet. */
const ROWS_AT_ONCE = 1_000;
/** Entries that came before their turn and are kept, 16 KiB each at most; for those beyond it the shape is read again. */
const EARLY_ENTRIES = 2_000;

/**
 * Reads the log up to `head`, where it stands still since the epoch was adopted. Entries may come in any order; they are
 * chained in theirs, and the chain proves that none is missing or was changed. What is there already stays.
 *
 * @throws HubError `replace-refused` if the cloud's log does not end in `head`
 */
export async function hydrateLog(
  store: Pick<Log, 'append' | 'head'>,
  shapes: ShapeSource,
  head: Head,
  onProgress: (what: string) => void,
): Promise<void> {
  while (store.head().seq < head.seq) await readLogOnce(store, shapes, head, onProgress);
  const { seq, hash } = store.head();
  if (seq !== head.seq || hash !== head.hash) {
    throw new HubError('replace-refused', `the cloud’s log ends otherwise than it said (entry ${head.seq})`);
  }
}

/** Reads the shape until the log is whole, or until all of it was read and some had to be let go. */
async function readLogOnce(
  store: Pick<Log, 'append' | 'head'>,
  shapes: ShapeSource,
  head: Head,
  onProgress: (what: string) => void,
): Promise<void> {
  const early = new Map<number, Entry>();
  let isAnyLost = false;
  const over = new AbortController();
  const take = async (rows: readonly ShapeRow[], _place: unknown, isUpToDate: boolean) => {
    for (const entry of rows.map(readEntry)) {
      if (entry.seq > store.head().seq && entry.seq <= head.seq) early.set(entry.seq, entry);
    }
    for (let run = nextRun(early, store.head().seq); run.length > 0; run = nextRun(early, store.head().seq)) {
      await store.append({ payloads: [], imported: run });
      for (const { seq } of run) early.delete(seq);
      onProgress(`log: ${store.head().seq} of ${head.seq} entries`);
    }
    isAnyLost = letLatestGo(early) || isAnyLost;
    // Those that are not there yet come as they are published; those that were let go come only from the start.
    if (store.head().seq >= head.seq || (isUpToDate && isAnyLost)) over.abort();
  };
  await shapes.follow('log', null, take, over.signal);
}

/** Keeps as many as may be, those whose turn comes first. Whether one had to go. */
function letLatestGo(early: Map<number, Entry>): boolean {
  const latest = [...early.keys()].toSorted((a, b) => a - b).slice(EARLY_ENTRIES);
  for (const seq of latest) early.delete(seq);
  return latest.length > 0;
}

/** Reads a table once, whole. Nothing of it goes into the log: it was there before. */
export async function hydrateTable(store: Store, shapes: ShapeSource, table: SyncedTableName): Promise<void> {
  const downlink = new Downlink({
    store,
    log: {
      append: (batch) => store.append(batch),
      merge: (into, arrival) => into.merge({ ...arrival, stamp: null }),
    },
    onArrived: () => {},
    rowsAtOnce: ROWS_AT_ONCE,
  });
  const over = new AbortController();
  // The next rows are read while these are written, and no more than those.
  let writing = Promise.resolve();
  const faults: unknown[] = [];
  await shapes.follow(
    table,
    null,
    async (rows, place, isUpToDate) => {
      await writing;
      if (faults.length > 0) return;
      writing = downlink.apply(table, rows, place).catch((error: unknown) => {
        faults.push(error);
        over.abort();
      });
      if (isUpToDate) over.abort();
    },
    over.signal,
  );
  await writing;
  if (faults.length > 0) throw faults[0];
}

function nextRun(early: ReadonlyMap<number, Entry>, after: number): Entry[] {
  const run: Entry[] = [];
  for (let entry = early.get(after + 1); entry && run.length < ENTRIES_AT_ONCE; ) {
    run.push(entry);
    entry = early.get(entry.seq + 1);
  }
  return run;
}

function readEntry(row: ShapeRow): Entry {
  const { salt, payload, hash } = row;
  const parsed = WireEntry.safeParse({ seq: Number(row.seq), epoch: Number(row.epoch), salt, payload, hash });
  if (parsed.success) return parsed.data;
  throw new CloudFault('answer-invalid', 'an entry came from the cloud that is none', {
    cause: parsed.error,
  });
}
