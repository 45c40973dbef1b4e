/** The request to Electric, and what of its answer a hub may see. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { GatewayError } from '../error.ts';

/** An idle live request is answered after 20 s (recording 06); twice that and more is no answer. */
const HEAD_WITHIN_MS = 60_000;
/** Hubs that lost Electric together must not come again together. */
const RETRY_FROM_MS = 2_000;
const RETRY_SPREAD_MS = 8_000;
/** A restore hits all shapes of all hubs at once: so far apart do they begin anew. */
const REFETCH_SPREAD_S = 10;
/** As much of Electric's own words as the log keeps. */
const KEPT_CHARACTERS = 500;
/** What Electric may find wrong that a hub has said. */
const ASKED = /^(offset|handle|live|cursor|expired_handle|log)$/;

export interface ElectricOptions {
  readonly electric: Config['electric'];
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Asks Electric, and resolves with the head of its answer: 200 or 409, anything else is a fault of somebody.
 *
 * @param signal ends the request, also while its body comes
 * @throws GatewayError `shapes-away`, `request-invalid`; what `signal` says
 */
export async function askElectric(
  { electric, random, log }: ElectricOptions,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(`${electric.url}/v1/shape`);
  url.search = query.toString();
  if (electric.secret !== undefined) url.searchParams.set('secret', electric.secret);
  const head = new AbortController();
  const late = setTimeout(() => head.abort(new Error('no answer in time')), HEAD_WITHIN_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      // Nothing of the hub's request goes on: not its token, nor a condition that would get it a 304.
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.any([signal, head.signal]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw away(random, cause);
  } finally {
    clearTimeout(late);
  }
  if (response.status === 200 || response.status === 409) return response;
  throw await faultOf(response, { random, log, shape: query.get('table') });
}

/** The headers that a hub sees: Electric's own, and that nobody but this hub may keep what comes with them. */
export function headersFor(response: Response, random: Random): Headers {
  const headers = new Headers({ 'cache-control': 'private, no-store', vary: 'authorization' });
  for (const [name, value] of response.headers) {
    if (name.startsWith('electric-') || name === 'content-type') headers.set(name, value);
  }
  if (response.status === 409) {
    headers.set('retry-after', String(Math.floor(fraction(random) * (REFETCH_SPREAD_S + 1))));
  }
  return headers;
}

interface FaultContext {
  readonly random: Random;
  readonly log: Logger;
  readonly shape: string | null;
}

async function faultOf(response: Response, { random, log, shape }: FaultContext): Promise<GatewayError> {
  const { status } = response;
  const said = (await response.text().catch(() => '')).slice(0, KEPT_CHARACTERS);
  const wrong = status === 400 ? wrongParameters(said) : [];
  if (wrong.length > 0 && wrong.every((name) => ASKED.test(name))) {
    const where = `query.${wrong[0]}`;
    return new GatewayError('request-invalid', `${where}: the shape server does not take it`, { where });
  }
  // A wrong secret, a table that it lacks, or its own trouble: a hub can only come again, an operator has to look.
  log.error({ status, shape, said }, 'the shape server refused');
  return away(random);
}

/** The parameters that an answer of 400 names (recording 09). */
function wrongParameters(said: string): string[] {
  try {
    return Object.keys((JSON.parse(said) as { errors?: object }).errors ?? {});
  } catch {
    // Not JSON, or cut: then nobody knows whose fault it is, and it counts as ours.
    return [];
  }
}

function away(random: Random, cause?: unknown): GatewayError {
  return new GatewayError('shapes-away', 'the cloud’s shape server is away; try again in a moment', {
    retryAfterMs: RETRY_FROM_MS + fraction(random) * RETRY_SPREAD_MS,
    ...(cause === undefined ? {} : { cause }),
  });
}
