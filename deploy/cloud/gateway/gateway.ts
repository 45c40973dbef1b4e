/** A running gateway: the database and the API around it. It keeps nothing of its own: any number run side by side. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import { Watch } from './alarms/watch.ts';
import type { Gateway } from './api/api.ts';
import { createApi } from './api/app.ts';
import type { Config } from './config/config.ts';
import { Database } from './database/database.ts';
import { GatewayError } from './error.ts';
import { LogChecking } from './log/log-checking.ts';
import { Refolding } from './log/refolding.ts';
import { fleetMetrics } from './metrics/fleet-metrics.ts';
import { Metrics } from './metrics/metrics.ts';
import { Releases } from './releases/releases.ts';
import { requireSchema } from './schema/migrate.ts';
import { requireRowSecurity } from './schema/row-security.ts';

/** Slow clients may not hold sockets: the whole request, and its head, have to arrive within these. */
const REQUEST_WITHIN_MS = 60_000;
const HEADERS_WITHIN_MS = 10_000;
/** Requests that were accepted are answered within this when the gateway stops; then their connections are cut. */
const ANSWER_WITHIN_MS = 10_000;
const BETWEEN_SWEEPS_MS = 100;
/** Sockets at once: a hub holds one a shape that it follows, and one for what it sends. */
const MAX_HTTP_CONNECTIONS = 20_000;

export interface GatewayOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly url: string;
  /** Finishes what was accepted, then closes everything. */
  stop(): Promise<void>;
}

/** Starts everything; resolves when requests are answered. @throws GatewayError: then nothing runs. */
export async function startGateway({ config, clock, random, log }: GatewayOptions): Promise<RunningGateway> {
  const database = new Database({
    ...config.database,
    onIdleError: (error) => log.warn({ err: error }, 'a connection to the database broke'),
  });
  try {
    await database.transaction(requireSchema);
    await database.transaction(requireRowSecurity);
    const metrics = new Metrics();
    metrics.gauge('database_connections', 'Connections in use.', () => database.load.used);
    metrics.gauge('database_waiting', 'Requests that wait for a connection.', () => database.load.waiting);
    const stopping = new AbortController();
    const gateway: Gateway = {
      ...{ config, clock, random, log, database, metrics },
      releases: new Releases(config.releases),
      stopping: stopping.signal,
    };
    fleetMetrics(gateway);
    const server = await serve(gateway);
    const refolding = new Refolding(gateway);
    refolding.start();
    const checking = new LogChecking(gateway);
    checking.start();
    const watch = new Watch(gateway);
    watch.start();
    return {
      gateway,
      url: urlOf(server),
      stop: async () => {
        stopping.abort(goingAway());
        await Promise.all([close(server, clock), refolding.stop(), checking.stop(), watch.stop()]);
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** What requests are told that wait for something to happen: another gateway takes the next one. */
function goingAway(): GatewayError {
  return new GatewayError('overloaded', 'this gateway stops; ask again', { retryAfterMs: 0 });
}

function serve(gateway: Gateway): Promise<Server> {
  const { config, log } = gateway;
  // Without TLS or HTTP/2 options the adaptor makes a plain node:http server.
  const server = createAdaptorServer({ fetch: createApi(gateway).fetch }) as Server;
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.maxConnections = MAX_HTTP_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new GatewayError('port-taken', `port ${config.port} on ${config.host} is taken or not allowed`, {
          cause,
        }),
      ),
    );
    server.listen(config.port, config.host, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => log.error({ err: error }, 'HTTP server'));
      resolve(server);
    });
  });
}

function close(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const late = clock.after(ANSWER_WITHIN_MS, () => server.closeAllConnections());
    // A connection whose answer is given only now is kept alive for the next request, which will not be taken.
    const sweep = (): Timer =>
      clock.after(BETWEEN_SWEEPS_MS, () => {
        server.closeIdleConnections();
        sweeping = sweep();
      });
    let sweeping = sweep();
    server.close(() => {
      late.cancel();
      sweeping.cancel();
      resolve();
    });
  });
}

/** Where this machine finds the server. */
function urlOf(server: Server): string {
  // A TCP server that listens has an address with a port.
  const { address, port, family } = server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`;
}
