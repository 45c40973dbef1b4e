/**
 * The garage's screen in a browser: forwards everything to the kiosk of the garage's agent, as the paired terminal that
 * hangs there. A cookie would not do: the browser's is the lobby's kiosk already, and cookies know no port.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { refusalOf } from './guard.ts';

export interface KioskWindowOptions {
  readonly host: string;
  readonly port: number;
  /** Where the agent serves its kiosk, on this machine. */
  readonly agentPort: number;
  /** Of the terminal in the garage. */
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
  { agentPort, token, key }: KioskWindowOptions,
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
  // Its host stays: the agent compares it with the origin.
  const { cookie: _cookie, connection: _connection, ...rest } = headers;
  const sent = request({
    ...{ host: '127.0.0.1', port: agentPort, method, path: url },
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
