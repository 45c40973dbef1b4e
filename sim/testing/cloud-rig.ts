/** A cloud's gateway in this process over a real Postgres of its own, with buildings to try things on. */
import { generateKeyPairSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createBuilding,
  createOrganisation,
  revokeHub,
} from '@lockerhub/deploy/cloud/gateway/buildings/register.ts';
import type { Config } from '@lockerhub/deploy/cloud/gateway/config/config.ts';
import { createLogger } from '@lockerhub/deploy/cloud/gateway/config/logging.ts';
import { type CodeKind, makeCode } from '@lockerhub/deploy/cloud/gateway/enrolment/codes.ts';
import { type RunningGateway, startGateway } from '@lockerhub/deploy/cloud/gateway/gateway.ts';
import { migrate } from '@lockerhub/deploy/cloud/gateway/schema/migrate.ts';
import { GATEWAY_ROLE } from '@lockerhub/deploy/cloud/gateway/schema/roles.ts';
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { LocalPostgres } from '../postgres/local-postgres.ts';
import { quickFolder } from './quick-folder.ts';

const DATABASE = 'lockerhub';
const GATEWAY_PASSWORD = 'of the gateway in a rig';

export interface CloudRigOptions {
  /** Default: nothing listens there. */
  readonly electric?: Config['electric'];
  /** As its owner, a Postgres that is there; default: one is started, and gone at the end. */
  readonly databaseUrl?: string;
  readonly proxies?: number;
  readonly clock?: Clock;
  /** Default: no mail, webhooks of this machine. */
  readonly alarms?: Config['alarms'];
  /** Default: it offers none. */
  readonly releases?: string;
}

export class CloudRig {
  readonly #postgres: LocalPostgres | null;
  /** How the owner connects. */
  readonly ownerUrl: string;
  readonly organisation: string;
  readonly #folder: string;
  #owner: Client;
  readonly #clock: Clock;
  readonly #config: Config;
  readonly #gateways: RunningGateway[] = [];
  #logged = '';

  private constructor(
    folder: string,
    postgres: LocalPostgres | null,
    ownerUrl: string,
    owner: Client,
    options: CloudRigOptions,
  ) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.ownerUrl = ownerUrl;
    this.#owner = owner;
    this.#clock = options.clock ?? systemClock;
    this.organisation = newId(this.#clock, systemRandom);
    this.#config = {
      host: '127.0.0.1',
      port: 0,
      database: {
        url: asRole(ownerUrl, GATEWAY_ROLE),
        password: GATEWAY_PASSWORD,
      },
      // Port 9 (discard) of this machine: nothing answers there.
      electric: options.electric ?? { url: 'http://127.0.0.1:9', secret: undefined },
      signingKey: generateKeyPairSync('ed25519').privateKey,
      proxies: options.proxies ?? 0,
      alarms: options.alarms ?? { mail: null, webhooks: { allowPrivate: true } },
      releases: options.releases,
      logLevel: 'info',
    };
  }

  /** Starts Postgres, migrates, and makes an organisation; gateways come by `gateway()`. */
  static async start(options: CloudRigOptions = {}): Promise<CloudRig> {
    const folder = await quickFolder('lockerhub-cloud-rig-');
    const { databaseUrl } = options;
    const postgres =
      databaseUrl === undefined ? await LocalPostgres.start({ folder: join(folder, 'postgres') }) : null;
    const ownerUrl = databaseUrl ?? (await postgres?.createDatabase(DATABASE)) ?? '';
    const owner = await connected(ownerUrl);
    await migrate(owner, { gateway: GATEWAY_PASSWORD });
    const rig = new CloudRig(folder, postgres, ownerUrl, owner, options);
    const madeAtMs = Math.floor(rig.#clock.wallMs());
    await createOrganisation(owner, { id: rig.organisation, name: 'Rig Homes', madeAtMs });
    return rig;
  }

  /** @throws Error for a rig on a Postgres that was there */
  get postgres(): LocalPostgres {
    if (!this.#postgres) throw new Error('this rig has no Postgres of its own');
    return this.#postgres;
  }

  /** All that the gateways logged so far. */
  get logged(): string {
    return this.#logged;
  }

  /** What the gateways are told: for one that runs as a process. */
  get config(): Config {
    return this.#config;
  }

  /** Starts one more gateway. */
  async gateway(): Promise<RunningGateway> {
    const write = (line: string) => {
      this.#logged += line;
    };
    const log = createLogger('info', { write });
    const gateway = await startGateway({
      config: this.#config,
      clock: this.#clock,
      random: systemRandom,
      log,
    });
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Makes a building. @param slug null: its hub brings it */
  async building(slug: string | null = null): Promise<string> {
    const id = newId(this.#clock, systemRandom);
    const madeAtMs = Math.floor(this.#clock.wallMs());
    await createBuilding(this.#owner, {
      id,
      organisation: this.organisation,
      name: slug ?? 'Somewhere',
      slug,
      madeAtMs,
    });
    return id;
  }

  /** A one-time code for a hub of this building. */
  async code(building: string, kind: CodeKind = 'first'): Promise<string> {
    const { code } = await makeCode(this.#owner, {
      building,
      kind,
      nowMs: this.#clock.wallMs(),
      random: systemRandom,
    });
    return code;
  }

  async revoke(building: string, instance: string): Promise<void> {
    await revokeHub(this.#owner, building, instance, this.#clock.wallMs());
  }

  /** One statement as the owner, whom row level security does not bind. */
  async sql<Row extends object = Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const { rows } = await this.#owner.query<Row>(text, [...values]);
    return rows;
  }

  /** The owner's connection, anew: a test has killed Postgres. */
  async reconnect(): Promise<void> {
    this.#owner = await connected(this.ownerUrl);
  }

  async end(): Promise<void> {
    for (const gateway of this.#gateways) await gateway.stop();
    await this.#owner.end().catch(() => {
      // Postgres was killed by the test: the connection is gone already.
    });
    await this.#postgres?.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function connected(url: string): Promise<Client> {
  const owner = new Client({ connectionString: url });
  // A test may kill Postgres; the query that meets that fails by itself.
  owner.on('error', () => {});
  await owner.connect();
  return owner;
}

/** The same database for another role, whose password comes apart. */
function asRole(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = '';
  return url.href;
}
