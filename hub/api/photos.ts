/** Photos of labels, and their words where there is no camera: from a kiosk, to staff who may see people. */
import { createRoute } from '@hono/zod-openapi';
import { LabelWords } from '@lockerhub/protocol/http/visit.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff, terminal } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, PROBLEM, takes } from './route.ts';

const OfParcel = z.object({ visit: Id, delivery: Id });
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
        params: OfParcel,
        body: { required: true, content: { 'image/jpeg': { schema: Photo } } },
      },
      responses: answersNothing,
    }),
    async (c) => {
      const { visit, delivery } = c.req.valid('param');
      await expectUnmatched(hub, c.get('terminal').id, visit, delivery);
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
  wordRoutes(api, hub);
}

function wordRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/visits/{visit}/parcels/{delivery}/words',
      tags: ['kiosk'],
      summary: 'What the label says, typed where there is no camera and nobody knows whose the parcel is',
      middleware: terminal(hub),
      request: { params: OfParcel, ...takes(LabelWords) },
      responses: answersNothing,
    }),
    async (c) => {
      const { visit, delivery } = c.req.valid('param');
      await expectUnmatched(hub, c.get('terminal').id, visit, delivery);
      await hub.photos.keepWords(delivery, c.req.valid('json').words);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries/{delivery}/words',
      tags: ['deliveries'],
      summary: 'What its label says, if a courier typed it and its time is not over',
      middleware: staff(hub, 'see-people'),
      request: { params: z.object({ delivery: Id }) },
      responses: answers(LabelWords, 'The words.'),
    }),
    async (c) => {
      const words = await hub.photos.readWords(c.req.valid('param').delivery);
      if (words === undefined) throw new HubError('not-found', 'nobody typed what this label says');
      return c.json({ words }, 200);
    },
  );
}

/** @throws HubError `not-found` for a parcel of another visit, or of which one knows whose it is */
async function expectUnmatched(hub: Hub, terminal: string, visit: string, delivery: string): Promise<void> {
  const found = await hub.store.query(
    'select 1 from deliveries where delivery = $1::uuid and visit = $2::uuid and household is null',
    [delivery, visit],
  );
  if (hub.building.terminalOf(visit) !== terminal || found.length !== 1) {
    throw new HubError('not-found', 'this visit has no parcel of which nobody knows whose it is');
  }
}
