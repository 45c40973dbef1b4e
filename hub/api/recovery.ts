import { createRoute } from '@hono/zod-openapi';
import { RecoveryConfirm, RecoveryKey, RecoveryView } from '@lockerhub/protocol/http/recovery.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['recovery'];

export function recoveryRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'recovery');
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/recovery',
      tags,
      summary: 'Which recovery key opens the building’s keyring, and whether it is on paper',
      middleware,
      responses: answers(RecoveryView, 'The state; never a key.'),
    }),
    (c) => c.json(hub.recovery.view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/recovery',
      tags,
      summary: 'Make a recovery key; the one before stays good until this one is confirmed',
      middleware,
      responses: answers(RecoveryKey, 'The key, shown once.'),
    }),
    async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await hub.recovery.make(actorOf(c.get('me').staff)), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/recovery/confirm',
      tags,
      summary: 'Say that a recovery key is on paper: the one before opens nothing that is sealed from now on',
      middleware,
      request: takes(RecoveryConfirm),
      responses: answers(RecoveryView, 'The state.'),
    }),
    async (c) => {
      const { generation } = c.req.valid('json');
      return c.json(await hub.recovery.confirm(actorOf(c.get('me').staff), generation), 200);
    },
  );
}
