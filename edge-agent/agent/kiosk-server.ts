/**
 * Serves the bank's kiosk page and forwards what it asks to the hub: a kiosk is always loaded from its bank's agent,
 * which answers by itself while the hub is away.
 */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { KIOSK_POLICY } from '@lockerhub/protocol/http/page-policy.ts';
import type { Problem } from '@lockerhub/protocol/http/problem.ts';
import { MAX_PHOTO_BYTES } from '@lockerhub/protocol/http/visit.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { proxy } from 'hono/proxy';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { AgentError } from '../error.ts';
import { pickupApi } from '../pickups/kiosk-api.ts';
import type { Pickups } from '../pickups/pickups.ts';

/** Where the built page is. */
export const KIOSK_PAGE = fileURLToPath(new URL('../kiosk/dist', import.meta.url));
/** Requests on their way to the hub at once, live streams among them; a bank has one or two screens. */
const MAX_FORWARDED = 64;
/** A scan, a name, a size: no request of the page is near this. */
const MAX_BODY_BYTES = 64 * 1024;
/** What a courier photographs is larger. */
const PHOTO = /^\/api\/v1\/visits\/[^/]+\/parcels\/[^/]+\/photo$/;
/** How long the hub may take until it begins to answer. */
const ANSWER_WITHIN_MS = 10_000;
/** Slow clients may not hold sockets. */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

export interface KioskServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The hub's pages, as now known: `http://host:port`. */
  readonly hub: () => string | undefined;
  /** Pickups without the hub; null: there are none (now). Absent: this bank has none. */
  readonly pickups?: () => Pickups | null;
  /** How the agent stands, for monitors and its updater. */
  readonly standing: () => { readonly held: boolean; readonly calm: boolean };
  readonly log: Logger;
  /** Where the built page is; tests hand in another folder. */
  readonly page?: string;
}

export interface KioskServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts to serve.
 *
 * @throws AgentError `port-taken`
 */
export async function startKioskServer(options: KioskServerOptions): Promise<KioskServer> {
  const { host, port } = options;
  const { fetch } = kioskApp(options);
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: HEADERS_WITHIN_MS, requestTimeout: REQUEST_WITHIN_MS },
  });
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Live streams would stay open for as long as a kiosk looks at its page.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function kioskApp({ hub, log, page = KIOSK_PAGE, pickups, standing }: KioskServerOptions): Hono {
  const alone = new WeakMap<Pickups, Hono>();
  const app = new Hono();
  let forwarded = 0;
  const atMost = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: (c) => problem(c, 413, 'body-too-large', `send at most ${maxSize} bytes at once`),
    });
  const [small, photo] = [atMost(MAX_BODY_BYTES), atMost(MAX_PHOTO_BYTES)];
  app.use('/api/*', (c, next) => (PHOTO.test(c.req.path) ? photo : small)(c, next));
  app.all('/api/*', async (c) => {
    if (isForeign(c)) return problem(c, 403, 'origin-foreign', 'a page of another site may not do this');
    if (forwarded >= MAX_FORWARDED) {
      return problem(c, 503, 'overloaded', `${MAX_FORWARDED} requests are on their way; try again`);
    }
    forwarded += 1;
    const over = () => {
      forwarded -= 1;
    };
    try {
      const mine = pickups?.();
      // What is under way when the hub comes back ends where it began.
      if (mine?.isAnswering) {
        const api = alone.get(mine) ?? pickupApi(mine, systemClock);
        alone.set(mine, api);
        return whenSent(await api.fetch(c.req.raw), over);
      }
      return whenSent(await forward(c, hub()), over);
    } catch (error) {
      over();
      log.warn({ err: error, path: c.req.path }, 'the hub did not answer the kiosk');
      return problem(c, 502, 'hub-away', 'the hub does not answer; it is looked for all the time');
    }
  });
  // Whoever frames it frames a page without a cookie: the kiosk's own browser has that, and shows one page.
  const headers = secureHeaders({ ...KIOSK_POLICY, xFrameOptions: false, strictTransportSecurity: false });
  app.use(except('/api/*', headers));
  app.get('/readyz', (c) => c.json({ ready: true, ...standing() }));
  app.get('*', async (c, next) => {
    if (!existsSync(page)) {
      return problem(c, 404, 'not-found', 'the kiosk page is not built yet; run: npm run build');
    }
    const found = await serveStatic({ root: page })(c, async () => {});
    return found ?? serveStatic({ root: page, path: 'index.html' })(c, next);
  });
  return app;
}

/** Sends a request on, and gives up if the hub does not begin to answer or the kiosk has gone. */
async function forward(c: Context, hub: string | undefined): Promise<Response> {
  if (hub === undefined) throw new AgentError('hub-away', 'the hub was not found yet');
  const gone = c.req.raw.signal;
  const slow = new AbortController();
  const timer = setTimeout(
    () => slow.abort(new Error(`no answer in ${ANSWER_WITHIN_MS} ms`)),
    ANSWER_WITHIN_MS,
  );
  const url = new URL(c.req.url);
  const safe = SAFE_METHODS.has(c.req.method);
  try {
    return await proxy(new URL(url.pathname + url.search, hub), {
      method: c.req.method,
      // The page's own origin has been checked here, and the hub knows its own host only.
      headers: { ...c.req.header(), host: new URL(hub).host, origin: undefined },
      ...(safe ? {} : { body: await c.req.arrayBuffer() }),
      redirect: 'manual',
      signal: AbortSignal.any([gone, slow.signal]),
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The same answer, telling when its body has been sent or dropped. */
function whenSent(response: Response, over: () => void): Response {
  if (!response.body) {
    over();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      over();
    },
    async cancel(reason) {
      over();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

/** A write that another site's page sends with this page's cookies. */
function isForeign(c: Context): boolean {
  const origin = c.req.header('origin');
  if (SAFE_METHODS.has(c.req.method) || origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header('host');
}

function problem(c: Context, status: 403 | 404 | 413 | 502 | 503, code: string, detail: string): Response {
  const body: Problem = { type: 'about:blank', title: code, status, code, detail };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const what = `the kiosk page can't be served on ${host}:${port} (${cause.code ?? cause.message})`;
      reject(new AgentError('port-taken', `${what}; name another port under kiosk.port`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
