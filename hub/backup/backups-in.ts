import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BACKUP_SUFFIX, readHeader } from './backup-file.ts';
import { newestFirst } from './retention.ts';

/** A backup, as its first line tells. */
export interface Made {
  readonly file: string;
  readonly building: string;
  readonly madeAtMs: number;
  readonly bytes: number;
  /** What the log had reached, and under which epoch. */
  readonly seq: number;
  readonly epoch: number;
  /** Which of the building's recovery keys opens it; null: its line does not say so. */
  readonly keyGeneration: number | null;
}

/** Of `recovery.json` as a backup holds it. */
const Sealed = z.object({ current: z.object({ generation: z.int() }) });

/** The backups in a folder, newest first, and files that are called so and are none. A stick that is not plugged in holds none. */
export async function backupsIn(
  folder: string,
): Promise<{ readonly backups: readonly Made[]; readonly unreadable: readonly string[] }> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(BACKUP_SUFFIX));
  const found = await Promise.all(names.map((name) => madeIn(join(folder, name))));
  return {
    backups: newestFirst(found.filter((each) => typeof each !== 'string')),
    unreadable: found.filter((each) => typeof each === 'string'),
  };
}

/** The file's name where it is no backup, or broken: nothing that one could restore. */
async function madeIn(file: string): Promise<Made | string> {
  try {
    const { header } = await readHeader(file);
    const { building, madeAtMs, head, epoch } = header;
    const keyGeneration = generationOf(header.recovery);
    const { size } = await stat(file);
    return { file, building, madeAtMs, bytes: size, seq: head.seq, epoch, keyGeneration };
  } catch {
    return file;
  }
}

function generationOf(recovery: string): number | null {
  try {
    return Sealed.parse(JSON.parse(recovery)).current.generation;
  } catch {
    // Restoring it says what is wrong; here it only goes unsaid.
    return null;
  }
}
