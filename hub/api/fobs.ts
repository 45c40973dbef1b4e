/** Fobs: staff register them at the office's wedge, and end a lost one. */
import { createRoute } from '@hono/zod-openapi';
import { NewFob, RegisteredFob } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['people'];
const path = '/api/v1/residents/{resident}/fobs';
const params = z.object({ resident: Id });

export function fobRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Register a resident’s fob by the number that a reader types',
      middleware: staff(hub, 'residents'),
      request: { params, ...takes(NewFob) },
      responses: answers(RegisteredFob, 'The fob; its number is not kept.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      const { resident } = c.req.valid('param');
      return c.json({ fob: await hub.fobs.register(by, resident, c.req.valid('json').number) }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{fob}/end`,
      tags,
      summary: 'End a lost fob: it opens nothing from here on',
      middleware: staff(hub, 'residents'),
      request: { params: params.extend({ fob: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const { resident, fob } = c.req.valid('param');
      await hub.fobs.end(actorOf(c.get('me').staff), resident, fob);
      return c.body(null, 204);
    },
  );
}
