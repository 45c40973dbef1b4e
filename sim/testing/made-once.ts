/** What takes long to make and is the same for every test: made by the first that wants it, and kept for the next run. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FolderLock, lockFolder } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import { waitFor } from './wait-for.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/lockerhub/', import.meta.url));
/** A mirror on a slow line, a release on a busy machine. */
const MADE_WITHIN_MS = 600_000;

/**
 * A folder that `make` has filled, now or earlier; whoever wants it meanwhile waits.
 *
 * @param what in a word or two
 * @param outOf what decides its content: when that is another, it is made anew and the one before goes
 * @throws what `make` throws; nothing is kept then
 */
export async function madeOnce(
  what: string,
  outOf: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256').update(outOf).digest('hex').slice(0, 16);
  const folder = join(CACHE, `${what}-${digest}`);
  await mkdir(CACHE, { recursive: true });
  const lockFile = join(CACHE, `${what}.lock`);
  const lock = await waitFor(() => takeLock(lockFile), MADE_WITHIN_MS, `the ${what} that another test makes`);
  try {
    if (existsSync(folder)) return folder;
    const former = (await readdir(CACHE)).filter((name) => name.startsWith(`${what}-`));
    for (const name of former) await rm(join(CACHE, name), { recursive: true });
    await mkdir(`${folder}.new`);
    await make(`${folder}.new`);
    await rename(`${folder}.new`, folder);
    return folder;
  } finally {
    lock.release();
  }
}

function takeLock(path: string): FolderLock {
  return lockFolder(path, (code, what, cause) => new Error(`${code}: ${what}`, { cause }));
}
