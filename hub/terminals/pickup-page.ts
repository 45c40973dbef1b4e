import { isIPv4 } from 'node:net';

/** The page on this hub that a phone opens at the lockers. */
export function pickupPage(addresses: readonly string[], httpPort: number): string {
  return `${hubPage(addresses, httpPort)}pickup/`;
}

/**
 * Where the hub's pages begin, in the building's network.
 *
 * @param addresses of the hub, as others on the network reach it
 */
export function hubPage(addresses: readonly string[], httpPort: number): string {
  // By number: a phone knows no name of the building's own network.
  const address = addresses.find((one) => isIPv4(one)) ?? addresses[0] ?? 'localhost';
  return `http://${address}:${httpPort}/`;
}
