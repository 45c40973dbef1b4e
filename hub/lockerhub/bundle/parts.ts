/** The parts of a support bundle, each made of what may be told. */
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import { SETTINGS } from '../../config/config.ts';
import { type ConsoleFile, readConsoleFile } from '../../console/console-file.ts';
import { HubError } from '../../error.ts';
import { SCHEMA_VERSION } from '../../store/pglite/migrations.ts';
import { SOFTWARE } from '../../version.ts';
import { ask } from '../ask-hub.ts';

/** Entries of the log: a day of a busy building. */
const ENTRIES = 1_000;
const PAGE = 200;
const ANSWER_WITHIN_MS = 10_000;
/** What a hub's folder may hold (ARCHITECTURE, "Addresses"); other names are somebody's and are only counted. */
const OURS: ReadonlySet<string> = new Set([
  ...['store', 'store.lock', 'store.reserve', 'bridge', 'photos', 'backup-check'],
  ...['keyring.json', 'epoch.json', 'recovery.json', 'cloud.json', 'log-check.json', 'console.json'],
  'access-reset.json',
]);
const EntryPage = pageOf(LogEntryView);

export function versionsPart(): string {
  const { version: node, platform, arch } = process;
  const versions = {
    software: SOFTWARE,
    node,
    platform,
    arch,
    schema: SCHEMA_VERSION,
    projections: PROJECTION_VERSION,
  };
  return `${JSON.stringify(versions, null, 1)}\n`;
}

/** Of each setting whether it is set; a number may be told, a text may be a password. */
export function settingsPart(file: string): string {
  let told: Readonly<Record<string, string | undefined>>;
  try {
    told = parseEnv(readFileSync(file, 'utf8'));
  } catch {
    return 'there is no file of settings, or it is not yours to read\n';
  }
  const lines = Object.keys(SETTINGS).flatMap((name) => {
    const variable = `LOCKERHUB_${name.toUpperCase().replaceAll('-', '_')}`;
    const value = told[variable];
    if (value === undefined) return [];
    return [`${variable} ${/^\d{1,5}$/.test(value) ? value : 'is set'}`];
  });
  return `${lines.join('\n')}\n`;
}

/** Names of ours, with rights and bytes. */
export async function folderPart(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const known = names.filter((name) => OURS.has(name)).toSorted();
  const lines = await Promise.all(
    known.map(async (name) => {
      const path = join(folder, name);
      const { mode, uid } = await stat(path);
      return `${name}  ${(mode & 0o777).toString(8)}  of user ${uid}  ${await bytesBelow(path)} bytes`;
    }),
  );
  return `${[...lines, `${names.length - known.length} others`].join('\n')}\n`;
}

async function bytesBelow(path: string): Promise<number> {
  // What went meanwhile, or may not be looked at, counts nothing: its rights stand beside it, and a bundle is made all the same.
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return found?.size ?? 0;
  const sizes = await Promise.all((await readdir(path)).map((name) => bytesBelow(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What only a hub that runs can tell; nothing of one that is dead. */
export async function hubParts(data: string): Promise<Readonly<Record<string, string>>> {
  const found = readConsoleFile(resolve(data));
  if (!found) return {};
  try {
    const entries = await newestEntries(found);
    const answer = await fetch(`${found.url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return {
      'log.jsonl': entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      'metrics.txt': await answer.text(),
    };
  } catch (error) {
    // One that was killed left its file behind.
    if (error instanceof HubError && error.code === 'console-refused') return {};
    throw error;
  }
}

async function newestEntries(found: ConsoleFile): Promise<LogEntryView[]> {
  const entries: LogEntryView[] = [];
  for (let before: string | null = ''; before !== null && entries.length < ENTRIES; ) {
    const query: string = `limit=${PAGE}${before === '' ? '' : `&before=${before}`}`;
    const page: { items: LogEntryView[]; before: string | null } = await ask(
      found,
      `log?${query}`,
      EntryPage,
    );
    entries.push(...page.items);
    before = page.before;
  }
  return entries.slice(0, ENTRIES).toReversed();
}
