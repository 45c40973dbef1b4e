/**
 * Tells a program of an alarm by HTTP POST, signed after Standard Webhooks. Addresses come from operators, so the gateway
 * must not be made to ask things on its own network: the address that is connected to is checked, not only the name.
 */
import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { AlarmNotice } from '@lockerhub/protocol/http/alarms.ts';
import { signedHeaders } from '@lockerhub/protocol/webhooks/signature.ts';
import { GatewayError } from '../error.ts';

/** A program that takes longer is told again. */
const ANSWER_WITHIN_MS = 10_000;

/** Where a webhook may be. */
export interface WebhookRules {
  /** Addresses of private networks and of this machine, and http: for a cloud on one's own network. */
  readonly allowPrivate: boolean;
}

/** Networks that are nobody's on the internet: RFC 6890 (special-purpose registries), RFC 4193, RFC 6598. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv6');
}

/** Whether an IP address is of a private network, of this machine, or no address. IPv4 within IPv6 counts as IPv4. */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** @throws GatewayError `target-refused` for an address that no notice would be sent to */
export function requireAllowed(address: string, { allowPrivate }: WebhookRules): void {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' && !allowPrivate) throw refused('begins with https://');
  if (url.username !== '' || url.password !== '') throw refused('holds no password');
  if (isIP(host) !== 0 && isPrivate(host) && !allowPrivate) throw refused('is reached over the internet');
}

/** Tells a webhook; throws unless it answers with a 2xx. No redirect is followed. */
export async function callWebhook(
  { address, secret }: { readonly address: string; readonly secret: string },
  notice: { readonly id: string; readonly body: AlarmNotice; readonly nowMs: number },
  rules: WebhookRules,
): Promise<void> {
  requireAllowed(address, rules);
  const body = JSON.stringify(notice.body);
  const url = new URL(address);
  const ask = url.protocol === 'https:' ? request : requestPlain;
  await new Promise<void>((resolve, reject) => {
    const asking = ask(
      url,
      {
        method: 'POST',
        // A connection of its own: what was checked is what is connected to.
        agent: false,
        lookup: rules.allowPrivate ? lookup : publicLookup,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'lockerhub-gateway',
          ...signedHeaders(secret, notice.id, notice.nowMs, body),
        },
      },
      (response) => {
        // What it says is of no interest, and may be long.
        response.destroy();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`it answered with ${status}`));
      },
    );
    asking.once('error', reject);
    asking.end(body);
  });
}

/** Looks a name up, and gives only addresses that are on the internet. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, []);
    if (found.some(({ address }) => isPrivate(address))) {
      return callback(new Error(`${hostname} is on a private network`), []);
    }
    const [first] = found;
    if (options.all) return callback(null, found);
    return callback(null, first?.address ?? '', first?.family);
  });
};

function refused(rule: string): GatewayError {
  return new GatewayError('target-refused', `a webhook's address ${rule}`, { where: 'body.address' });
}
