/** The kiosk's own contract (`protocol/http/visit.ts`), answered by the agent while the hub is away. */
import type { Problem } from '@lockerhub/protocol/http/problem.ts';
import { STREAM_PULSE_MS } from '@lockerhub/protocol/http/stream.ts';
import { StartVisit, type VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { PickupRefusal } from './pickup-refusal.ts';
import type { Pickups } from './pickups.ts';
import type { PickupAct } from './standing.ts';

const TERMINAL_COOKIE = 'lockerhub_terminal';
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/;
const ACTS: readonly PickupAct[] = ['open', 'closed', 'did-not-open'];
/** Events that may wait for a slow screen. */
const MAX_UNREAD = 32;
const BASE = '/api/v1';

/** Routes for all that works without the hub; anything else is answered with `hub-away`. */
export function pickupApi(pickups: Pickups, clock: Clock): Hono {
  const app = new Hono();
  const { visits } = pickups;
  const who = (c: Context) => pickups.terminal(tokenOf(c)).terminal;

  app.get(`${BASE}/kiosk`, (c) => c.json(pickups.view(tokenOf(c))));
  app.post(`${BASE}/visits`, async (c) => {
    const { terminal, list } = pickups.terminal(tokenOf(c));
    const start = StartVisit.safeParse(await c.req.json().catch(() => null));
    if (!start.success) throw new PickupRefusal('code-wrong', 'send { "code": "…" }');
    return c.json(await visits.start(terminal, list, start.data));
  });
  app.get(`${BASE}/visits/:visit`, (c) => c.json(visits.view(who(c), c.req.param('visit'))));
  app.get(`${BASE}/visits/:visit/stream`, (c) => {
    const terminal = who(c);
    const visit = c.req.param('visit');
    visits.view(terminal, visit);
    const body = eventStream(pickups, clock, visit, () => visits.view(terminal, visit));
    return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  });
  app.post(`${BASE}/visits/:visit/next`, async (c) =>
    c.json(await visits.next(who(c), c.req.param('visit'))),
  );
  app.post(`${BASE}/visits/:visit/stay`, (c) => c.json(visits.stay(who(c), c.req.param('visit'))));
  app.post(`${BASE}/visits/:visit/end`, (c) => c.json(visits.end(who(c), c.req.param('visit'))));
  for (const act of ACTS) {
    app.post(`${BASE}/visits/:visit/parcels/:delivery/${act}`, async (c) => {
      const { visit, delivery } = c.req.param();
      return c.json(await visits.act(who(c), visit, delivery, act));
    });
  }
  app.notFound((c) => refused(c, new PickupRefusal('hub-away', 'this has to wait until the hub is back')));
  app.onError((error, c) => {
    if (error instanceof PickupRefusal) return refused(c, error);
    throw error;
  });
  return app;
}

function tokenOf(c: Context): string | undefined {
  const header = c.req.header('authorization');
  return header === undefined ? getCookie(c, TERMINAL_COOKIE) : BEARER.exec(header)?.[1];
}

function refused(c: Context, { code, status, message, retryAfterMs }: PickupRefusal): Response {
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: message,
    ...retry(retryAfterMs),
  };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

function retry(retryAfterMs: number | undefined): Pick<Problem, 'retryAfterMs'> {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** Each change of a visit as a `visit` event, until it is over or its screen hangs up. */
function eventStream(
  pickups: Pickups,
  clock: Clock,
  visit: string,
  view: () => VisitView,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let over = (): void => {};
  return new ReadableStream({
    start(controller) {
      const say = (text: string) => {
        // Null or negative: the screen reads too slowly. It reads the newest view when it asks again.
        if ((controller.desiredSize ?? 0) > -MAX_UNREAD) controller.enqueue(encoder.encode(text));
      };
      const tell = () => {
        const now = view();
        say(`event: visit\ndata: ${JSON.stringify(now)}\n\n`);
        if (now.state !== 'ended') return;
        over();
        controller.close();
      };
      const pulse = () => {
        say(': pulse\n\n');
        timer = clock.after(STREAM_PULSE_MS, pulse);
      };
      let timer = clock.after(STREAM_PULSE_MS, pulse);
      const forget = pickups.onChanged((changed) => changed === visit && tell());
      over = () => {
        forget();
        timer.cancel();
      };
      tell();
    },
    cancel: () => over(),
  });
}
