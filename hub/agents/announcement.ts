/** The hub says on the LAN where it is, for agents that lost it: multicast DNS (RFC 6762, 6763). */
import { isIP } from 'node:net';
import { buildingMark, SERVICE_TYPE } from '@lockerhub/edge-agent/link/hub-browse.ts';
import { openMulticastDns } from '@lockerhub/edge-agent/link/multicast-dns.ts';
import type { Logger } from 'pino';

export interface AnnouncementOptions {
  /** What the hub listens on; on this machine alone there is nothing to announce. */
  readonly host: string;
  readonly mqttsPort: number;
  readonly httpPort: number;
  /** The building's CA certificate, in PEM. */
  readonly ca: string;
  readonly log: Logger;
}

/** Begins to announce. Returns how to say good-bye. */
export async function announceHub(options: AnnouncementOptions): Promise<() => Promise<void>> {
  const { host, mqttsPort, httpPort, ca, log } = options;
  if (host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1')
    return async () => {};
  // A LAN without multicast costs agents a way to find the hub, and the hub nothing.
  const mdns = await openMulticastDns((error) => log.warn({ err: error }, 'the hub cannot announce itself'));
  const building = buildingMark(ca);
  mdns.publish({
    name: building,
    type: SERVICE_TYPE,
    port: mqttsPort,
    // The name is this building's; another hub of the same would be a replacement, and both are looked at.
    probe: false,
    txt: { building, http: String(httpPort) },
  });
  return () =>
    new Promise((resolve) => {
      mdns.unpublishAll(() => {
        mdns.destroy();
        resolve();
      });
    });
}
