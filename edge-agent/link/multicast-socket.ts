/**
 * A socket whose multicasts go out at every network of this machine. Left to the system they go where its default route
 * leads: on a LAN without a router nowhere at all, and on a machine with two networks into one of them.
 */
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

/** RFC 6762, section 11. */
const TTL = 255;

/** IPv4 addresses of this machine by which others reach it, as they are now; one of each network. */
function networksNow(): string[] {
  return Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? [],
  );
}

/**
 * For multicast-dns, which sends by `send(bytes, offset, length, port, address, done)` and nothing else.
 *
 * @param network the address of the only network to use
 */
export function openMulticastSocket(network: string | undefined): Socket {
  const heard = createSocket({ type: 'udp4', reuseAddr: true });
  const senders = new Map<string, Socket>();
  const senderAt = (address: string, port: number) => {
    const sender = senders.get(address) ?? openSender(address, port, () => senders.delete(address));
    senders.set(address, sender);
    return sender;
  };
  const send = (
    bytes: Uint8Array,
    offset: number,
    length: number,
    port: number,
    group: string,
    done: (error: Error | null) => void,
  ) => {
    const networks = network === undefined ? networksNow() : [network];
    const errors: (Error | null)[] = [];
    const settle = (error: Error | null) => {
      if (errors.push(error) >= networks.length) done(errors.find((each) => each !== null) ?? null);
    };
    if (networks.length === 0) settle(null);
    for (const address of networks) {
      senderAt(address, port).send(bytes, offset, length, port, group, settle);
    }
  };
  heard.once('close', () => {
    for (const sender of senders.values()) sender.close();
  });
  return Object.assign(heard, { send });
}

/** Its port is the receivers' too: an answer from another one is none (RFC 6762, section 6). */
function openSender(address: string, port: number, onGone: () => void): Socket {
  const sender = createSocket({ type: 'udp4', reuseAddr: true });
  // A network that went away: the next message begins with those that are there then.
  sender.on('error', () => {
    onGone();
    sender.close();
  });
  return sender.bind(port, address, () => {
    sender.setMulticastInterface(address);
    sender.setMulticastTTL(TTL);
  });
}
