/** Fills the store of a hub that takes a building over, from the cloud's shapes. */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { WireEntry } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { HubError } from '../error.ts';
import type { Store } from '../store/store.ts';
import type { ShapeRow, ShapeSource } from '../sync/cloud.ts';
import { CloudFault } from '../sync/cloud-fault.ts';
import { Downlink } from '../sync/downlink.ts';

/** Entries of one transaction: some 100 ms. */
const ENTRIES_AT_ONCE = 250;

/**
 * Reads the log up to `head`, where it stands still since the epoch was adopted. Entries may come in any order; they are
 * chained in theirs, and the chain proves that none is missing or was changed. What is there already stays.
 *
 * @throws HubError `replace-refused` if the cloud's log does not end in `head`
 */
export async function hydrateLog(
  store: Store,
  shapes: ShapeSource,
  head: Head,
  onProgress: (what: string) => void,
): Promise<void> {
  const early = new Map<number, Entry>();
  const over = new AbortController();
  const take = async (rows: readonly ShapeRow[]) => {
    for (const entry of rows.map(readEntry)) {
      if (entry.seq > store.head().seq && entry.seq <= head.seq) early.set(entry.seq, entry);
    }
    for (let run = nextRun(early, store.head().seq); run.length > 0; run = nextRun(early, store.head().seq)) {
      await store.append({ payloads: [], imported: run });
      for (const { seq } of run) early.delete(seq);
      onProgress(`log: ${store.head().seq} of ${head.seq} entries`);
    }
    if (store.head().seq >= head.seq) over.abort();
  };
  if (store.head().seq < head.seq) await shapes.follow('log', null, take, over.signal);
  const { seq, hash } = store.head();
  if (seq !== head.seq || hash !== head.hash) {
    throw new HubError('replace-refused', `the cloud’s log ends otherwise than it said (entry ${head.seq})`);
  }
}

/** Reads a table once, whole. Nothing of it goes into the log: it was there before. */
export async function hydrateTable(store: Store, shapes: ShapeSource, table: SyncedTableName): Promise<void> {
  const downlink = new Downlink({
    store,
    log: {
      append: (batch) => store.append(batch),
      record: (_by, _facts, rows = [], beside = {}) => store.append({ payloads: [], rows, ...beside }),
    },
    onArrived: () => {},
  });
  const over = new AbortController();
  await shapes.follow(
    table,
    null,
    async (rows, place, isUpToDate) => {
      await downlink.apply(table, rows, place);
      if (isUpToDate) over.abort();
    },
    over.signal,
  );
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
