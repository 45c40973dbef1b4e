/**
 * Hubs that announce themselves on the LAN by multicast DNS (RFC 6762, 6763). Anybody can announce anything: what is
 * found is where to look, and proves nothing.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { HostName } from '@lockerhub/protocol/join/join-messages.ts';
import type { Logger } from 'pino';
import { z } from 'zod';
import { openMulticastDns } from './multicast-dns.ts';
import type { HubAddress } from './tls-way.ts';

/** `_lockerhub._tcp` */
export const SERVICE_TYPE = 'lockerhub';
/** Answers come within 20 to 120 ms (RFC 6762, section 6); a busy machine and a lost packet or two get more. */
const BROWSE_WITHIN_MS = 2_000;
/** Addresses that are looked at; a LAN full of false hubs costs no more than these. */
const MAX_FOUND = 32;

const Announced = z.object({
  port: z.int().min(1).max(65_535),
  /** What a hub says of itself: whose it is, and the port of its pages. */
  txt: z.object({ building: z.string().max(40), http: z.coerce.number().int().min(1).max(65_535) }),
  addresses: z.array(HostName).default([]),
  /** Where the announcement came from. */
  referer: z.object({ address: HostName }).optional(),
});

/** Names a building's CA in announcements: 128 bits of the certificate's digest. It finds; it proves nothing. */
export function buildingMark(ca: string): string {
  return createHash('sha256').update(new X509Certificate(ca).raw).digest('hex').slice(0, 32);
}

/**
 * Listens for so long, or until a hub with this mark was heard of.
 *
 * @param mark whose hub; null: any
 */
export async function browseHubs(
  mark: string | null,
  log: Logger,
  signal: AbortSignal = new AbortController().signal,
): Promise<HubAddress[]> {
  // Without multicast on this machine nothing is found, which is the answer.
  const mdns = await openMulticastDns((error) => log.warn({ err: error }, 'multicast DNS does not work'));
  const found = new Map<string, HubAddress>();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      mdns.destroy();
      resolve([...found.values()]);
    };
    const timer = setTimeout(end, BROWSE_WITHIN_MS);
    signal.addEventListener('abort', end);
    mdns.find({ type: SERVICE_TYPE }, (service) => {
      const announced = Announced.safeParse(service);
      if (!announced.success || (mark !== null && announced.data.txt.building !== mark)) return;
      const { port, txt, addresses, referer } = announced.data;
      for (const host of new Set([...(referer ? [referer.address] : []), ...addresses])) {
        if (found.size < MAX_FOUND) found.set(`${host} ${port}`, { host, port, httpPort: txt.http });
      }
      if (mark !== null) end();
    });
    if (signal.aborted) end();
  });
}
