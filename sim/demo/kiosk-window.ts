/**
 * The screen of the garage or the package room in a browser: forwards everything to where its kiosk is served, as the
 * paired terminal that hangs there. A cookie would not do: the browser's is the lobby's kiosk already, and cookies know no
 * port.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { refusalOf } from './guard.ts';

export interface KioskWindowOptions {
  readonly host: string;
  readonly port: number;
  /** Where its kiosk is served on this machine: by the garage's agent, or by the hub. */
  readonly kioskPort: number;
  /** Of the terminal that hangs there. */
  readonly token: string;
  /** As of the demo's control. */
  readonly key: string | null;
}

/** Starts it. Resolves once it listens. */
export async function startKioskWindow(options: KioskWindowOptions): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    // Whichever side went away, the other one sees a broken connection and tries again.
    pass(options, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return server;
}

async function pass(
  { kioskPort, token, key }: KioskWindowOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const { host = '', origin, cookie = '' } = headers;
  const refusal = refusalOf({ method, url: `http://${host}${url}`, origin, cookie }, key);
  if (refusal) {
    outgoing.writeHead(403, { 'content-type': 'text/plain' }).end(refusal);
    return;
  }
  // Its host stays: who serves the kiosk compares it with the origin.
  const { cookie: _cookie, connection: _connection, ...rest } = headers;
  const sent = request({
    ...{ host: '127.0.0.1', port: kioskPort, method, path: url },
    headers: { ...rest, authorization: `Bearer ${token}` },
  });
  outgoing.once('close', () => sent.destroy());
  incoming.pipe(sent);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { connection: _kept, 'keep-alive': _keepAlive, ...answered } = answer.headers;
  outgoing.writeHead(answer.statusCode ?? 502, answered);
  outgoing.flushHeaders();
  await pipeline(answer, outgoing);
}
