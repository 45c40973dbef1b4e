/**
 * A cloud on one machine: a real Postgres, the gateway as its operators run it, and a shape server: the one that
 * `electricUrl` names, or the stand-in of `sim/electric`, which is for development only.
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { LocalPostgres } from '../postgres/local-postgres.ts';
import { type Program, SupervisedProcess } from '../processes/supervised.ts';
import { freePort } from '../testing/free-port.ts';
import { type CloudSecrets, cloudSecrets, secretIn } from './secrets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** The gateway's program, within a copy of the sources. */
const GATEWAY = join('deploy', 'cloud', 'gateway', 'main.ts');
/** The stand-in's. */
const SHAPE_SERVER = join(ROOT, 'sim', 'electric', 'main.ts');
const DATABASE = 'lockerhub';
const GATEWAY_ROLE = 'lockerhub_gateway';
const LOOK_WITHIN_MS = 1_000;
/** Migrating an empty database takes a second; a machine at its limit gets plenty. */
const MIGRATE_WITHIN_MS = 120_000;

export interface LocalCloudOptions {
  /** Made at the first start; everything is in it. */
  readonly folder: string;
  readonly host: string;
  /** Of the gateway; a free one if absent. */
  readonly port?: number;
  /** A real Electric on this database; without it the stand-in runs. */
  readonly electricUrl?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly onChange?: () => void;
}

/** What can be killed and comes back by itself. */
export type CloudPart = 'postgres' | 'shapes' | 'gateway';

export class LocalCloud {
  readonly url: string;
  readonly shapes: SupervisedProcess | null;
  readonly #options: LocalCloudOptions;
  readonly #postgres: LocalPostgres;
  readonly #plan: GatewayPlan;
  #gateway: SupervisedProcess;

  private constructor(options: LocalCloudOptions, plan: GatewayPlan, shapes: Program | null) {
    this.#options = options;
    this.#postgres = plan.postgres;
    this.#plan = plan;
    this.url = `http://127.0.0.1:${plan.port}`;
    this.#gateway = new SupervisedProcess(gatewayProgram(plan, ROOT), options.clock, options.onChange);
    this.shapes = shapes && new SupervisedProcess(shapes, options.clock, options.onChange);
  }

  /** Starts everything; resolves when the gateway takes requests. @throws SimError, ProcessFailed: nothing runs then. */
  static async start(options: LocalCloudOptions): Promise<LocalCloud> {
    const { folder, host, random, electricUrl } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const secrets = await cloudSecrets(join(folder, 'secrets'), random);
    const postgres = await LocalPostgres.start({ folder: join(folder, 'postgres') });
    try {
      await ensureDatabase(postgres);
      await migrate(postgres, secrets, folder, ROOT);
      const shapesUrl = electricUrl ?? `http://127.0.0.1:${await freePort()}`;
      const shapes =
        electricUrl === undefined ? await shapesProgram(folder, shapesUrl, postgres, secrets) : null;
      const port = options.port ?? (await freePort());
      const plan = { folder, host, port, postgres, shapesUrl, secrets };
      const cloud = new LocalCloud(options, plan, shapes);
      await cloud.#startPrograms();
      return cloud;
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  }

  get gateway(): SupervisedProcess {
    return this.#gateway;
  }

  /** Goes on with the gateway of other sources, as operators upgrade: its `migrate` runs first. @param root of a copy */
  async upgrade(root: string): Promise<void> {
    const { folder, postgres, secrets } = this.#plan;
    await migrate(postgres, secrets, folder, root);
    await this.#gateway.stop();
    const { clock, onChange } = this.#options;
    this.#gateway = new SupervisedProcess(gatewayProgram(this.#plan, root), clock, onChange);
    await this.#gateway.start();
  }

  /** The database as the gateway connects, and the file with its password. */
  gatewayAccess(): { readonly url: string; readonly passwordFile: string } {
    const { postgres, secrets } = this.#plan;
    return { url: databaseAs(GATEWAY_ROLE, postgres), passwordFile: secrets.gatewayPasswordFile };
  }

  /** The database as its superuser, for whoever compares. */
  databaseUrl(): string {
    return this.#postgres.url(DATABASE);
  }

  /** SIGKILL; it is started again after `darkMs`: gateway and shapes by themselves, Postgres by this call. */
  async kill(part: CloudPart, darkMs = 0): Promise<void> {
    if (part !== 'postgres') return (part === 'gateway' ? this.gateway : this.shapes)?.kill(darkMs);
    await this.#postgres.kill();
    await delay(this.#options.clock, darkMs);
    await this.#postgres.start();
  }

  /** Keeps a copy of the database as it is now, for `rewind`. Nothing answers meanwhile (some seconds). */
  async backUp(): Promise<void> {
    await this.#whileStopped(() => this.#postgres.backUp(this.#backup));
  }

  /** Puts the database back to the last `backUp`, as an operator restores to a point in time. */
  async rewind(): Promise<void> {
    await this.#whileStopped(() => this.#postgres.restore(this.#backup));
  }

  async stop(): Promise<void> {
    await this.#stopPrograms();
    await this.#postgres.stop();
  }

  get #backup(): string {
    return join(this.#options.folder, 'backup');
  }

  async #whileStopped(act: () => Promise<void>): Promise<void> {
    await this.#stopPrograms();
    await this.#postgres.stop();
    await act();
    await this.#postgres.start();
    await this.#startPrograms();
  }

  async #startPrograms(): Promise<void> {
    await this.shapes?.start();
    await this.gateway.start();
  }

