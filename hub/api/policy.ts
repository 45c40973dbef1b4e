/** The building's own times and bounds. */
import { createRoute } from '@hono/zod-openapi';
import { PolicyChanges, PolicyItem } from '@lockerhub/protocol/http/policy.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['policy'];
const path = '/api/v1/policy';

export function policyRoutes(api: Api, hub: Hub): void {
  const responses = answers(z.array(PolicyItem), 'Every policy as it now is.');
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Every policy: its bounds, its default, what it is, who changed it',
      middleware: staff(hub, 'see'),
      responses,
    }),
    (c) => c.json(hub.policy.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'patch',
      path,
      tags,
      summary: 'Change some policies, for all banks, from now on',
      middleware: staff(hub, 'policy'),
      request: takes(PolicyChanges),
      responses,
    }),
    async (c) => {
      await hub.policy.change(actorOf(c.get('me').staff), c.req.valid('json'));
      return c.json(hub.policy.list(), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'put',
      path,
      tags,
      summary: 'Set the policy; what is left out becomes its default again',
      middleware: staff(hub, 'policy'),
      request: takes(PolicyChanges),
      responses,
    }),
    async (c) => {
      await hub.policy.replace(actorOf(c.get('me').staff), c.req.valid('json'));
      return c.json(hub.policy.list(), 200);
    },
  );
}
