/** Multicast DNS on this machine. Loaded where it is needed: an agent that finds its hub where it was keeps the memory. */
import type { EventEmitter } from 'node:events';
import type { Bonjour } from 'bonjour-service';

/** RFC 6762, section 3. */
const PORT = 5353;

/**
 * Opens it.
 *
 * @param onTrouble it does not work here (no multicast, the port taken): nothing is heard and nothing said then
 */
export async function openMulticastDns(onTrouble: (error: Error) => void, port = PORT): Promise<Bonjour> {
  const { Bonjour } = await import('bonjour-service');
  const mdns = new Bonjour({ port }, onTrouble);
  // The library hands on what goes wrong with an answer, and leaves what goes wrong with the socket to whoever listens
  // inside: unheard, it would end the process.
  const { server } = mdns as unknown as { readonly server: { readonly mdns: EventEmitter } };
  server.mdns.on('error', onTrouble);
  return mdns;
}
