import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import { BACKUP_SUFFIX, readHeader } from './backup-file.ts';

/** The backups in a folder by their first lines, newest first; what is none is left out. */
export async function backupsIn(folder: string): Promise<BackupsView['backups']> {
  // A stick that is not plugged in holds none.
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith(BACKUP_SUFFIX))
      .map(async (name) => {
        const file = join(folder, name);
        try {
          const { header } = await readHeader(file);
          return [{ file, madeAt: header.madeAtMs, bytes: (await stat(file)).size, seq: header.head.seq }];
        } catch {
          // Not ours, or broken: nothing that one could restore.
          return [];
        }
      }),
  );
  return found.flat().toSorted((a, b) => b.madeAt - a.madeAt);
}
