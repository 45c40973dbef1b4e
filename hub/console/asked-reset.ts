/**
 * A reset of a manager's access that was asked for while the hub was dead: a file in its folder, which only its user and root
 * may write. The hub takes it at its next start.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResetAccess } from '@lockerhub/protocol/http/console.ts';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { HubError } from '../error.ts';
import type { Accounts } from '../sign-in/accounts.ts';

/** Asks for it; a second time another one is asked for instead. */
export function askReset(folder: string, asked: z.infer<typeof ResetAccess>): void {
  const path = pathIn(folder);
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, JSON.stringify(asked), { mode: 0o600, flag: 'wx', flush: true });
  renameSync(`${path}.new`, path);
}

/**
 * Does what was asked for. Killed before the file is gone, the next start does the same again: one more entry, and the same
 * link.
 *
 * @throws StoreError
 */
export async function takeAskedReset(
  folder: string,
  accounts: Pick<Accounts, 'reset'>,
  log: Logger,
): Promise<void> {
  const asked = readAsked(folder, log);
  if (!asked) return;
  try {
    await accounts.reset(asked.login, asked.hash);
    log.warn('a manager’s access was reset, as was asked for at the console');
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    log.error({ err: error }, 'a manager’s access was to be reset, and was not');
  }
  rmSync(pathIn(folder), { force: true });
}

function readAsked(folder: string, log: Logger): z.infer<typeof ResetAccess> | undefined {
  try {
    return ResetAccess.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    log.error({ err: error }, 'a reset of access that was asked for can’t be read, and is dropped');
    rmSync(pathIn(folder), { force: true });
    return undefined;
  }
}

function pathIn(folder: string): string {
  return join(folder, 'access-reset.json');
}
