import { createRoute } from '@hono/zod-openapi';
import { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import { z } from 'zod';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers } from './route.ts';

const tags = ['backups'];

export function backupRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/backups',
      tags,
      summary: 'The backups that there are, and why the last one was not made',
      middleware: staff(hub, 'see'),
      responses: answers(BackupsView, 'They.'),
    }),
    async (c) => c.json(await hub.backups.view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/backups',
      tags,
      summary: 'Make a backup now, and open it to see that it is one',
      middleware: staff(hub, 'backup'),
      request: { query: z.object({ wait: z.enum(['yes', 'no']).default('yes') }) },
      responses: answers(BackupsView, 'It was made; without waiting: it is being made.'),
    }),
    async (c) => {
      const making = hub.backups.make();
      if (c.req.valid('query').wait === 'yes') await making;
      // Kept by the backups themselves, as `failure`.
      else making.catch(() => {});
      return c.json(await hub.backups.view(), 200);
    },
  );
}
