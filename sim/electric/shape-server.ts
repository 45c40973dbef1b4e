/**
 * A stand-in for Electric's sync service, **for development and tests only**: it speaks Electric's HTTP protocol for
 * shapes over Postgres' logical replication, so that everything beside it can be run and tried where Electric's image
 * cannot. It keeps its shapes in memory and has one process; a real cloud runs Electric.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock, type Timer } from '@lockerhub/protocol/time/clock.ts';
import { type Random, systemRandom } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { SimError } from '../error.ts';
import { LIMITS, type Limits } from './limits.ts';
import { listen } from './listen.ts';
import { dropSlot, findSlot } from './replication/slot.ts';
import { ReplicationStream } from './replication/stream.ts';
import { shapeApp } from './requests/app.ts';
import { ShapeRequests } from './requests/shape-requests.ts';
import { ShapeRegistry } from './shapes/registry.ts';
import { takeSnapshot } from './shapes/snapshot.ts';
import { ShapeStorage } from './shapes/storage.ts';
import { readTablesByOid } from './tables/catalogue.ts';
import { Database, sqlState } from './tables/database.ts';
import { publishTable } from './tables/publish.ts';

export interface ShapeServerOptions {
  /** A role that may replicate, and that owns the tables (it sets their replica identity) or is superuser. */
  readonly databaseUrl: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /**
   * Where shapes are kept, so that a new start goes on with the same handles. Default: a folder of its own that is removed
   * at `stop`, with the replication slot.
   */
  readonly storageFolder?: string;
  /** Electric's `ELECTRIC_SECRET`: whoever does not know it reads nothing. Default: anybody may. */
  readonly secret?: string;
  /** Tells two servers on one cluster apart; part of the names of slot and publication. Default: the database's name. */
  readonly name?: string;
  /** How long a live request waits for a change. Default: Electric's 20 s. */
  readonly liveTimeoutMs?: number;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log: Logger;
}

export interface ShapeServer {
  /** `http://127.0.0.1:<port>`; shapes are at `/v1/shape`. */
  readonly url: string;
  readonly port: number;
  /** Live requests that wait for a change at the moment. */
  readonly waiting: number;
  /** Ends answers that wait, and lets go of Postgres. */
  stop(): Promise<void>;
}

const LIVE_TIMEOUT_MS = 20_000;
/** An altered table without a change of its rows is noticed by looking. */
const LOOK_AT_TABLES_MS = 1_000;
const NAME_LENGTH = 32;
const NAME = new RegExp(`^[a-z0-9_]{1,${NAME_LENGTH}}$`);

/**
 * Starts it; resolves once all that was committed before has come from Postgres. While Postgres is away it waits, and
 * answers 503.
 *
 * @throws SimError if the port is taken or the name is none.
 */
export async function startShapeServer(options: ShapeServerOptions): Promise<ShapeServer> {
  const { databaseUrl, log, clock = systemClock, random = systemRandom } = options;
  const name = options.name ?? nameOfDatabase(databaseUrl);
  log.warn('this shape server is a stand-in for Electric, for development only');
  if (!NAME.test(name)) throw new SimError('config-invalid', `the name "${name}" must match ${NAME.source}`);
  const limits = { ...LIMITS, ...options.limits };
  const ownFolder =
    options.storageFolder === undefined ? await mkdtemp(join(tmpdir(), 'lockerhub-shapes-')) : null;
  const storage = new ShapeStorage(options.storageFolder ?? String(ownFolder), log);
  const database = new Database(databaseUrl, log);
  const slot = `lockerhub_shapes_${name}`;
  const registry: ShapeRegistry = new ShapeRegistry({
    storage,
    limits,
    clock,
    log,
    snapshot: async (definition) => {
      if (!stream.isSlotSure)
        throw new SimError('database-away', 'no replication slot keeps changes at the moment');
      await publishTable(database, slot, definition.table);
      return takeSnapshot(database, definition, limits.shapeBytes);
    },
  });
  const { transactionBytes } = limits;
  const stream = new ReplicationStream({
    databaseUrl,
    database,
    slot,
    publication: slot,
    transactionBytes,
    keeper: registry,
    clock,
    log,
  });
  const isReady = () => stream.isCaughtUp;
  const requests = new ShapeRequests({
    registry,
    database,
    isReady,
    liveTimeoutMs: options.liveTimeoutMs ?? LIVE_TIMEOUT_MS,
    waiting: limits.waiting,
    clock,
    random,
  });
  const app = shapeApp({ requests, secret: options.secret ?? null, isReady, log });
  const server = await listen(app, options.host ?? '127.0.0.1', options.port ?? 0).catch((error: unknown) => {
    if (ownFolder) rmSync(ownFolder, { recursive: true });
    throw error;
  });
  const watch = watchTables(registry, database, clock, log);
  await stream.start();
  return {
    url: server.url,
    port: server.port,
    get waiting() {
      return requests.waiting;
    },
    stop: async () => {
      watch.stop();
      await server.close();
      await stream.stop();
      if (ownFolder) await forget(database, slot, ownFolder, log);
      await database.end();
    },
  };
}

/** Slots are named for a whole cluster, by lower case letters, digits and underscores. */
function nameOfDatabase(databaseUrl: string): string {
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1)).toLowerCase();
  return database.replaceAll(/[^a-z0-9_]/g, '_').slice(0, NAME_LENGTH) || 'default';
}

/** Looks now and then whether the tables of shapes are still what they were. */
function watchTables(
  registry: ShapeRegistry,
  database: Database,
  clock: Clock,
  log: Logger,
): { stop(): void } {
  let timer: Timer | undefined;
  let isStopped = false;
  const look = async () => {
    const oids = registry.tables;
    if (oids.length > 0) registry.compareTables(oids, await readTablesByOid(database, oids));
  };
  const again = () => {
    timer = clock.after(LOOK_AT_TABLES_MS, () => {
      look()
        .catch((error: Error) => log.debug({ reason: error.message }, 'the tables could not be looked at'))
        .finally(() => {
          if (!isStopped) again();
        });
    });
  };
  again();
  return {
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}

/** A slot without shapes would only hold up Postgres' log. */
async function forget(database: Database, slot: string, folder: string, log: Logger): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  try {
    // The connection that used it was cut by us a moment ago; Postgres may not have noticed.
    await database.rows(
      'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
      [slot],
    );
    while (await findSlot(database, slot)) {
      try {
        await dropSlot(database, slot);
      } catch (error) {
        if (sqlState(error) !== SLOT_ACTIVE) throw error;
      }
    }
  } catch (error) {
    log.warn(
      { slot, reason: error instanceof Error ? error.message : String(error) },
      'the replication slot could not be dropped; the next start does it',
    );
  }
}
const SLOT_ACTIVE = '55006';
