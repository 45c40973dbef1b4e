import { createRoute } from '@hono/zod-openapi';
import { AgentCode, AgentView, Because } from '@lockerhub/protocol/http/staff.ts';
import { Id, Slug } from '@lockerhub/protocol/ids.ts';
import { JoinReply, JoinRequest } from '@lockerhub/protocol/join/join-messages.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { addressOf, staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['agents'];
const AgentParam = z.object({ agent: Id });

export function agentRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'banks');
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/agents/join',
      tags,
      summary:
        'An agent joins by its one-time code (which is not sent); may be repeated if the answer got lost',
      request: takes(JoinRequest),
      responses: answers(JoinReply, 'Its certificate and the building’s CA, under the code’s MAC.'),
    }),
    async (c) => c.json(await hub.agents.join(c.req.valid('json'), addressOf(c), hub.whereabouts()), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/agents',
      tags,
      summary: 'Agents that were invited, speak for their bank, or did',
      middleware,
      responses: answers(z.array(AgentView), 'The agents.'),
    }),
    (c) => c.json(hub.agents.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/agents',
      tags,
      summary: 'A one-time code by which an agent of its own joins for this bank within a day',
      middleware,
      request: { params: z.object({ bank: Slug }) },
      responses: answers(AgentCode, 'The code, shown once.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      return c.json(await hub.agents.invite(by, c.req.valid('param').bank), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/agents/{agent}/cancel',
      tags,
      summary: 'Make a code void that was not used',
      middleware,
      request: { params: AgentParam },
      responses: answersNothing,
    }),
    async (c) => {
      await hub.agents.cancel(actorOf(c.get('me').staff), c.req.valid('param').agent);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/agents/{agent}/revoke',
      tags,
      summary: 'End an agent’s right at once, as after a theft; residents on its pickup lists get new codes',
      middleware,
      request: { params: AgentParam, ...takes(Because) },
      responses: answersNothing,
    }),
    async (c) => {
      const { reason } = c.req.valid('json');
      await hub.agents.revoke(c.get('me').staff, c.req.valid('param').agent, reason);
      return c.body(null, 204);
    },
  );
}
