/** Commands that ask the hub that runs on this machine. */
import { resolve } from 'node:path';
import { BackupsView, type BackupView } from '@lockerhub/protocol/http/backup.ts';
import { ConsoleStatus } from '@lockerhub/protocol/http/console.ts';
import { JoinCloud } from '@lockerhub/protocol/http/sync.ts';
import { backupsIn } from '../backup/backups-in.ts';
import { HubError } from '../error.ts';
import { ask, askIfRunning, notRunningText, running, send } from './ask-hub.ts';
import { backupFolderOf, deadLines, deadStatus } from './dead-hub.ts';
import { INSTALLED } from './installed.ts';

/** Exit codes, as `--help` says. LSB's for a service: 3 is "not running". */
export const EXIT = { well: 0, needsSomebody: 1, notRunning: 3 } as const;

export interface Said {
  readonly text: string;
  readonly code: number;
}

export interface ConsoleFlags {
  readonly data: string;
  readonly json?: boolean;
  /** With what the hub is told at its start: asked where none runs. */
  readonly settings?: string;
}

/** How the hub does; of one that does not run, what its folder tells. */
export async function status({ data, json, settings = INSTALLED.settings }: ConsoleFlags): Promise<Said> {
  const now = await askIfRunning(data, 'status', ConsoleStatus);
  if (!now) {
    const left = await deadStatus(resolve(data), settings);
    const text = json
      ? said({ running: false, ...left })
      : `${notRunningText(data)}${deadLines(left).join('\n')}\n`;
    return { text, code: EXIT.notRunning };
  }
  const wrong = wrongWith(now);
  const code = wrong.length === 0 ? EXIT.well : EXIT.needsSomebody;
  if (json) return { text: said({ running: true, ...now, wrong }), code };
  const online = now.banks.filter((bank) => bank.online).length;
  const lines = [
    `${now.building ?? 'not set up yet'} · ${now.software} · epoch ${now.epoch} · entry ${now.seq}`,
    `banks      ${online} of ${now.banks.length} online`,
    `parcels    ${now.waiting} waiting · ${now.openCases} open cases`,
    `clock      ${now.clock.state}: ${now.clock.reason}`,
    `cloud      ${now.cloud}`,
    `backup     ${now.backupAt === null ? 'none' : new Date(now.backupAt).toISOString()}`,
    ...wrong.map((each) => `NEEDS YOU  ${each}`),
  ];
  return { text: `${lines.join('\n')}\n`, code };
}

function wrongWith(now: ConsoleStatus): string[] {
  const away = now.banks.filter((bank) => !bank.online).map(({ bank }) => bank);
  return [
    ...(now.fencedBy === null
      ? []
      : [`another hub speaks for the building, under epoch ${now.fencedBy}: switch this one off`]),
    ...(now.disk === 'low' ? ['the disk is nearly full: free space, or drop-offs stay refused'] : []),
    ...(now.clock.state === 'untrusted'
      ? ['the clock is not trusted: set it, or let the machine reach a time server']
      : []),
    ...(away.length === 0
      ? []
      : [`offline: ${away.join(', ')}: look at the agent, its network and the PLC’s power`]),
    ...(now.backupFailure === null ? [] : [`the last backup failed: ${now.backupFailure}`]),
  ];
}

/** Makes a backup, or lists those that there are: without a hub, those in its folder. */
export async function backup(
  act: 'make' | 'list',
  { data, json, settings = INSTALLED.settings }: ConsoleFlags,
): Promise<Said> {
  const view =
    act === 'make'
      ? await ask(running(data), 'backups', BackupsView, {})
      : await askIfRunning(data, 'backups', BackupsView);
  if (view) return listed(view, json, EXIT.well);
  const folder = backupFolderOf(resolve(data), settings);
  const { backups } = folder === null ? { backups: [] } : await backupsIn(folder);
  const left = { folder, backups: backups.map(({ madeAtMs, ...each }) => ({ ...each, madeAt: madeAtMs })) };
  const { text } = listed(left, json, EXIT.notRunning);
  return { text: json ? text : `${notRunningText(data)}${text}`, code: EXIT.notRunning };
}

function listed(
  view: Pick<BackupsView, 'folder'> & {
    readonly backups: readonly Pick<BackupView, 'file' | 'madeAt' | 'bytes' | 'seq'>[];
  },
  json: boolean | undefined,
  code: number,
): Said {
  if (json) return { text: said(view), code };
  if (view.folder === null)
    return { text: 'no folder for backups is set (--backup-folder)\n', code: EXIT.needsSomebody };
  const lines = view.backups.map(
    ({ file, madeAt, bytes, seq }) =>
      `${new Date(madeAt).toISOString()}  ${file}  ${bytes} bytes  entry ${seq}`,
  );
  return { text: `${[view.folder, ...lines].join('\n')}\n`, code };
}

/** Joins a cloud. */
export async function enrol({
  data,
  url,
  code,
}: ConsoleFlags & { url: string; code: string }): Promise<Said> {
  const body = JoinCloud.safeParse({ url, code });
  if (!body.success) {
    const [issue] = body.error.issues;
    throw new HubError('request-invalid', `--${issue?.path.join('.')}: ${issue?.message}`);
  }
  await send(running(data), 'enrol', body.data);
  return { text: `joined ${url}: what the building has is on its way there\n`, code: EXIT.well };
}

function said(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
