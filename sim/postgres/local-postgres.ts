/**
 * A real Postgres 18 on this machine, for development and tests: its own folder, its own port, logical replication on.
 *
 *     const postgres = await LocalPostgres.start({ folder });
 *     const url = await postgres.createDatabase('building');
 *     await postgres.kill();   // the plug
 *     await postgres.start();  // same folder, same port, recovery
 *     await postgres.stop();
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { SimError } from '../error.ts';
import { freePort } from '../testing/free-port.ts';
import { quickFolder } from '../testing/quick-folder.ts';
import { killWhenWeDie } from './guard.ts';
import {
  type Command,
  commandAs,
  type PostgresPrograms,
  postgresPrograms,
  postgresUser,
  type RunsAs,
} from './programs.ts';

export interface PostgresOptions {
  /** Made and filled at the first start, opened again by later ones. */
  readonly folder: string;
  /** Default: a free one. It stays the same over `kill`, `stop` and `start`. */
  readonly port?: number;
  /**
   * Whether commits reach the disk. Off by default, which is quicker and loses nothing by a `kill` (the system keeps
   * what was written); a cut of the machine's power could lose the whole folder.
   */
  readonly durable?: boolean;
  /** Further settings, as in `postgresql.conf`: `{ max_slot_wal_keep_size: '64MB' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** 127.0.0.1 alone: it is for programs of this machine. */
const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';
/** Starting takes 0.2 s, recovery after a kill 1 s; this is for a machine at its limit. */
const READY_WITHIN_MS = 60_000;
const BETWEEN_STARTS_MS = 100;
/** A fast shutdown ends sessions at once and writes a checkpoint; what hangs is killed. */
const STOP_WITHIN_MS = 15_000;
/** What Postgres says last is kept for error messages. */
const SAID_CHARACTERS = 4_000;
const READY = 'database system is ready to accept connections';
/** After a kill, children of the old one may live a moment longer. */
const TRY_AGAIN = /pre-existing shared memory block/;

/** `max_…` are bounds of a small machine: a test holds a handful of sessions. */
const SETTINGS = {
  listen_addresses: HOST,
  // A socket in /tmp would meet those of other clusters.
  unix_socket_directories: '',
  wal_level: 'logical',
  max_connections: '100',
  max_wal_senders: '20',
  max_replication_slots: '20',
  shared_buffers: '32MB',
  // Nobody subscribes in here: saves a process.
  max_logical_replication_workers: '0',
  // Nothing is archived: a restored copy recovers from the log that it holds.
  restore_command: 'false',
  lc_messages: 'C',
  timezone: 'UTC',
} as const;

/** Not `synchronous_commit`: a commit must have left Postgres' own memory, or a `kill` would lose it. */
const HASTE = { fsync: 'off', full_page_writes: 'off' } as const;

export class LocalPostgres {
  readonly port: number;
  readonly #options: PostgresOptions;
  readonly #programs: PostgresPrograms;
  readonly #user: RunsAs | null;
  readonly #password: string;
  #child: ChildProcess | undefined;
  #unguard: () => void = () => {};
  #said = '';

  private constructor(
    options: PostgresOptions,
    port: number,
    programs: PostgresPrograms,
    user: RunsAs | null,
    password: string,
  ) {
    this.#options = options;
    this.port = port;
    this.#programs = programs;
    this.#user = user;
    this.#password = password;
  }

