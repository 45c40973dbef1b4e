/** Makes one backup: writes it, opens a copy of it, and only then gives it its name. See SPEC.md. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import type { CloudAddress } from '../recovery/cloud-standing.ts';
import { addFolders, storeFiles } from '../store/pglite/store-files.ts';
import type { Store } from '../store/store.ts';
import { SOFTWARE } from '../version.ts';
import { BackupRefused, type BackupStep } from './backup-fault.ts';
import { BACKUP_SUFFIX, nameBackup, UNFINISHED_SUFFIX, unpackBackup, writeBackup } from './backup-file.ts';
import { checkCopy } from './check-copy.ts';
import { placeOf } from './place.ts';

export interface MakeBackupOptions {
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
  readonly clock: Clock;
  readonly random: Random;
}

/** What one made tells. */
export interface NewlyMade {
  readonly file: string;
  readonly madeAtMs: number;
  readonly bytes: number;
  readonly seq: number;
}

/** @throws HubError `backup-failed`, `backup-broken`; what the system says while it is written or opened */
export async function makeBackup(
  options: MakeBackupOptions,
  onStep: (step: BackupStep, bytes: number) => void,
): Promise<NewlyMade> {
  const { store, head, epoch, cloud, clock, random } = options;
  const { folder, name, recovery } = await requirements(options);
  await removeUnfinished(folder, name);
  const madeAtMs = clock.wallMs();
  const reached = head();
  const file = join(
    folder,
    `${prefixOf(name)}${new Date(madeAtMs).toISOString().replace(/[:.]/g, '-')}${BACKUP_SUFFIX}`,
  );
  const unfinished = `${file}${UNFINISHED_SUFFIX}`;
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
  try {
    onStep('writing', 0);
    const key = await store.copied((from) =>
      writeBackup({
        file,
        folder: from,
        paths: storeFiles(from),
        about,
        envelope: recovery.envelope,
        random,
        onBytes: (bytes) => onStep('writing', bytes),
      }),
    );
    const { size } = await stat(unfinished);
    onStep('opening', size);
    await lookInto(unfinished, key, reached, options.dataFolder);
    await nameBackup(file);
    return { file, madeAtMs, bytes: size, seq: reached.seq };
  } catch (error) {
    // A disk that is gone keeps it: the next one removes it first.
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}

/** @throws BackupRefused */
async function requirements({ folder, dataFolder, building, sealed }: MakeBackupOptions) {
  if (folder === undefined)
    throw new BackupRefused('no-folder', 'no folder for backups; plug a disk in, and name a folder on it');
  if (!(await placeOf(folder, dataFolder)).isThere) {
    throw new BackupRefused(
      'folder-missing',
      `no folder for backups at ${folder}, or not the hub's to write in; plug the disk in, or name another`,
    );
  }
  const name = building();
  if (name === undefined) throw new BackupRefused('not-set-up', 'this building is not set up yet');
  const recovery = sealed();
  if (recovery === null) {
    throw new BackupRefused('no-key', 'a backup is sealed to the recovery key: make one on the page first');
  }
  return { folder, name, recovery };
}

const prefixOf = (building: string) => `lockerhub-${building}-`;

/** What a power cut or a pulled stick left of this building's earlier ones: it would fill the disk. */
async function removeUnfinished(folder: string, building: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefixOf(building)) && name.endsWith(`${BACKUP_SUFFIX}${UNFINISHED_SUFFIX}`)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** A backup that nobody has opened is a hope. */
async function lookInto(file: string, key: Uint8Array, reached: Head, dataFolder: string): Promise<void> {
  const copy = join(dataFolder, 'backup-check');
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
