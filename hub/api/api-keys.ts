/** Keys for programs, as managers make and end them. No program may: a key makes no key. */
import { createRoute } from '@hono/zod-openapi';
import { ApiKeyView, MadeApiKey, NewApiKey } from '@lockerhub/protocol/http/api-keys.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['integrations'];
const path = '/api/v1/api-keys';

export function apiKeyRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'integrations');
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'The keys by which programs ask this hub',
      middleware,
      responses: answers(z.array(ApiKeyView), 'The keys, without what is secret of them.'),
    }),
    (c) => c.json(hub.apiKeys.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Make a key; it is shown this once',
      middleware,
      request: takes(NewApiKey),
      responses: answers(MadeApiKey, 'The key.'),
    }),
    async (c) => c.json(await hub.apiKeys.make(c.get('by'), c.req.valid('json')), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{key}/revoke`,
      tags,
      summary: 'End a key at once, with its open streams',
      middleware,
      request: { params: z.object({ key: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      await hub.apiKeys.revoke(c.get('by'), c.req.valid('param').key);
      return c.body(null, 204);
    },
  );
}
