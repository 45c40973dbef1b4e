import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to whoever asks for none (32768–60999: ip(7), ip_local_port_range) and above the
 * registered ones that a development machine is likely to run.
 */
const FIRST = 20_000;
const LAST = 32_767;
const TRIES = 100;

/**
 * A port of 127.0.0.1 that is free now, for a process that must be told its port or keep it through a restart. It is
 * none that the system hands out: those may be taken by anybody's connection while the process is down.
 *
 * @throws if none of `TRIES` ports is free.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports between ${FIRST} and ${LAST} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false; // Somebody listens there: the next one, then.
  }
  server.close();
  await once(server, 'close');
  return true;
}
