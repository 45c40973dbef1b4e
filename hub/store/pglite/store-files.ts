/** The files of a store that is being used, in the order in which a copy has to be made. */
import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The write-ahead log. */
const WAL = 'pg_wal';
/** What belongs to the process that has the store open. */
const OF_THE_PROCESS = new Set(['postmaster.pid', 'postmaster.opts']);

/** Folders that Postgres asks for and that may hold no file (the list of its `initdb.c`, "subdirs"). */
const FOLDERS = [
  'pg_wal/archive_status',
  'pg_wal/summaries',
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_subtrans',
  'pg_twophase',
  'pg_multixact/members',
  'pg_multixact/offsets',
  'pg_replslot',
  'pg_tblspc',
  'pg_stat',
  'pg_stat_tmp',
  'pg_logical/snapshots',
  'pg_logical/mappings',
];

/**
 * Paths below the store's folder. What a page's copy lacks stands in the write-ahead log, if that is copied last and no
 * checkpoint is made meanwhile (`PGliteStore.copied`): Postgres then opens the copy as after a power cut.
 */
export async function* storeFiles(folder: string): AsyncGenerator<string> {
  for (const path of await filesBelow(folder, '.')) if (!path.startsWith(`${WAL}/`)) yield path;
  // Looked up now: segments may have been added since.
  yield* await filesBelow(folder, WAL);
}

/** Completes a copy that was made of files alone. */
export async function addFolders(folder: string): Promise<void> {
  for (const each of FOLDERS) await mkdir(join(folder, each), { recursive: true, mode: 0o700 });
}

async function filesBelow(folder: string, part: string): Promise<string[]> {
  const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !OF_THE_PROCESS.has(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}
