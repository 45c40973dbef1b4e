/** The answers of Electric 1.7.12, header by header, as recorded (`../recordings`). */
import { formatOffset, type Offset } from '../offset.ts';
import type { Shape } from '../shapes/shape.ts';
import { describeColumns } from '../tables/table.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ReadableStream<Uint8Array> | null;
  /** Electric compresses the answers that it does not stream, for clients that take it. */
  readonly isCompressible?: boolean;
}

/** Of whom the recordings are: clients may look at it. */
const SERVER = { 'electric-server': 'ElectricSQL/1.7.12' } as const;
const CORS = {
  'access-control-allow-methods': 'GET, POST, HEAD, DELETE, OPTIONS',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'electric-cursor,electric-handle,electric-has-data,electric-offset,electric-schema,electric-up-to-date,electric-internal-known-error,retry-after',
} as const;
/** Outside of `/v1/shape`. */
const READ_ONLY = { 'access-control-allow-methods': 'GET, HEAD' } as const;
const COMMON = { ...SERVER, ...CORS } as const;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

const CACHE = {
  start: 'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
  log: 'public, max-age=60, stale-while-revalidate=300',
  live: 'public, max-age=5, stale-while-revalidate=5',
  sse: 'public, max-age=59',
  moved: 'public, max-age=60, must-revalidate',
  gone: 'public, max-age=1, must-revalidate',
} as const;

export const MUST_REFETCH = JSON.stringify({ headers: { control: 'must-refetch' } });

export function upToDate(seen: bigint): string {
  return JSON.stringify({ headers: { control: 'up-to-date', global_last_seen_lsn: `${seen}` } });
}

export type ShapeHeaders = Readonly<Record<string, string>> & { readonly etag: string };

/** What an answer with rows or changes says in its headers. */
export interface Told {
  readonly shape: Shape;
  /** As the request wrote it. */
  readonly from: string;
  readonly next: Offset;
  readonly isUpToDate: boolean;
  /** Whether it was worth an answer: false for a wait in vain, and for `now`. */
  readonly hasData: boolean;
  readonly kind: 'start' | 'log' | 'live' | 'sse';
  /** Of a live answer: makes the next request's URL another one. */
  readonly cursor?: string;
  /** Makes the etag of an answer without data its own. */
  readonly nonce: string;
}

export function shapeHeaders(told: Told): ShapeHeaders {
  const { shape, from, next, kind } = told;
  const isLive = kind === 'live' || kind === 'sse';
  const etag = [shape.handle, from, formatOffset(next), ...(told.hasData ? [] : [told.nonce])].join(':');
  return {
    ...COMMON,
    ...(kind === 'sse' ? { 'content-type': 'text/event-stream' } : JSON_TYPE),
    'cache-control': CACHE[kind],
    etag: `"${etag}"`,
    'electric-handle': shape.handle,
    'electric-offset': formatOffset(next),
    'electric-has-data': String(told.hasData),
    ...(isLive ? {} : { 'electric-schema': schemaOf(shape) }),
    ...(told.cursor === undefined ? {} : { 'electric-cursor': told.cursor }),
    ...(told.isUpToDate ? { 'electric-up-to-date': '' } : {}),
  };
}

/** An etag that the client has already. */
export function notModified(headers: ShapeHeaders): Answer {
  const { 'electric-schema': _schema, ...rest } = headers;
  return { status: 304, headers: rest, body: null };
}

function schemaOf(shape: Shape): string {
  const { table, columns } = shape.definition;
  const chosen = columns.flatMap((name) => table.columns.filter((column) => column.name === name));
  return JSON.stringify(describeColumns(chosen));
}

/** The handle is not, or no longer, that of the shape: `shape` is the one to fetch. */
export function moved(shape: Shape): Answer {
  return {
    status: 409,
    headers: {
      ...COMMON,
      ...JSON_TYPE,
      'cache-control': CACHE.moved,
      'electric-handle': shape.handle,
      etag: `"${shape.handle}::"`,
    },
    body: `[${MUST_REFETCH}]`,
  };
}

/** The shape was given up under a live request. */
export function gone(): Answer {
  return whole(409, { ...COMMON, ...JSON_TYPE, 'cache-control': CACHE.gone }, `[${MUST_REFETCH}]`);
}

export function invalid(errors: Readonly<Record<string, readonly string[]>>): Answer {
  const headers = { ...COMMON, ...JSON_TYPE, 'cache-control': 'no-store', 'surrogate-control': 'no-store' };
  return whole(400, headers, JSON.stringify({ message: 'Invalid request', errors }));
}

/** Come again: Postgres is away, or too many wait. */
export function unavailable(message: string, retryAfterS: number): Answer {
  const headers = {
    ...COMMON,
    ...JSON_TYPE,
    'cache-control': 'no-store',
    'surrogate-control': 'no-store',
    'retry-after': String(retryAfterS),
  };
  return whole(503, headers, JSON.stringify({ message }));
}

export function unauthorized(): Answer {
  const headers = { ...SERVER, 'cache-control': PRIVATE };
  return whole(401, headers, JSON.stringify({ message: 'Unauthorized - Invalid API secret' }));
}

export function notAllowed(method: string): Answer {
  const headers = { ...COMMON, ...JSON_TYPE, 'cache-control': 'no-cache' };
  return whole(405, headers, JSON.stringify({ message: `${method} not allowed` }));
}

export function notFound(): Answer {
  return whole(404, { ...COMMON, ...READ_ONLY, 'cache-control': PRIVATE }, 'Not found');
}

export function health(isActive: boolean): Answer {
  const headers = {
    ...COMMON,
    ...JSON_TYPE,
    ...READ_ONLY,
    'cache-control': 'no-cache, no-store, must-revalidate',
  };
  return whole(isActive ? 200 : 202, headers, JSON.stringify({ status: isActive ? 'active' : 'starting' }));
}

export function preflight(): Answer {
  return { status: 204, headers: COMMON, body: null };
}

const PRIVATE = 'max-age=0, private, must-revalidate';

function whole(status: number, headers: Readonly<Record<string, string>>, body: string): Answer {
  return { status, headers, body, isCompressible: true };
}
