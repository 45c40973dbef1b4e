/**
 * Keeps Postgres from ever meeting a full disk: once it fails to make a WAL segment, its next statement hangs for
 * good. Below a floor new deposits are refused; pickups then live on a reserve that is given free at that moment.
 */
import { open, rm, stat, statfs } from 'node:fs/promises';
import { StoreError } from '../store-error.ts';

const MEGABYTE = 1024 * 1024;
/** What is set aside. 64 MB: four WAL segments, or some ten thousand pickups. */
export const RESERVE_BYTES = 64 * MEGABYTE;
/** Free space (beside the reserve) below which deposits stop: 64 MB and one WAL segment of 16 MB. */
export const FLOOR_BYTES = 80 * MEGABYTE;
/** Deposits begin again, with a new reserve, only well above the floor, so that the state does not flutter. */
export const RECOVERED_BYTES = FLOOR_BYTES + RESERVE_BYTES + 64 * MEGABYTE;

export type DiskState = 'ok' | 'low';

/** What to do at some free space: pure. `freeBytes` counts what is free now, beside a reserve that exists. */
export function judgeDisk(
  state: DiskState,
  freeBytes: number,
): { state: DiskState; reserve: 'keep' | 'release' | 'make' } {
  if (freeBytes < FLOOR_BYTES) return { state: 'low', reserve: 'release' };
  if (state === 'ok') return { state, reserve: 'make' };
  return freeBytes >= RECOVERED_BYTES ? { state: 'ok', reserve: 'make' } : { state, reserve: 'keep' };
}

/** Where free space is looked up; a test hands in a number. */
export type FreeBytes = () => Promise<number>;

/** Bytes that this process may still write where `folder` is. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The reserve file at `path` and the state of the disk that it lies on. */
export class DiskFloor {
  readonly #path: string;
  readonly #freeBytes: FreeBytes;
  #state: DiskState = 'ok';

  constructor(path: string, freeBytes: FreeBytes) {
    this.#path = path;
    this.#freeBytes = freeBytes;
  }

  state(): DiskState {
    return this.#state;
  }

  /**
   * Looks at the disk and makes or releases the reserve.
   *
   * @throws StoreError `folder-unusable` if neither can be done.
   */
  async check(): Promise<DiskState> {
    try {
      const verdict = judgeDisk(this.#state, await this.#freeBytes());
      this.#state = verdict.state;
      if (verdict.reserve === 'release') await rm(this.#path, { force: true });
      if (verdict.reserve === 'make') await this.#make();
      return this.#state;
    } catch (cause) {
      throw new StoreError(
        'folder-unusable',
        `store: cannot keep the reserve ${this.#path}: ${String(cause)}`,
        {
          cause,
        },
      );
    }
  }

  /** Random bytes, really written: holes and compressed zeros would reserve nothing. */
  async #make(): Promise<void> {
    const size = await stat(this.#path).then(
      (found) => found.size,
      () => 0,
    );
    if (size === RESERVE_BYTES) return;
    const piece = crypto.getRandomValues(new Uint8Array(64 * 1024));
    const file = await open(this.#path, 'w', 0o600);
    try {
      for (let written = 0; written < RESERVE_BYTES; written += piece.length) await file.write(piece);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
