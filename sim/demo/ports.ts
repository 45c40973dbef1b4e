import { createServer } from 'node:net';

/** How far up the next free port is looked for. */
const PORTS_TRIED = 50;

/** A port to listen on, and whether somebody asked for exactly this one. */
export interface PortWish {
  /** What listens there, in words: "the hub's pages". */
  readonly what: string;
  readonly port: number;
  /** The flag or variable that asked for it; undefined for a default. */
  readonly askedBy: string | undefined;
}

/** A port that cannot be had. The message says who wanted it and what to do. */
export class PortTaken extends Error {
  readonly code = 'port-taken';
}

/**
 * The wished port if it is free. A default that is taken gives way to the next free one above it; a port that was
 * asked for does not.
 *
 * @param spoken Ports that are promised already, though nothing listens there yet.
 * @throws PortTaken
 */
export async function choosePort(wish: PortWish, host: string, spoken: ReadonlySet<number>): Promise<number> {
  const last = wish.askedBy ? wish.port : Math.min(wish.port + PORTS_TRIED, 65_535);
  for (let port = wish.port; port <= last; port += 1) {
    if (!spoken.has(port) && (await isFree(host, port))) return port;
  }
  throw new PortTaken(
    wish.askedBy
      ? `port ${wish.port} (${wish.askedBy}) for ${wish.what} is taken; free it or ask for another`
      : `no free port for ${wish.what} from ${wish.port} to ${last}; free one or ask for another by flag`,
  );
}

/** Whether a port can be listened on right now. */
async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
