/** A Hono app on a port. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { SimError } from '../error.ts';

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Cuts what is open, and lets go of the port. */
  close(): Promise<void>;
}

/** @throws SimError `port-taken`. */
export async function listen(app: Hono, host: string, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new SimError('port-taken', `port ${port} of ${host} can't be listened on; choose another`, {
      cause,
    });
  }
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    port: address.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
