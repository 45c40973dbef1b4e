/** A disk of a few bytes, to be full: a tmpfs, which only root on Linux may mount. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const canMountDisk = process.platform === 'linux' && process.getuid?.() === 0;

/** Mounts one of so many kB at a folder, for as long as `use` takes. */
export async function onSmallDisk<Result>(
  folder: string,
  kilobytes: number,
  use: () => Promise<Result>,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  await execute('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', folder]);
  try {
    return await use();
  } finally {
    // Lazily: what a test that failed left running may still have a file open, and its own error is the one to be seen.
    await execute('umount', ['--lazy', folder]);
  }
}
