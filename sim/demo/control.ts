/**
 * The demo's own small server: the page `/demo` and its buttons. It lives beside the hub, because the hub gets its
 * plug pulled while the page goes on.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /demo/ | the page; the browser becomes the demo's paired kiosk |
 * | GET  /demo/state | server-sent events, a part of `DemoState` each |
 * | POST /demo/acts/:act `{ bank }` | 204 once it is over; 409 with why not |
 * | POST /demo/banks/:bank/doors/:n `{ hand: "open" \| "close" }` | 204 |
 * | GET  /demo/banks/:bank/doors/:n | `{ open }`: how the door really stands |
 * | GET  /demo/mails?to=&after= | the mails to one address |
 * | POST /demo/texts/:number `{ fate: "delivered" \| "failed" }` | 204; the provider has told the hub |
 */
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { setCookie } from 'hono/cookie';
import { z } from 'zod';
import { HubRefusal } from '../walk/hub-link.ts';
import type { Acts } from './acts.ts';
import { BANK_NAMES } from './bank-names.ts';
import type { Broadcast } from './broadcast.ts';
import { KEY_COOKIE, refusalOf } from './guard.ts';
import type { Mail } from './mailbox.ts';
import { NotNow } from './not-now.ts';
import { TextFate } from './phones.ts';
import { ACTS } from './stage.ts';

const PAGE = join(import.meta.dirname, 'page', 'dist');
const BODY_BYTES = 4 * 1024;

const BankName = z.enum(BANK_NAMES);
const ActRequest = z.object({ bank: BankName.default('lobby') });
const HandRequest = z.object({ hand: z.enum(['open', 'close']) });

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  /** What a browser must know, by `?key=` once, when the control can be reached from other machines. */
  readonly key: string | null;
  /** Makes a browser the paired kiosk: cookies know no port, so the hub sees this one. */
  readonly kioskToken: string;
  readonly acts: Acts;
  readonly broadcast: Broadcast;
  readonly tellText: (number: number, fate: TextFate) => Promise<void>;
  readonly mailsTo: (address: string, after: number) => readonly Mail[];
  /** An answer of 500 was given. */
  readonly onTrouble: (error: unknown) => void;
}

type Env = { Bindings: HttpBindings };

/** Starts it. Resolves once it listens. */
export async function startControl(options: ControlOptions): Promise<ServerType> {
  const app = routes(options);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }, () =>
      resolve(server),
    );
    server.once('error', reject);
  });
}

function routes(options: ControlOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.use(bodyLimit({ maxSize: BODY_BYTES }));
  app.use(async (context, next) => {
    const { req } = context;
    const asked = {
      method: req.method,
      url: req.url,
      origin: req.header('origin'),
      cookie: req.header('cookie'),
    };
    const refusal = refusalOf({ ...asked, keyHeader: req.header('x-demo-key') }, options.key);
    return refusal ? context.text(refusal, 403) : next();
  });
  app.get('/demo', (context) => context.redirect(`/demo/${new URL(context.req.url).search}`));
  app.get('/demo/state', (context) => {
    if (!options.broadcast.add(context.env.outgoing as ServerResponse))
      return context.text('too many browsers', 503);
    return RESPONSE_ALREADY_SENT;
  });
  app.get('/demo/mails', (context) => {
    const { to = '', after = '0' } = context.req.query();
    return context.json(options.mailsTo(to, Number(after)));
  });
  app.post('/demo/texts/:number', async (context) => {
    const { fate } = z.object({ fate: TextFate }).parse(await context.req.json());
    await options.tellText(Number(context.req.param('number')), fate);
    return context.body(null, 204);
  });
  app.post('/demo/acts/:act', async (context) => {
    const act = z.enum(ACTS).parse(context.req.param('act'));
    const { bank } = ActRequest.parse(await context.req.json());
    await options.acts.play(act, bank);
    return context.body(null, 204);
  });
  app.get('/demo/banks/:bank/doors/:number', (context) => {
    const { bank, number } = context.req.param();
    return context.json({ open: options.acts.isOpen(bank, Number(number)) });
  });
  app.post('/demo/banks/:bank/doors/:number', async (context) => {
    const { hand } = HandRequest.parse(await context.req.json());
    const { bank, number } = context.req.param();
    if (hand === 'open') options.acts.pullOpen(bank, Number(number));
    else await options.acts.closeDoor(bank, Number(number));
    return context.body(null, 204);
  });
  app.get('/demo/', async (context, next) => {
    setCookie(context, 'lockerhub_terminal', options.kioskToken, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
    if (options.key)
      setCookie(context, KEY_COOKIE, options.key, { httpOnly: true, sameSite: 'Strict', path: '/' });
    context.header('cache-control', 'no-store');
    await next();
  });
  app.use('/demo/*', serveStatic({ root: PAGE, rewriteRequestPath: (path) => path.replace(/^\/demo/, '') }));
  app.onError((error, context) => {
    if (error instanceof NotNow) return context.text(error.message, 409);
    if (error instanceof HubRefusal) return context.text(`The hub says: ${error.detail}`, 409);
    if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError) {
      return context.text(`not understood: ${error.message.slice(0, 500)}`, 400);
    }
    options.onTrouble(error);
    return context.text('that went wrong; the terminal of npm start says more', 500);
  });
  return app;
}
