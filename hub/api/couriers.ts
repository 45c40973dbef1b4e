/** Couriers: who may drop off, when, and when they did. */

import { createRoute } from '@hono/zod-openapi';
import {
  ChangeCourier,
  CourierUse,
  CourierView,
  NewCourier,
  pageOf,
} from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { courierUses } from '../people/courier-uses.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, PageQuery, takes } from './route.ts';

const tags = ['people'];
const CourierParam = z.object({ courier: Id });

export function courierRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/couriers',
      tags,
      summary: 'All couriers',
      middleware: staff(hub, 'see-people', 'people:read'),
      responses: answers(z.array(CourierView), 'The couriers.'),
    }),
    (c) => c.json(hub.people.couriers(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/couriers',
      tags,
      summary: 'Add a courier and issue a code, shown once',
      middleware: staff(hub, 'couriers'),
      request: takes(NewCourier),
      responses: answers(CourierView.extend({ code: z.string() }), 'The courier and the code.'),
    }),
    async (c) => {
      const { staff: by } = c.get('me');
      const courier = await hub.peopleChanges.addCourier(actorOf(by), c.req.valid('json'));
      const { code } = await hub.building.execute({ type: 'issue-code', staff: by, holder: courier.courier });
      return c.json({ ...courier, code }, 200);
    },
  );
  changeRoutes(api, hub);
  visitRoutes(api, hub);
}

function changeRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/couriers/{courier}',
      tags,
      summary: 'Change when a courier’s code begins a visit',
      middleware: staff(hub, 'couriers'),
      request: { params: CourierParam, ...takes(ChangeCourier) },
      responses: answers(CourierView, 'The courier.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      const { courier } = c.req.valid('param');
      return c.json(await hub.peopleChanges.changeCourier(by, courier, c.req.valid('json')), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/couriers/{courier}/revoke',
      tags,
      summary: 'End a courier’s code, and a visit that goes on, at once',
      middleware: staff(hub, 'couriers'),
      request: { params: CourierParam },
      responses: answers(CourierView, 'The courier.'),
    }),
    async (c) => {
      const { courier } = c.req.valid('param');
      const { staff: by } = c.get('me');
      if (!hub.people.courierView(courier))
        throw new HubError('not-found', 'no such courier; reload the page');
      // The code first: a hub that is killed in between leaves nobody whose row says revoked and whose code opens.
      await hub.building.execute({ type: 'revoke-code', staff: by, holder: courier });
      return c.json(await hub.peopleChanges.revokeCourier(actorOf(by), courier), 200);
    },
  );
}

function visitRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/couriers/{courier}/uses',
      tags,
      summary: 'The visits that a courier’s code began, newest first',
      middleware: staff(hub, 'see-people'),
      request: { params: CourierParam, query: PageQuery },
      responses: answers(pageOf(CourierUse), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { courier } = c.req.valid('param');
      const { before, limit } = c.req.valid('query');
      return c.json(await courierUses(hub.store, courier, before, limit), 200);
    },
  );
}
