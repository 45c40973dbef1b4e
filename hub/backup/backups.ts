/** Backups of the whole hub: made each day, looked into at once, kept by `retention.ts`. See SPEC.md. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { HubCommand } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import type { CloudAddress } from '../recovery/cloud-standing.ts';
import { addFolders, storeFiles } from '../store/pglite/store-files.ts';
import type { Store } from '../store/store.ts';
import { SOFTWARE } from '../version.ts';
import { BACKUP_SUFFIX, readHeader, unpackBackup, writeBackup } from './backup-file.ts';
import { checkCopy } from './check-copy.ts';
import { superfluous } from './retention.ts';

/** How often it is looked whether one is due. */
const LOOK_EVERY_MS = 10 * 60_000;
const EVERY_MS = 24 * 3600_000;
/** After a failure, such as a stick that was pulled out. */
const AGAIN_AFTER_MS = 60 * 60_000;

export interface BackupsOptions {
  /** Where they go: a folder that is there, on another disk if it is to help. Undefined: none are made. */
  readonly folder: string | undefined;
  /** The hub's own, for the copy that is looked into. */
  readonly dataFolder: string;
  readonly store: Store;
  readonly head: () => Head;
  readonly epoch: number;
  /** The building's short name; undefined before it was set up. */
  readonly building: () => string | undefined;
  /** The sealed keyring, and `recovery.json` as it is kept; null before the first recovery key was made. */
  readonly sealed: () => { readonly envelope: string; readonly kept: string } | null;
  /** The cloud that the building belongs to; null: none. */
  readonly cloud: () => CloudAddress | null;
  /** Opens the case that one could not be made, and closes it once one was. */
  readonly execute: (
    command: Extract<HubCommand, { type: 'backup-failed' | 'backup-made' }>,
  ) => Promise<unknown>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Made {
  readonly file: string;
  readonly madeAtMs: number;
  readonly bytes: number;
  readonly seq: number;
}

export class Backups {
  readonly #options: BackupsOptions;
  #timer: Timer | undefined;
  #making: Promise<Made> | undefined;
  #failure: { readonly atMs: number; readonly sinceMs: number; readonly message: string } | null = null;
  #stopped = false;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.folder !== undefined) this.#lookLater();
  }

  /** Waits for one that is being made: a copy cut short is thrown away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#making?.catch(() => {
      // Said and kept by `make`.
    });
  }

  /** What there is, newest first. */
  async view(): Promise<BackupsView> {
    const { folder } = this.#options;
    const backups = folder === undefined ? [] : await this.#there(folder).catch(() => []);
    return {
      folder: folder ?? null,
      making: this.#making !== undefined,
      failure: this.#failure && { at: this.#failure.atMs, message: this.#failure.message },
      backups: backups.map(({ file, madeAtMs, bytes, seq }) => ({ file, madeAt: madeAtMs, bytes, seq })),
    };
  }

  /**
   * Makes one now and looks into it; one that is being made already is waited for.
   *
   * @throws HubError `backup-failed` (no folder, no recovery key, no room), `backup-broken` (it does not open)
   */
  make(): Promise<Made> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<Made> {
    const { clock, log } = this.#options;
    try {
      const made = await this.#write();
      this.#failure = null;
      log.info({ file: made.file, bytes: made.bytes, seq: made.seq }, 'a backup was made and opens');
      await this.#tell('backup-made');
      return made;
    } catch (cause) {
      const error =
        cause instanceof HubError
          ? cause
          : new HubError('backup-failed', `no backup: ${String(cause)}`, { cause });
      this.#failure = { atMs: clock.wallMs(), sinceMs: clock.monotonicMs(), message: error.message };
      log.error({ err: error }, 'no backup was made');
      await this.#tell('backup-failed');
      throw error;
    }
  }

