/** B1 of `hub/backup/SPEC.md`: a copy that is made file by file while the store is written to. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { freshStoreFolder, type StoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import { openStore } from './open.ts';
import { addFolders, storeFiles } from './store-files.ts';

/** A checkpoint is due when so much was written and nothing is for some seconds (`upkeep.ts`). */
const LULL_MS = 10 * 60_000;
/** Shorter than what the store gives upkeep. */
const STEP_MS = 30_000;

let store: Store;
let made: StoreFolder;
let copy: string;
const clock = new VirtualClock(0);

beforeEach(async () => {
  made = await freshStoreFolder();
  copy = await mkdtemp(join(tmpdir(), 'lockerhub-copied-'));
  store = await openIn(made.folder);
});
afterEach(async () => {
  await store.close();
  await made.remove();
  await rm(copy, { recursive: true });
});

function openIn(folder: string): Promise<Store> {
  const unexpected = (error: StoreError) => {
    throw error;
  };
  const told = { onBroken: unexpected, onWarning: unexpected, freeBytes: async () => 1e12 };
  return openStore({ folder, epoch: 1, node: 'h-1', clock, random: systemRandom, ...told });
}

const started = (): Payload => ({
  at: 1,
  clock: 'trusted',
  by: { kind: 'hub' },
  type: 'hub.started',
  data: { bootId: newId(clock, systemRandom), software: 'test' },
});

/** Writes into two segments of the write-ahead log, and lets time pass in which upkeep would be done. */
async function write(): Promise<void> {
  await store.append({ payloads: [started()] });
  // A checkpoint would remove the segment before.
  await store.query('select pg_switch_wal()');
  await store.append({ payloads: [started()] });
  for (let passedMs = 0; passedMs < LULL_MS; passedMs += STEP_MS) {
    await clock.advance(STEP_MS);
    await store.query('select 1');
  }
}

it('is whole, and up to the moment in which its last part was copied', async () => {
  await store.append({ payloads: [started()] });
  await store.copied(async (folder) => {
    let isFirst = true;
    for await (const path of storeFiles(folder)) {
      await mkdir(dirname(join(copy, 'store', path)), { recursive: true });
      await cp(join(folder, path), join(copy, 'store', path));
      // Behind the first file: what it lacks has to be in a later one. Behind the one that says where to begin: what it
      // names must stay.
      if (isFirst || path === 'global/pg_control') await write();
      isFirst = false;
    }
    await addFolders(join(copy, 'store'));
  });
  const elsewhere = await openIn(copy);
  try {
    expect(elsewhere.head()).toEqual(store.head());
    const [counted] = await elsewhere.query('select count(*)::int as entries from log');
    expect(counted).toEqual({ entries: store.head().seq });
  } finally {
    await elsewhere.close();
  }
}, 240_000);
