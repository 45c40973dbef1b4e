/** What a paired terminal may ask: its own view, and the visits at it. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { createRoute } from '@hono/zod-openapi';
import { plainTracking } from '@lockerhub/protocol/carriers/tracking.ts';
import {
  AddParcel,
  Confirm,
  KioskView,
  OtherDoor,
  Recipient,
  StartVisit,
  TakeBack,
  VisitView,
} from '@lockerhub/protocol/http/visit.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { Rows } from '../store/rows.ts';
import { terminal } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersEvents, takes } from './route.ts';

type Terminal = Rows['terminals'];

const tags = ['kiosk'];
const VisitParam = z.object({ visit: Id });
const ParcelParam = z.object({ visit: Id, delivery: Id });
/** Longer words are no name of anybody. */
const RecipientQuery = z.object({ q: z.string().max(60).default('') });
const answersVisit = answers(VisitView, 'The visit as it then is.');

export function kioskRoutes(api: Api, hub: Hub): void {
  viewRoutes(api, hub);
  visitRoutes(api, hub);
  courierRoutes(api, hub);
  parcelRoutes(api, hub);
}

/** A visit at this terminal: what goes on at another one is not its business. */
function visitAt(hub: Hub, terminal: Terminal, visit: string): VisitView {
  const view = hub.building.terminalOf(visit) === terminal.id ? hub.building.visit(visit) : undefined;
  if (!view) throw new HubError('not-found', 'this terminal has no such visit (any more); begin a new one');
  return view;
}

function viewRoutes(api: Api, hub: Hub): void {
  const middleware = terminal(hub);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/kiosk',
      tags,
      summary: 'What this terminal shows: building, language, banks',
      middleware,
      responses: answers(KioskView, 'The view.'),
    }),
    (c) => {
      const { id, bank } = c.get('terminal');
      const { name, language } = hub.settings.require();
      const { idleMs, warnMs, desk } = hub.policy.get();
      const layouts = [...hub.people.layouts()];
      const clock = hub.clockState().state;
      const emergency = layouts.some(
        (layout) => (bank === null || bank === layout.bank) && hub.building.emergency(layout.bank) !== null,
      );
      const pins = hub.people.pins().length > 0;
      const screen = { layouts, idleMs, warnMs, hub: 'here' as const, emergency, desk, pins };
      return c.json({ terminal: id, building: name, bank, language, clock, ...screen }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/visits/{visit}',
      tags,
      summary: 'A visit as it is now',
      middleware,
      request: { params: VisitParam },
      responses: answersVisit,
    }),
    (c) => c.json(visitAt(hub, c.get('terminal'), c.req.valid('param').visit), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/visits/{visit}/stream',
      tags,
      summary: 'Each change of a visit, as server-sent `visit` events',
      middleware,
      request: { params: VisitParam },
      responses: answersEvents,
    }),
    (c) => {
      const { visit } = c.req.valid('param');
      const { id } = c.get('terminal');
      // Refuses an unknown visit before the stream's head is written.
      visitAt(hub, c.get('terminal'), visit);
      hub.visits.listen(visit, c.env.outgoing, () => hub.people.terminal(id) !== undefined);
      return RESPONSE_ALREADY_SENT as never;
    },
  );
}

