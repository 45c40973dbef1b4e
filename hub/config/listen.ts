import { HubError } from '../error.ts';
import type { PortChoice } from './config.ts';

/** How many ports behind a default one are tried. */
const MAX_TRIES = 20;
const LAST_PORT = 65_535;

/**
 * Listens on the chosen port. A default one that is taken gives way to the next free one; one that was asked for
 * does not.
 *
 * @param listen starts to listen on a port, or rejects with the socket's error.
 * @throws HubError `port-taken`, naming the flag or variable.
 */
export async function listenOn<Server>(
  what: string,
  choice: PortChoice,
  listen: (port: number) => Promise<Server>,
): Promise<Server> {
  const tries = choice.askedBy === null ? MAX_TRIES : 1;
  let cause: unknown;
  for (let port = choice.port; port < choice.port + tries && port <= LAST_PORT; port++) {
    try {
      return await listen(port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
      cause = error;
    }
  }
  throw new HubError('port-taken', portTaken(what, choice), { cause });
}

function portTaken(what: string, { port, askedBy }: PortChoice): string {
  return askedBy === null
    ? `${what}: the ports ${port} to ${port + MAX_TRIES - 1} are all taken; name a free one`
    : `${what}: port ${port} (${askedBy}) is taken or not allowed; name another or stop what uses it`;
}
