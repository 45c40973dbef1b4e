/** What can happen to a request on its way over the internet and back. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';

export type Fault =
  | { readonly kind: 'none' }
  /** The connection breaks before the request arrives. */
  | { readonly kind: 'request-lost' }
  /** The server has it and answers; the connection breaks before the answer arrives. */
  | { readonly kind: 'answer-lost' }
  /** The connection breaks within the answer's body, after so many bytes. */
  | { readonly kind: 'truncated'; readonly bytes: number }
  /** Request and answer wait so long each. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** It arrives twice, at once; the client gets the later answer. */
  | { readonly kind: 'duplicated' }
  /** It is lost for the client, and arrives once another one has been answered, or after so long. */
  | { readonly kind: 'late'; readonly afterMs: number }
  /** It waits before the server, as with one that never answers, until then; a client that gave up is not answered. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  /** Electric has given the shape up: begin anew (recording 06). */
  | { readonly kind: 'must-refetch' }
  /** Something between answers in the server's place. */
  | { readonly kind: 'refused'; readonly status: 429 | 502 | 503 | 504 };

export type FaultKind = Fault['kind'];

/** A request as a choice of faults sees it. */
export interface Passing {
  readonly method: string;
  /** With its query. */
  readonly url: string;
}

export type ChooseFault = (request: Passing) => Fault;

export const NO_FAULT: Fault = { kind: 'none' };

/** How much an answer is cut off at most: within the headers' neighbourhood and far into a large body alike. */
const TRUNCATED_WITHIN_BYTES = 20_000;
const SLOW_UP_TO_MS = 200;
const LATE_AFTER_MS = 300;
const STATUSES = [429, 502, 503, 504] as const;

/**
 * Faults of every kind by chance: the same seed, the same faults in the same order of requests.
 *
 * @param share Of all requests, 0 to 1, that meet one.
 */
export function faultsByChance(random: Random, share: number): ChooseFault {
  const upTo = (limit: number) => Math.floor(fraction(random) * limit);
  const makers: readonly (() => Fault)[] = [
    () => ({ kind: 'request-lost' }),
    () => ({ kind: 'answer-lost' }),
    () => ({ kind: 'truncated', bytes: 2 ** upTo(Math.log2(TRUNCATED_WITHIN_BYTES)) }),
    () => ({ kind: 'slow', delayMs: upTo(SLOW_UP_TO_MS) }),
    () => ({ kind: 'duplicated' }),
    () => ({ kind: 'late', afterMs: LATE_AFTER_MS }),
    () => ({ kind: 'refused', status: STATUSES[upTo(STATUSES.length)] ?? 503 }),
  ];
  return () => (fraction(random) < share ? (makers[upTo(makers.length)] ?? (() => NO_FAULT))() : NO_FAULT);
}
