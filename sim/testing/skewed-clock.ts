/** Processes that believe in another year than everybody else: a small C library shifts their wall clock. */
import { execFile, spawnSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Whether this machine can do it: Linux with a C compiler. */
export const canSkewClocks = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** Builds the library into a folder. Returns the environment of a process that begins to live at `atMs`. */
export async function skewedTo(atMs: number, folder: string): Promise<Record<string, string>> {
  const library = join(folder, 'skewed-clock.so');
  const source = join(import.meta.dirname, 'skewed-clock.c');
  await promisify(execFile)('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  await writeFile(passedFile(folder), Buffer.alloc(8));
  return {
    LD_PRELOAD: library,
    SKEW_S: String(Math.round((atMs - Date.now()) / 1000)),
    SKEW_PASSED: passedFile(folder),
  };
}

/**
 * Lets time go by at once for the processes that began to live there: all that is due in it comes due together.
 *
 * @param totalS since they began
 */
export async function letPass(folder: string, totalS: number): Promise<void> {
  const seconds = Buffer.alloc(8);
  seconds.writeBigInt64LE(BigInt(totalS));
  // In place: they have the file mapped.
  const file = await open(passedFile(folder), 'r+');
  await file.write(seconds, 0, seconds.length, 0);
  await file.close();
}

const passedFile = (folder: string) => join(folder, 'passed');
