/** The store as the hub opens it: on the disk, on a thread of its own, doors first. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import type { Slug } from '@lockerhub/protocol/ids.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { createStore, storeExists } from './create.ts';
import { DiskFloor, type FreeBytes, freeBytesOf } from './disk-floor.ts';
import { PGliteStore } from './pglite-store.ts';
import { startWorker } from './worker-thread.ts';

/** What a store needs. */
export interface StoreOptions {
  /** The hub's data folder; the store keeps `store/`, `store.lock` and `store.reserve` in it. */
  readonly folder: string;
  /** The number of the certificate under which this hub speaks; goes into each entry. */
  readonly epoch: number;
  /** Names this hub in the stamps of the rows that it changes. */
  readonly node: Slug;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Called once if the store can no longer be trusted to answer (a deadline passed, the disk full, the database
   * failed): all calls are refused from then on, and the process must end so that a new one can find out.
   */
  readonly onBroken: (error: StoreError) => void;
  /** Upkeep (a checkpoint, a vacuum) failed and will be tried again: for the hub's log. */
  readonly onWarning: (warning: StoreError) => void;
  /** Progress in plain words: a first start takes seconds. */
  readonly onProgress?: (what: string) => void;
  /** For tests: free space as they like it. */
  readonly freeBytes?: FreeBytes;
}

/**
 * Opens the store in `folder`, creating it at the first start.
 *
 * @throws StoreError `folder-locked`, `folder-unusable`, `schema-newer`, `not-durable`, `log-damaged`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, clock, random, onProgress } = options;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new StoreError('folder-unusable', `store: cannot make the folder ${folder}: ${String(cause)}`, {
      cause,
    });
  });
  const lock = lockFolder(
    join(folder, 'store.lock'),
    (code, what, cause) => new StoreError(code, `store: ${what}`, { cause }),
  );
  try {
    const database = join(folder, 'store');
    if (!storeExists(database)) {
      onProgress?.('creating the store (once, some seconds)');
      await createStore(database);
    }
    const floor = new DiskFloor(
      join(folder, 'store.reserve'),
      options.freeBytes ?? (() => freeBytesOf(folder)),
    );
    await floor.check();
    onProgress?.('opening the store');
    const { thread, head, wal } = await startWorker(
      { folder: database, epoch: options.epoch, node: options.node },
      clock,
    );
    const { onBroken, onWarning } = options;
    return new PGliteStore({
      folder: database,
      thread,
      head,
      wal,
      floor,
      lock,
      clock,
      random,
      onBroken,
      onWarning,
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}
