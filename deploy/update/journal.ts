/** How far an update has come: one small file, replaced whole and on the disk before the next step begins. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { UpdateJournal } from '@lockerhub/protocol/update/files.ts';
import type { z } from 'zod';
import { UpdateError } from './update-error.ts';

/** The hub shows it; only root writes it. */
const READABLE = 0o644;
const PRIVATE = 0o600;

/** `from`, `to`: names of the releases' folders. */
export type Journal = Omit<z.infer<typeof UpdateJournal>, 'version'>;

/** Null: no update is under way. @throws UpdateError `journal-broken` */
export function readJournal(path: string): Journal | null {
  try {
    const text = readIfThere(path);
    if (text === null) return null;
    const { version: _, ...journal } = UpdateJournal.parse(JSON.parse(text));
    return journal;
  } catch (cause) {
    const what = 'look which release "current" leads to and whether the copy is there, then remove the file';
    throw new UpdateError('journal-broken', `${path} can't be read; ${what}`, { cause });
  }
}

/** The text of a file; null: there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** On the disk when it returns. */
export function writeJournal(path: string, journal: Journal): void {
  replaceFile(path, JSON.stringify({ version: 1, ...journal }), 'readable');
}

/** The update is over. */
export function removeJournal(path: string): void {
  rmSync(path, { force: true });
  syncFolder(dirname(path));
}

/** A file whole or as before, and on the disk when it returns. `readable`: by the hub too; `as-before`: by whom the one before was. */
export function replaceFile(path: string, text: string, who: 'readable' | 'private' | 'as-before'): void {
  const file = openSync(`${path}.new`, 'w', PRIVATE);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // By itself, for the unit's umask would take it away.
  if (who === 'readable') chmodSync(`${path}.new`, READABLE);
  if (who === 'as-before') {
    const { uid, gid, mode } = statSync(path);
    chownSync(`${path}.new`, uid, gid);
    chmodSync(`${path}.new`, mode);
  }
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

/** What was created, renamed or removed in a folder outlives a power cut. */
export function syncFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