function visitRoutes(api: Api, hub: Hub): void {
  const middleware = terminal(hub);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits',
      tags,
      summary: 'Begin a visit by a courier’s or resident’s code',
      middleware,
      request: takes(StartVisit),
      responses: answersVisit,
    }),
    async (c) => {
      const start = { terminal: c.get('terminal').id, ...c.req.valid('json') };
      const reply = await hub.building.execute({ type: 'start-visit', ...start });
      return c.json(reply, 200);
    },
  );
  const turns = [
    ['next', 'next-door', 'A resident asks for the next door that waits'],
    ['stay', 'stay', '"I am still here"'],
    ['end', 'end-visit', 'End the visit'],
  ] as const;
  for (const [path, type, summary] of turns) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/api/v1/visits/{visit}/${path}`,
        tags,
        summary,
        middleware,
        request: { params: VisitParam },
        responses: answersVisit,
      }),
      async (c) => {
        const { visit } = c.req.valid('param');
        return c.json(await hub.building.execute({ type, terminal: c.get('terminal').id, visit }), 200);
      },
    );
  }
}

/** As it is found again, however it was typed. */
function numberOf(tracking: string | undefined): string | null {
  return plainTracking(tracking ?? '') || null;
}

function courierRoutes(api: Api, hub: Hub): void {
  const middleware = terminal(hub);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/visits/{visit}/recipients',
      tags,
      summary: 'Whom a parcel may be for; names are masked until the search is narrow',
      middleware,
      request: { params: VisitParam, query: RecipientQuery },
      responses: answers(z.array(Recipient), 'At most eight, the best first.'),
    }),
    (c) => {
      const visit = visitAt(hub, c.get('terminal'), c.req.valid('param').visit);
      const mayAsk = visit.kind === 'courier' && visit.state === 'open';
      return c.json(mayAsk ? hub.people.search(c.req.valid('query').q) : [], 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits/{visit}/parcels',
      tags,
      summary: 'A parcel: the smallest fitting place is chosen and its door asked to open',
      middleware,
      request: { params: VisitParam, ...takes(AddParcel) },
      responses: answersVisit,
    }),
    async (c) => {
      const { visit } = c.req.valid('param');
      const { tracking, ...parcel } = c.req.valid('json');
      const reply = await hub.building.execute({
        type: 'add-parcel',
        terminal: c.get('terminal').id,
        visit,
        ...parcel,
        tracking: numberOf(tracking),
      });
      return c.json(reply, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits/{visit}/taken-back',
      tags,
      summary: 'A parcel that stays with the courier, and why',
      middleware,
      request: { params: VisitParam, ...takes(TakeBack) },
      responses: answersVisit,
    }),
    async (c) => {
      const { tracking, ...parcel } = c.req.valid('json');
      const where = { terminal: c.get('terminal').id, ...c.req.valid('param') };
      return c.json(
        await hub.building.execute({ type: 'take-back', ...where, ...parcel, tracking: numberOf(tracking) }),
        200,
      );
    },
  );
}

function parcelRoutes(api: Api, hub: Hub): void {
  const middleware = terminal(hub);
  const path = '/api/v1/visits/{visit}/parcels/{delivery}';
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/confirm`,
      tags,
      summary: '"Parcel inside?"',
      middleware,
      request: { params: ParcelParam, ...takes(Confirm) },
      responses: answersVisit,
    }),
    async (c) => {
      const where = { terminal: c.get('terminal').id, ...c.req.valid('param') };
      return c.json(await hub.building.execute({ type: 'confirm', ...where, ...c.req.valid('json') }), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/other-door`,
      tags,
      summary: 'Another place for a parcel that is not in yet',
      middleware,
      request: { params: ParcelParam, ...takes(OtherDoor) },
      responses: answersVisit,
    }),
    async (c) => {
      const where = { terminal: c.get('terminal').id, ...c.req.valid('param') };
      return c.json(
        await hub.building.execute({ type: 'other-door', ...where, ...c.req.valid('json') }),
        200,
      );
    },
  );
  const acts = [
    ['undo', 'undo', 'Take a parcel back out'],
    ['open', 'open-again', 'Open its door once more'],
    ['closed', 'closed-by-hand', '"I closed it", at a door without sensor'],
    ['did-not-open', 'did-not-open', '"It did not open", at a door without sensor'],
    ['missing', 'missing', '"Nothing inside"; in a room: not on its zone'],
  ] as const;
  for (const [act, type, summary] of acts) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `${path}/${act}`,
        tags,
        summary,
        middleware,
        request: { params: ParcelParam },
        responses: answersVisit,
      }),
      async (c) => {
        const where = { terminal: c.get('terminal').id, ...c.req.valid('param') };
        return c.json(await hub.building.execute({ type, ...where }), 200);
      },
    );
  }
}
