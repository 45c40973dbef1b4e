/** What the command at the console may ask: on this machine, by the token in the hub's folder. */
import { createRoute } from '@hono/zod-openapi';
import { BackupsView } from '@lockerhub/protocol/http/backup.ts';
import { ConsoleDiagnosis, ConsoleStatus, ResetAccess, ResetDone } from '@lockerhub/protocol/http/console.ts';
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { JoinCloud } from '@lockerhub/protocol/http/sync.ts';
import { diagnosisOf } from '../console/diagnosis.ts';
import { consoleStatus } from '../console/status.ts';
import { toldEntry } from '../console/told-entries.ts';
import { atConsole } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { logPage } from './log.ts';
import { answers, answersNothing, PageQuery, takes } from './route.ts';

const tags = ['console'];

export function consoleRoutes(api: Api, hub: Hub): void {
  const middleware = atConsole(hub);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/console/status',
      tags,
      summary: 'How the hub does',
      middleware,
      responses: answers(ConsoleStatus, 'Now.'),
    }),
    async (c) => c.json(await consoleStatus(hub), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/console/diagnosis',
      tags,
      summary: 'What only a running hub knows of what may be wrong',
      middleware,
      responses: answers(ConsoleDiagnosis, 'Now.'),
    }),
    async (c) => c.json(await diagnosisOf(hub), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/console/log',
      tags,
      summary: 'The log, newest first, without what people typed',
      middleware,
      request: { query: PageQuery },
      responses: answers(pageOf(LogEntryView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { items, before } = await logPage(hub, c.req.valid('query'));
      return c.json({ items: items.map(toldEntry), before }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/console/backups',
      tags,
      summary: 'The backups that there are',
      middleware,
      responses: answers(BackupsView, 'They.'),
    }),
    async (c) => c.json(await hub.backups.view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/console/backups',
      tags,
      summary: 'Make a backup now, and open it to see that it is one',
      middleware,
      responses: answers(BackupsView, 'It was made.'),
    }),
    async (c) => {
      await hub.backups.make();
      return c.json(await hub.backups.view(), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/console/reset',
      tags,
      summary: 'Another way in for a manager; their password and sessions end, and all staff hear of it',
      middleware,
      request: takes(ResetAccess),
      responses: answers(ResetDone, 'It was done.'),
    }),
    async (c) => {
      const { login, hash } = c.req.valid('json');
      const { expiresAt } = await hub.accounts.reset(login, hash);
      const { addresses, httpPort } = hub.whereabouts();
      return c.json({ expiresAt, addresses, port: httpPort }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/console/enrol',
      tags,
      summary: 'Join a cloud by a one-time code of its operator',
      middleware,
      request: takes(JoinCloud),
      responses: answersNothing,
    }),
    async (c) => {
      const { url, code } = c.req.valid('json');
      await hub.cloud.join({ kind: 'console' }, url.replace(/\/+$/, ''), code);
      return c.body(null, 204);
    },
  );
}
