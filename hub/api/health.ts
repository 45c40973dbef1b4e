/** What monitors ask. `/healthz`: the process answers. `/readyz`: it can open doors and keep what it says. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { SOFTWARE } from '../version.ts';
import type { Api, Hub } from './hub.ts';
import { answers } from './route.ts';

const tags = ['health'];
const Ready = z.object({
  ready: z.boolean(),
  /** An update is under way: no visit begins. */
  held: z.boolean(),
  /** No visit runs and no door is open. */
  calm: z.boolean(),
  disk: z.enum(['ok', 'low']),
  clock: z.enum(['trusted', 'untrusted']),
  /** As the hub's last check found it. */
  log: z.enum(['unchecked', 'whole', 'changed']),
  banksOnline: z.int(),
  banks: z.int(),
});

export function healthRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      tags,
      summary: 'The process answers',
      responses: answers(z.object({ ok: z.literal(true) }), 'It does.'),
    }),
    (c) => c.json({ ok: true as const }, 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      tags,
      summary: 'The store answers; what is degraded is said',
      responses: answers(Ready, 'It is ready.'),
    }),
    async (c) => {
      // A store that hangs or broke refuses this, and the answer is a 503.
      await hub.store.query('select 1 as one');
      return c.json(
        {
          ready: true,
          held: hub.hold.isOn,
          calm: hub.building.isCalm,
          disk: hub.store.disk(),
          clock: hub.clockState().state,
          log: hub.logWatch.view().state,
          banksOnline: hub.banks.online,
          banks: hub.register.all('banks').length,
        },
        200,
      );
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/version',
      tags,
      summary: 'Which software this is',
      responses: answers(z.object({ software: z.string(), bootId: z.string(), node: z.string() }), 'It.'),
    }),
    (c) => c.json({ software: SOFTWARE, bootId: hub.bootId, node: process.version }, 200),
  );
  api.get('/metrics', async (c) => {
    const { text, contentType } = await hub.metrics.read();
    return c.body(text, 200, { 'content-type': contentType });
  });
}
