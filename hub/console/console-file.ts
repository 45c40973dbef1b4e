/**
 * How the command at the console speaks with a running hub: by a token that only who may read the hub's own folder knows
 * (its user and root). It is made anew at each start, and gone with the hub.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HubError } from '../error.ts';

const ConsoleFile = z.object({ url: z.url(), token: z.string().min(20) });
export type ConsoleFile = z.infer<typeof ConsoleFile>;

/** Says where the hub is and by what it knows the console. */
export function writeConsoleFile(folder: string, content: ConsoleFile): void {
  const path = pathIn(folder);
  // Beside and renamed: nobody ever reads half of it, and one left by a killed hub is no hindrance.
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600, flag: 'wx' });
  renameSync(`${path}.new`, path);
}

export function removeConsoleFile(folder: string): void {
  rmSync(pathIn(folder), { force: true });
}

/** Undefined: no hub runs on this folder. @throws HubError `console-refused` if it may not be read or holds something else */
export function readConsoleFile(folder: string): ConsoleFile | undefined {
  let text: string;
  try {
    text = readFileSync(pathIn(folder), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new HubError('console-refused', `${pathIn(folder)}: cannot be read; be root or the hub’s user`, {
      cause,
    });
  }
  try {
    return ConsoleFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new HubError('console-refused', `${pathIn(folder)}: is not what a hub writes; restart the hub`, {
      cause,
    });
  }
}

function pathIn(folder: string): string {
  return join(folder, 'console.json');
}