  /**
   * Makes the cluster if the folder has none (half a second), and starts it.
   *
   * @throws SimError `postgres-missing` or `postgres-failed`, with what Postgres said last.
   */
  static async start(options: PostgresOptions): Promise<LocalPostgres> {
    const programs = await postgresPrograms();
    const user = postgresUser();
    await create(options, programs, user);
    const password = await readFile(passwordFile(options.folder), 'utf8');
    const postgres = new LocalPostgres(options, options.port ?? (await freePort()), programs, user, password);
    await postgres.start();
    return postgres;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** How to connect to a database, as its superuser, who may replicate. */
  url(database: string = SUPERUSER): string {
    return `postgresql://${SUPERUSER}:${this.#password}@${HOST}:${this.port}/${database}`;
  }

  /** Makes an empty database (some 30 ms) and returns its URL. */
  async createDatabase(name: string): Promise<string> {
    await this.sql(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    return this.url(name);
  }

  /** Runs one statement on a connection of its own and returns its rows. */
  async sql(
    statement: string,
    database: string = SUPERUSER,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const client = new Client({ connectionString: this.url(database) });
    client.on('error', () => {
      // A connection that breaks fails the statement; beside one it is of no interest.
    });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  /** Starts it again after `stop` or `kill`, on the same folder and port; returns once it takes connections. */
  async start(): Promise<void> {
    if (this.#child) return;
    const deadlineMs = performance.now() + READY_WITHIN_MS;
    while (!(await this.#tryStart(deadlineMs))) await pause(BETWEEN_STARTS_MS);
  }

  /** Ends it in order, as an operator does: sessions are ended, a checkpoint is written. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** Pulls its plug: SIGKILL, nothing is said goodbye to. The next start recovers from the write-ahead log. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * Copies the cluster, stopped, to a folder, as a base backup does: without replication slots (postgresql.org, "Making
   * a Base Backup Using the Low Level API"), so that whoever replicates has to begin anew after a `restore`.
   */
  async backUp(to: string): Promise<void> {
    await this.#copy(dataFolder(this.#options.folder), to);
    const slots = join(to, 'pg_replslot');
    for (const slot of await readdir(slots)) await rm(join(slots, slot), { recursive: true });
  }

  /**
   * Puts such a copy in the place of the stopped cluster. What came later is gone; the next start recovers as from an
   * archive, and so begins another timeline.
   */
  async restore(from: string): Promise<void> {
    const data = dataFolder(this.#options.folder);
    await this.#copy(from, data);
    await writeFile(join(data, 'recovery.signal'), '');
  }

  async #copy(from: string, to: string): Promise<void> {
    if (this.#child) throw new SimError('postgres-failed', `stop Postgres before ${from} is copied`);
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
    if (!this.#user) return;
    // A copy belongs to whoever made it; Postgres takes only a folder of its own.
    const paths = await readdir(to, { recursive: true });
    for (const path of ['', ...paths]) await chown(join(to, path), this.#user.uid, this.#user.gid);
  }

  /** Whether it came up; false: in vain, but another try makes sense. */
  async #tryStart(deadlineMs: number): Promise<boolean> {
    this.#said = '';
    const child = spawnIn(this.#options.folder, this.#command());
    const ended = once(child, 'exit');
    const force = setTimeout(() => child.kill('SIGKILL'), deadlineMs - performance.now());
    const ready = new Promise<void>((resolve) => {
      child.stderr?.on('data', (data) => {
        this.#said = (this.#said + String(data)).slice(-SAID_CHARACTERS);
        if (this.#said.includes(READY)) resolve();
      });
    });
    if (child.pid !== undefined) this.#unguard = killWhenWeDie(child.pid);
    await Promise.race([ready, ended]);
    clearTimeout(force);
    if (child.exitCode === null && child.signalCode === null) {
      this.#child = child;
      void ended.then(() => this.#forget(child));
      return true;
    }
    this.#unguard();
    if (TRY_AGAIN.test(this.#said) && performance.now() < deadlineMs) return false;
    throw new SimError(
      'postgres-failed',
      `Postgres ended while starting on ${this.#options.folder}, port ${this.port}. It said:\n${this.#said}`,
    );
  }

  #command(): Command {
    const haste = this.#options.durable === true ? {} : HASTE;
    const settings = Object.entries({ ...SETTINGS, ...haste, ...this.#options.settings });
    return commandAs(this.#user, this.#programs.postgres, [
      ...['-D', dataFolder(this.#options.folder), '-p', `${this.port}`],
      ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(force);
    this.#forget(child);
  }

  #forget(child: ChildProcess): void {
    if (child !== this.#child) return;
    this.#unguard();
    this.#child = undefined;
  }
}

/** A cluster in a temporary folder of its own, which `remove` stops and deletes. */
export async function temporaryPostgres(
  options: Omit<PostgresOptions, 'folder'> = {},
): Promise<{ readonly postgres: LocalPostgres; remove(): Promise<void> }> {
  const folder = await quickFolder('lockerhub-postgres-');
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const postgres = await LocalPostgres.start({ ...options, folder });
    return {
      postgres,
      remove: async () => {
        await postgres.kill();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const dataFolder = (folder: string) => join(folder, 'data');
const passwordFile = (folder: string) => join(folder, 'password');

/** Makes the cluster, once. What was interrupted half-way is thrown away and made anew. */
async function create(options: PostgresOptions, programs: PostgresPrograms, user: RunsAs | null) {
  const { folder, durable } = options;
  const finished = join(folder, 'created');
  if (existsSync(finished)) return;
  const data = dataFolder(folder);
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const password = passwordFile(folder);
  await writeFile(password, randomBytes(16).toString('hex'));
  await chmod(password, 0o600);
  if (user) await chown(data, user.uid, user.gid);
  const args = [...initdbArguments(data, password), ...(durable === true ? [] : ['--no-sync'])];
  const child = spawnIn(folder, commandAs(user, programs.initdb, args));
  const said = child.stderr ? text(child.stderr) : '';
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) {
    throw new SimError(
      'postgres-failed',
      `initdb could not make a cluster in ${data}. It said:\n${await said}`,
    );
  }
  await writeFile(finished, '');
}

function initdbArguments(data: string, password: string): readonly string[] {
  return [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of texts on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
}

function spawnIn(folder: string, [program, ...args]: Command): ChildProcess {
  // Settings of libpq in our environment (PGDATA, PGPORT) are not meant for it. Detached: Ctrl-C is handled by us.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
  return spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
}
