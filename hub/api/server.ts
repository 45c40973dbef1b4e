/** The HTTP server of pages and API: its limits, and an end that answers what was accepted. */
import type { Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Config } from '../config/config.ts';
import { listenOn } from '../config/listen.ts';
import { createApi } from './app.ts';
import type { Hub } from './hub.ts';

/** Slow clients may not hold sockets: the whole request, and its head, have to arrive within these. */
const REQUEST_WITHIN_MS = 30_000;
const HEADERS_WITHIN_MS = 10_000;
/** Requests that were accepted are answered within this when the hub stops; then their connections are cut. */
const ANSWER_WITHIN_MS = 2_000;
/** Sockets at once: pages, streams and kiosks of a building. */
const MAX_HTTP_CONNECTIONS = 1_000;

/** Resolves when it listens. @throws HubError `port-taken`. */
export function serveHttp(config: Config, hub: Hub): Promise<Server> {
  const api = createApi(hub);
  return listenOn('pages and API', config.http, (port) => {
    // Without TLS or HTTP/2 options the adaptor makes a plain node:http server.
    const server = createAdaptorServer({ fetch: api.fetch }) as Server;
    server.requestTimeout = REQUEST_WITHIN_MS;
    server.headersTimeout = HEADERS_WITHIN_MS;
    server.maxConnections = MAX_HTTP_CONNECTIONS;
    return new Promise<Server>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, config.host, () => {
        server.off('error', reject);
        server.on('error', (error) => hub.log.error({ err: error }, 'HTTP server'));
        resolve(server);
      });
    });
  });
}

/** Takes no more requests and answers those that came: somebody may stand at a door. Streams have no end of their own. */
export function closeServer(server: Server, { clock, events, visits }: Hub): Promise<void> {
  return new Promise((resolve) => {
    const late = clock.after(ANSWER_WITHIN_MS, () => server.closeAllConnections());
    server.close(() => {
      late.cancel();
      resolve();
    });
    events.stop();
    visits.stop();
    server.closeIdleConnections();
  });
}

/** Where a browser on this machine finds the server. */
export function urlOf(server: Server): string {
  // A TCP server that listens has an address with a port.
  const { address, port } = server.address() as AddressInfo;
  return `http://${reachable(address)}:${port}`;
}

/** How this machine itself reaches an address that is listened on. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIPv6(host) ? `[${host}]` : host;
}
