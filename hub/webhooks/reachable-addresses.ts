/**
 * To which addresses a webhook may lead. Whoever may set one must not be able to make the hub speak with what only it
 * reaches (server-side request forgery): the name is looked up by us, and only an address that is allowed is connected to.
 */
import { BlockList, isIP } from 'node:net';

export type Network = 'internet' | 'building';

/** Never: not routed to any one program (RFC 6890), and what clouds keep their credentials behind (169.254/16). */
const NEVER = listOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['fe80::', 10],
  ['ff00::', 8],
  // Would lead to an IPv4 address around this list (RFC 6052, RFC 3056).
  ['64:ff9b::', 96],
  ['2002::', 16],
]);
/** Only where a manager says that the program stands in the building (RFC 1918, 4193, 6598; loopback). */
const WITHIN = listOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::1', 128],
  ['fc00::', 7],
]);

/** Whether a webhook of this network may connect to the address. */
export function mayReach(address: string, network: Network): boolean {
  const family = isIP(address);
  if (family === 0 || address === '::') return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  return !NEVER.check(address, kind) && (network === 'building' || !WITHIN.check(address, kind));
}

function listOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, isIP(net) === 4 ? 'ipv4' : 'ipv6');
  return list;
}