  async #stopPrograms(): Promise<void> {
    await this.gateway.stop();
    await this.shapes?.stop();
  }
}

async function ensureDatabase(postgres: LocalPostgres): Promise<void> {
  const found = await postgres.sql(`SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (found.length === 0) await postgres.createDatabase(DATABASE);
}

/** An address of the database without its password. */
function databaseAs(role: string, postgres: LocalPostgres): string {
  return `postgresql://${role}@127.0.0.1:${postgres.port}/${DATABASE}`;
}

/** Brings the database to the schema of the software in `root`, as its owner. */
async function migrate(
  postgres: LocalPostgres,
  secrets: CloudSecrets,
  folder: string,
  root: string,
): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [
      ...[join(root, GATEWAY), 'migrate', '--owner-url', databaseAs('postgres', postgres)],
      ...['--owner-password-file', join(folder, 'postgres', 'password')],
      ...['--gateway-password-file', secrets.gatewayPasswordFile],
      ...['--electric-password-file', secrets.electricPasswordFile],
    ],
    { timeout: MIGRATE_WITHIN_MS },
  );
}

interface GatewayPlan {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly postgres: LocalPostgres;
  readonly shapesUrl: string;
  readonly secrets: CloudSecrets;
}

function gatewayProgram(
  { folder, host, port, postgres, shapesUrl, secrets }: GatewayPlan,
  root: string,
): Program {
  return {
    name: 'gateway',
    command: [
      ...[join(root, GATEWAY), 'serve', '--host', host, '--port', String(port)],
      ...['--database-url', databaseAs(GATEWAY_ROLE, postgres)],
      ...['--database-password-file', secrets.gatewayPasswordFile],
      ...['--electric-url', shapesUrl, '--electric-secret-file', secrets.electricSecretFile],
      ...['--signing-key-file', secrets.signingKeyFile],
    ],
    folder,
    isReady: () => answers(`http://127.0.0.1:${port}/readyz`),
  };
}

/** The stand-in keeps its shapes, so that a new start goes on with the same handles, as Electric does. */
async function shapesProgram(
  folder: string,
  url: string,
  postgres: LocalPostgres,
  secrets: CloudSecrets,
): Promise<Program> {
  return {
    name: 'shapes',
    command: [SHAPE_SERVER, '--port', new URL(url).port, '--storage', join(folder, 'shapes')],
    // The address has a password in it: not for the list of processes.
    environment: {
      DATABASE_URL: postgres.url(DATABASE),
      ELECTRIC_SECRET: await secretIn(secrets.electricSecretFile),
    },
    folder,
    isReady: () => answers(`${url}/v1/health`),
  };
}

async function answers(address: string): Promise<boolean> {
  const response = await fetch(address, { signal: AbortSignal.timeout(LOOK_WITHIN_MS) });
  await response.arrayBuffer();
  return response.ok;
}
