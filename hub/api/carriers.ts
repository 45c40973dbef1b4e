/** Carriers: the companies whose couriers may drop off. One comes with its first courier. */
import { createRoute } from '@hono/zod-openapi';
import { CarrierView } from '@lockerhub/protocol/http/carriers.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { Carriers } from '../people/carriers.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing } from './route.ts';

const tags = ['people'];

export function carrierRoutes(api: Api, hub: Hub): void {
  const { register, buildingLog: log, building, peopleChanges: changes } = hub;
  const carriers = new Carriers({ register, log, building, changes });
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/carriers',
      tags,
      summary: 'All carriers, and how many couriers of each may drop off',
      middleware: staff(hub, 'see-people', 'people:read'),
      responses: answers(z.array(CarrierView), 'The carriers, by name.'),
    }),
    (c) => c.json(carriers.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/carriers/{carrier}/remove',
      tags,
      summary: 'Remove a carrier for good, and end the codes of all its couriers',
      middleware: staff(hub, 'couriers'),
      request: { params: z.object({ carrier: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const { staff: by } = c.get('me');
      await carriers.remove(actorOf(by), by, c.req.valid('param').carrier);
      return c.body(null, 204);
    },
  );
}
