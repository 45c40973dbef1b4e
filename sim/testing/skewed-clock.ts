/** Processes that believe in another year than everybody else: a small C library shifts their wall clock. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Whether this machine can do it: Linux with a C compiler. */
export const canSkewClocks = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** Builds the library into a folder. Returns the environment of a process that begins to live at `atMs`. */
export async function skewedTo(atMs: number, folder: string): Promise<Record<string, string>> {
  const library = join(folder, 'skewed-clock.so');
  const source = join(import.meta.dirname, 'skewed-clock.c');
  await promisify(execFile)('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return { LD_PRELOAD: library, SKEW_S: String(Math.round((atMs - Date.now()) / 1000)) };
}
