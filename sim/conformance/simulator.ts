import { fileURLToPath } from 'node:url';

/** The simulator as a device of the suite: its program and its first words. */
export function simulator(): readonly [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL('simulated-bank.ts', import.meta.url))];
}
