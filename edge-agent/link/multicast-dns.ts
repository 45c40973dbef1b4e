/** Multicast DNS on this machine. Loaded where it is needed: an agent that finds its hub where it was keeps the memory. */
import type { EventEmitter } from 'node:events';
import type { Bonjour } from 'bonjour-service';
import { openMulticastSocket } from './multicast-socket.ts';

/** RFC 6762, section 3. */
const PORT = 5353;

/** Where it is spoken. */
export interface MulticastPlace {
  readonly port?: number;
  /** The address of the one network to use; without it: all but this machine's own. */
  readonly network?: string;
}

/**
 * Opens it.
 *
 * @param onTrouble it does not work here (no multicast, the port taken): nothing is heard and nothing said then
 */
export async function openMulticastDns(
  onTrouble: (error: Error) => void,
  { port = PORT, network }: MulticastPlace = {},
): Promise<Bonjour> {
  const { Bonjour } = await import('bonjour-service');
  // What is sent to the group does not arrive at a socket that is bound to an address of the network.
  const place = network === undefined ? {} : { interface: network, bind: '0.0.0.0' };
  // The library hands its options on to multicast-dns, which takes a socket.
  const mdns = new Bonjour({ port, ...place, socket: openMulticastSocket(network) } as object, onTrouble);
  // The library hands on what goes wrong with an answer, and leaves what goes wrong with the socket to whoever listens
  // inside: unheard, it would end the process.
  const { server } = mdns as unknown as { readonly server: { readonly mdns: EventEmitter } };
  server.mdns.on('error', onTrouble);
  return mdns;
}
