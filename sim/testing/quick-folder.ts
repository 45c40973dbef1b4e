/**
 * Folders that a test fills with a thousand small files and throws away: a store, a cluster. Making those on a disk costs
 * more than what is tried in them (a store of 1,100 files: 0.5 s of a core and up to 3 s of waiting; in memory 0.16 s).
 */
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder that a whole run of tests shares; set by `npm test` alone. */
const VARIABLE = 'LOCKERHUB_TESTS_QUICK_FOLDER';
/** Linux keeps a file system in memory here; containers may have 64 MB of it. */
const MEMORY = '/dev/shm';
/** Three files at once hold some ten stores and clusters of 40 to 150 MB: with as much again to spare. */
const ENOUGH_BYTES = 3 * 1024 ** 3;

/** A fresh folder, in memory if this run of tests has room there, else among the temporary ones. The caller removes it. */
export function quickFolder(prefix: string): Promise<string> {
  return mkdtemp(join(process.env[VARIABLE] ?? tmpdir(), prefix));
}

/**
 * Gives all processes that we start from now on a folder in memory, where there is room for it.
 *
 * @returns what takes it away, with all that is left in it
 */
export function shareQuickFolder(): () => void {
  if (!hasRoom()) return () => {};
  const folder = mkdtempSync(join(MEMORY, 'lockerhub-tests-'));
  process.env[VARIABLE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false;
  try {
    accessSync(MEMORY, constants.W_OK);
  } catch {
    return false;
  }
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES && availableMemory() >= 2 * ENOUGH_BYTES;
}

/** What Linux would give without swapping; files in memory are taken from it. */
function availableMemory(): number {
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}
