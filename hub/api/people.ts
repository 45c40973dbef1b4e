import { createRoute } from '@hono/zod-openapi';
import { ChangeResident, NewResident, ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['people'];

export function peopleRoutes(api: Api, hub: Hub): void {
  residentRoutes(api, hub);
  residentChanges(api, hub);
}

function residentRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/residents',
      tags,
      summary: 'All residents',
      middleware: staff(hub, 'see-people', 'people:read'),
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
      middleware: staff(hub, 'residents', 'roster:write'),
      request: takes(NewResident),
      responses: answers(ResidentView, 'The new resident.'),
    }),
    async (c) => c.json(await hub.peopleChanges.addResident(c.get('by'), c.req.valid('json')), 200),
  );
}

function residentChanges(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/residents/{resident}',
      tags,
      summary: 'Change a resident: how they are reached, where they live, whether they moved out',
      middleware: staff(hub, 'residents', 'roster:write'),
      request: { params: z.object({ resident: Id }), ...takes(ChangeResident) },
      responses: answers(ResidentView, 'The resident.'),
    }),
    async (c) => {
      const by = c.get('by');
      const resident = await hub.peopleChanges.changeResident(
        by,
        c.req.valid('param').resident,
        c.req.valid('json'),
      );
      await hub.roster.followMoveOuts();
      return c.json(resident, 200);
    },
  );
}
