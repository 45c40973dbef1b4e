/** The HTTP side: `GET /v1/shape`, `GET /v1/health`. */
import { timingSafeEqual } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import {
  type Answer,
  health,
  notAllowed,
  notFound,
  preflight,
  unauthorized,
  unavailable,
} from './answers.ts';
import type { ShapeRequests } from './shape-requests.ts';

export interface AppOptions {
  readonly requests: ShapeRequests;
  /** Null: anybody may read. */
  readonly secret: string | null;
  readonly isReady: () => boolean;
  readonly log: Logger;
}

const RETRY_AFTER_FAULT_S = 5;

export function shapeApp({ requests, secret, isReady, log }: AppOptions): Hono {
  const app = new Hono();
  app.all('/v1/health', (c) => respond(c, health(isReady())));
  app.all('/v1/shape', async (c) => respond(c, await shape(c)));
  app.notFound((c) => respond(c, notFound()));
  app.onError((error, c) => {
    log.error({ err: error }, 'a request failed');
    return respond(c, unavailable('The stand-in failed; its log says why', RETRY_AFTER_FAULT_S));
  });

  async function shape(c: Context): Promise<Answer> {
    const { method } = c.req.raw;
    if (method === 'OPTIONS') return preflight();
    if (secret !== null && !isSame(c.req.query('secret') ?? '', secret)) return unauthorized();
    if (method !== 'GET' && method !== 'HEAD') return notAllowed(method);
    const { secret: _secret, ...query } = c.req.query();
    return requests.answer({ query, known: c.req.header('if-none-match'), client: c.req.raw.signal });
  }
  return app;
}

function respond(c: Context, { status, headers, body, isCompressible }: Answer): Response {
  const takesGzip = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  if (!isCompressible || !takesGzip || typeof body !== 'string')
    return new Response(body, { status, headers });
  const compressed = new Uint8Array(gzipSync(body));
  return new Response(compressed, { status, headers: { ...headers, 'content-encoding': 'gzip' } });
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