  /** What became of the backup stands, whether or not staff could be told. */
  async #tell(type: 'backup-failed' | 'backup-made'): Promise<void> {
    const { execute, log } = this.#options;
    await execute({ type }).catch((error: unknown) =>
      log.error({ err: error }, 'the case about backups could not be written'),
    );
  }

  async #write(): Promise<Made> {
    const { folder, store, head, epoch, building, sealed, cloud, clock, random } = this.#options;
    const name = building();
    const recovery = sealed();
    if (folder === undefined || !(await isFolder(folder))) {
      throw new HubError(
        'backup-failed',
        `no folder for backups${folder === undefined ? '' : ` at ${folder}`}; plug the disk in, or name another`,
      );
    }
    if (name === undefined || recovery === null) {
      throw new HubError(
        'backup-failed',
        'a backup is sealed to the recovery key: make one on the page first',
      );
    }
    const madeAtMs = clock.wallMs();
    const reached = head();
    const stamp = new Date(madeAtMs).toISOString().replace(/[:.]/g, '-');
    const file = join(folder, `lockerhub-${name}-${stamp}${BACKUP_SUFFIX}`);
    const address = cloud();
    const about = {
      building: name,
      madeAtMs,
      software: SOFTWARE,
      epoch,
      head: reached,
      ...(address ? { cloud: address } : {}),
      recovery: recovery.kept,
    };
    const key = await store.copied((from) =>
      writeBackup({
        file,
        folder: from,
        paths: storeFiles(from),
        about,
        envelope: recovery.envelope,
        random,
      }),
    );
    await this.#lookInto(file, key, reached).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
    await this.#forgetOld(folder);
    return { file, madeAtMs, bytes: (await stat(file)).size, seq: reached.seq };
  }

  /** A backup that nobody has opened is a hope. */
  async #lookInto(file: string, key: Uint8Array, reached: Head): Promise<void> {
    const copy = join(this.#options.dataFolder, 'backup-check');
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { mode: 0o700 });
    try {
      await unpackBackup(file, key, copy);
      await addFolders(copy);
      const { hashAt } = await checkCopy(copy, reached.seq);
      if (hashAt !== reached.hash) {
        throw new HubError(
          'backup-broken',
          `a backup was made that lacks entry ${reached.seq}; look at the disk`,
        );
      }
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  async #forgetOld(folder: string): Promise<void> {
    for (const { file } of superfluous(await this.#there(folder))) await rm(file);
  }

  /** This building's backups in the folder; what is none is left alone. */
  async #there(folder: string): Promise<Made[]> {
    const made: Made[] = [];
    for (const name of await readdir(folder)) {
      if (!name.endsWith(BACKUP_SUFFIX)) continue;
      const file = join(folder, name);
      try {
        const { header } = await readHeader(file);
        if (header.building !== this.#options.building()) continue;
        made.push({ file, madeAtMs: header.madeAtMs, bytes: (await stat(file)).size, seq: header.head.seq });
      } catch (error) {
        // Not ours, or broken: neither counted nor removed.
        this.#options.log.warn({ err: error, file }, 'this file is no backup');
      }
    }
    return made.toSorted((a, b) => b.madeAtMs - a.madeAtMs);
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.after(LOOK_EVERY_MS, () => void this.#makeIfDue());
  }

  async #makeIfDue(): Promise<void> {
    try {
      if (await this.#isDue()) await this.make();
    } catch {
      // Said and kept by `make`; tried again in a while.
    }
    if (!this.#stopped) this.#lookLater();
  }

  async #isDue(): Promise<boolean> {
    const { folder, clock, sealed } = this.#options;
    if (folder === undefined || sealed() === null) return false;
    if (this.#failure && clock.monotonicMs() - this.#failure.sinceMs < AGAIN_AFTER_MS) return false;
    const [newest] = await this.#there(folder).catch(() => []);
    // One from the future was made while the clock was wrong: it says nothing.
    const ageMs = newest ? clock.wallMs() - newest.madeAtMs : Number.POSITIVE_INFINITY;
    return ageMs >= EVERY_MS || ageMs < 0;
  }
}

/** A disk that is not plugged in is no folder, whatever the system says of it. */
async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
