/** The building's units. */
import { createRoute } from '@hono/zod-openapi';
import { RenameUnit, UnitView } from '@lockerhub/protocol/http/units.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { Units } from '../people/units.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['people'];
const path = '/api/v1/units/{unit}';
const params = z.object({ unit: Id });

export function unitRoutes(api: Api, hub: Hub): void {
  const { register, buildingLog: log, store, peopleChanges: changes } = hub;
  const units = new Units({ register, log, store, changes });
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/units',
      tags,
      summary: 'All units, and how many live there',
      middleware: staff(hub, 'see-people', 'people:read'),
      responses: answers(z.array(UnitView), 'The units, by name.'),
    }),
    (c) => c.json(units.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Give a unit another name',
      middleware: staff(hub, 'residents', 'roster:write'),
      request: { params, ...takes(RenameUnit) },
      responses: answersNothing,
    }),
    async (c) => {
      await units.rename(c.get('by'), c.req.valid('param').unit, c.req.valid('json').unitName);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/remove`,
      tags,
      summary: 'Take away a unit in which nobody lives or lived and for which no parcel came',
      middleware: staff(hub, 'residents', 'roster:write'),
      request: { params },
      responses: answersNothing,
    }),
    async (c) => {
      await units.remove(c.get('by'), c.req.valid('param').unit);
      return c.body(null, 204);
    },
  );
}
