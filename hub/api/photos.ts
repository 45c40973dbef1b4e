/** Photos of labels: taken at a kiosk, looked at by staff who may see people. */
import { createRoute } from '@hono/zod-openapi';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff, terminal } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answersNothing, PROBLEM } from './route.ts';

const Photo = z.string().meta({ format: 'binary' });

export function photoRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits/{visit}/parcels/{delivery}/photo',
      tags: ['kiosk'],
      summary: 'A photo of the label, where nobody knows whose the parcel is',
      middleware: terminal(hub),
      request: {
        params: z.object({ visit: Id, delivery: Id }),
        body: { required: true, content: { 'image/jpeg': { schema: Photo } } },
      },
      responses: answersNothing,
    }),
    async (c) => {
      const { visit, delivery } = c.req.valid('param');
      const isHere = hub.building.terminalOf(visit) === c.get('terminal').id;
      if (!isHere || !(await isUnmatched(hub.store, visit, delivery))) {
        throw new HubError('not-found', 'this visit has no parcel of which nobody knows whose it is');
      }
      await hub.photos.keep(delivery, new Uint8Array(await c.req.arrayBuffer()));
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries/{delivery}/photo',
      tags: ['deliveries'],
      summary: 'The photo of its label, if one was taken and its time is not over',
      middleware: staff(hub, 'see-people'),
      request: { params: z.object({ delivery: Id }) },
      responses: {
        200: { description: 'The photo.', content: { 'image/jpeg': { schema: Photo } } },
        default: PROBLEM,
      },
    }),
    async (c) => {
      const photo = await hub.photos.read(c.req.valid('param').delivery);
      if (!photo) throw new HubError('not-found', 'there is no photo of this label');
      return c.body(photo, 200, { 'content-type': 'image/jpeg', 'cache-control': 'private, no-store' });
    },
  );
}

async function isUnmatched(store: Hub['store'], visit: string, delivery: string): Promise<boolean> {
  const found = await store.query(
    'select 1 from deliveries where delivery = $1::uuid and visit = $2::uuid and household is null',
    [delivery, visit],
  );
  return found.length === 1;
}
