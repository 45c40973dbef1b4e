/** PINs for who collects without a phone: staff make them with the resident, and switch them off. */
import { createRoute } from '@hono/zod-openapi';
import { GivenPin } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing } from './route.ts';

const tags = ['people'];
const path = '/api/v1/residents/{resident}/pin';
const request = { params: z.object({ resident: Id }) };

export function pinRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Give a resident a PIN, shown once; a former one is void',
      middleware: staff(hub, 'residents'),
      request,
      responses: answers(GivenPin, 'The PIN, to be handed over; it can never be read again.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      const { resident } = c.req.valid('param');
      return c.json({ pin: await hub.pins.give(by, resident) }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/end`,
      tags,
      summary: 'Make a resident’s PIN void',
      middleware: staff(hub, 'residents'),
      request,
      responses: answersNothing,
    }),
    async (c) => {
      await hub.pins.end(actorOf(c.get('me').staff), c.req.valid('param').resident);
      return c.body(null, 204);
    },
  );
}
