/** One call to a webhook's address. Nothing of the answer is kept or told but its status. */
import { lookup as lookUp } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayReach, type Network } from './reachable-addresses.ts';

/** A program that takes longer has failed at this call: it should answer first and work then. */
export const ANSWER_WITHIN_MS = 10_000;

export interface Call {
  readonly url: string;
  readonly network: Network;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Null: it was taken (2xx). Else why not, in words that hold nothing of what was sent. */
export type CallFailure = string | null;

/** Calls; no redirect is followed, no proxy asked, no connection kept. */
export async function call({ url, network, headers, body, signal }: Call): Promise<CallFailure> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !mayReach(host, network)) return FORBIDDEN;
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<CallFailure>((resolve) => {
    const outgoing = request(target, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: onlyAllowed(network),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    outgoing.on('response', (answer) => {
      const { statusCode = 0 } = answer;
      // What it says is of no interest, and may be long.
      answer.destroy();
      resolve(statusCode >= 200 && statusCode < 300 ? null : `the program said ${statusCode}`);
    });
    outgoing.on('error', (error) => resolve(reasonOf(error)));
    outgoing.end(body);
  });
}

const FORBIDDEN = 'its address is not one that a webhook may lead to';

/** The look-up of names, with what may not be reached left out: no name can be pointed elsewhere after a check. */
function onlyAllowed(network: Network): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const allowed = found.filter(({ address }) => mayReach(address, network));
      const [first] = allowed;
      if (!first) return callback(Object.assign(new Error(FORBIDDEN), { code: 'FORBIDDEN' }), '');
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function reasonOf(error: Error & { readonly code?: string }): string {
  if (error.code === 'FORBIDDEN') return FORBIDDEN;
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.code ?? 'not reached';
}
