/** How the building stands with its cloud; joining and leaving it. */
import { createRoute } from '@hono/zod-openapi';
import { JoinCloud, LeaveCloud, SyncReport } from '@lockerhub/protocol/http/sync.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['sync'];

export function syncRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/sync',
      tags,
      summary: 'How the building stands with its cloud, and what waits',
      middleware: staff(hub, 'see'),
      responses: answers(SyncReport, 'Now.'),
    }),
    async (c) => c.json({ ...(await hub.cloud.view()), cloud: hub.cloud.cloud }, 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sync/join',
      tags,
      summary: 'Join a cloud by a one-time code of its operator',
      middleware: staff(hub, 'cloud'),
      request: takes(JoinCloud),
      responses: answersNothing,
    }),
    async (c) => {
      const { url, code } = c.req.valid('json');
      await hub.cloud.join(actorOf(c.get('me').staff), url.replace(/\/+$/, ''), code);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sync/leave',
      tags,
      summary: 'Leave the cloud: nothing more is sent or taken',
      middleware: staff(hub, 'cloud'),
      request: takes(LeaveCloud),
      responses: answersNothing,
    }),
    async (c) => {
      await hub.cloud.leave(actorOf(c.get('me').staff), c.req.valid('json').reason);
      return c.body(null, 204);
    },
  );
}
