/** Where agents on the LAN find this hub. */
import { hostname, networkInterfaces } from 'node:os';
import { HostName, MAX_ADDRESSES } from '@lockerhub/protocol/join/join-messages.ts';

/** Listening there means: on every interface. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Names and addresses of a hub that listens on `host`: a name first, for it outlives an address. */
export function addressesOf(host: string): string[] {
  if (!EVERYWHERE.has(host)) return [host];
  const addresses = Object.values(networkInterfaces())
    .flat()
    // A link-local IPv6 address means nothing without the interface of whoever dials it.
    .filter((address) => address !== undefined && !address.internal && !address.address.startsWith('fe80:'))
    .map((address) => address?.address ?? '');
  return [hostname(), ...addresses]
    .filter((name) => HostName.safeParse(name).success)
    .slice(0, MAX_ADDRESSES);
}
