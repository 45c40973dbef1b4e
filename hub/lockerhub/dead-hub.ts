/** What a hub's folder tells of a hub that does not run. Read only: its store is never opened, for that would change it. */
import { backupsIn } from '../backup/backups-in.ts';
import { folderFacts } from './doctor/folder-facts.ts';
import { settingsFacts } from './doctor/settings-facts.ts';

/** Where backups go, as far as the settings can be read. */
export function backupFolderOf(dataFolder: string, settings: string): string | null {
  return settingsFacts(settings, process.env, dataFolder).config?.backupFolder ?? null;
}

/** What can be said of it, by name. */
export async function deadStatus(dataFolder: string, settings: string) {
  const { state, hasStore, fencedBy, log, keyring, lockedBy } = folderFacts(dataFolder);
  const folder = backupFolderOf(dataFolder, settings);
  const newest = folder === null ? undefined : (await backupsIn(folder)).backups[0];
  return {
    folder: state,
    store: hasStore ? 'there' : 'none',
    lockedBy,
    keys: typeof keyring === 'object' ? 'broken' : keyring === 'sound' ? 'there' : 'none',
    fencedBy,
    logFaults: 'count' in log ? log.count : null,
    backupAt: newest?.madeAtMs ?? null,
  } as const;
}

/** The same as lines for people. */
export function deadLines({
  folder,
  store,
  lockedBy,
  keys,
  fencedBy,
  logFaults,
  backupAt,
}: Awaited<ReturnType<typeof deadStatus>>): string[] {
  if (folder !== 'there') return ['folder     not there, or not yours to read'];
  return [
    `store      ${store}${lockedBy === null ? '' : `, held by process ${lockedBy}`}`,
    `keys       ${keys}`,
    ...(fencedBy === null ? [] : [`fenced     another hub speaks for the building, under epoch ${fencedBy}`]),
    ...(logFaults ? ['log        not as it was written'] : []),
    `backup     ${backupAt === null ? 'none that could be found' : new Date(backupAt).toISOString()}`,
  ];
}
