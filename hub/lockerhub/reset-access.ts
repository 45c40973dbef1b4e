/** `lockerhub admin reset`: another way in for a manager who lost theirs, by whoever may read the hub's folder. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ResetDone } from '@lockerhub/protocol/http/console.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { addressesOf } from '../agents/whereabouts.ts';
import { askReset } from '../console/asked-reset.ts';
import { readConsoleFile } from '../console/console-file.ts';
import { HubError } from '../error.ts';
import { newToken, tokenHash } from '../sign-in/token.ts';
import { invitationLink } from '../web/sign-in/invitation-link.ts';
import { ask } from './ask-hub.ts';
import { EXIT, type Said } from './console.ts';
import { settingsFacts } from './doctor/settings-facts.ts';

export interface ResetOptions {
  readonly data: string;
  readonly login: string;
  readonly settings: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
}

/** @throws HubError `not-found` (no such manager), `console-refused` (not the hub's user) */
export async function resetAccess(options: ResetOptions): Promise<Said> {
  const dataFolder = resolve(options.data);
  const token = newToken(options.random);
  const asked = { login: options.login, hash: tokenHash(token) };
  const done = await ifRuns(dataFolder, asked);
  if (done) return { text: text(options.login, done, token, 'The link holds for a day.'), code: EXIT.well };
  if (!existsSync(join(dataFolder, 'keyring.json'))) {
    throw new HubError('not-found', `${dataFolder} is no hub’s folder; name it by --data`);
  }
  write(dataFolder, asked);
  const { config } = settingsFacts(options.settings, options.environment, dataFolder);
  const where = { addresses: addressesOf(config?.host ?? '127.0.0.1'), port: config?.http.port ?? 8080 };
  const then =
    'No hub runs: it holds for a day from its next start on. Start it: systemctl start lockerhub-hub';
  return { text: text(options.login, where, token, then), code: EXIT.notRunning };
}

/** Undefined: no hub runs, or one that was killed left its file behind. */
async function ifRuns(dataFolder: string, asked: object) {
  const found = readConsoleFile(dataFolder);
  if (!found) return undefined;
  return ask(found, 'reset', ResetDone, asked).catch((error: unknown) => {
    if (error instanceof HubError && error.code === 'console-refused') return undefined;
    throw error;
  });
}

function write(dataFolder: string, asked: { readonly login: string; readonly hash: string }): void {
  try {
    askReset(dataFolder, asked);
  } catch (cause) {
    throw new HubError('console-refused', `${dataFolder}: can’t be written; be root or the hub’s user`, {
      cause,
    });
  }
}

function text(
  login: string,
  { addresses, port }: { readonly addresses: readonly string[]; readonly port: number },
  token: string,
  then: string,
): string {
  const links = addresses.map((host) => `  ${invitationLink(`http://${bracketed(host)}:${port}`, token)}\n`);
  return `Another way in for ${login}, shown this once. Open it in a browser and choose a password:\n${links.join('')}${then}\nThe old password and all sessions of ${login} end. The log says so, and all staff see it as a case.\n`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
