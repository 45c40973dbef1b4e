import { createRoute } from '@hono/zod-openapi';
import { CourierView, NewCourier, NewResident, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['people'];

export function peopleRoutes(api: Api, hub: Hub): void {
  residentRoutes(api, hub);
  courierRoutes(api, hub);
}

function residentRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/residents',
      tags,
      summary: 'All residents',
      middleware: staff(hub, 'see-people'),
      responses: answers(z.array(ResidentView), 'The residents.'),
    }),
    (c) => c.json(hub.people.residents(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/residents',
      tags,
      summary: 'Add a resident, and the unit if it is new',
      middleware: staff(hub, 'residents'),
      request: takes(NewResident),
      responses: answers(ResidentView, 'The new resident.'),
    }),
    async (c) => c.json(await hub.people.addResident(actorOf(c.get('me').staff), c.req.valid('json')), 200),
  );
}

function courierRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/couriers',
      tags,
      summary: 'All couriers',
      middleware: staff(hub, 'see-people'),
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
      const courier = await hub.people.addCourier(actorOf(by), c.req.valid('json'));
      const { code } = await hub.building.execute({ type: 'issue-code', staff: by, holder: courier.courier });
      return c.json({ ...courier, code }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/couriers/{courier}/revoke',
      tags,
      summary: 'End a courier’s code at once',
      middleware: staff(hub, 'couriers'),
      request: { params: z.object({ courier: Id }) },
      responses: answers(CourierView, 'The courier.'),
    }),
    async (c) => {
      const { courier } = c.req.valid('param');
      const { staff: by } = c.get('me');
      // The row first: it says whether there is such a courier, and the code ends right behind.
      const revoked = await hub.people.revokeCourier(actorOf(by), courier);
      await hub.building.execute({ type: 'revoke-code', staff: by, holder: courier });
      return c.json(revoked, 200);
    },
  );
}
