/** What monitors ask. `/healthz`: the process answers. `/readyz`: the database answers too. */
import { createRoute } from '@hono/zod-openapi';
import { z } from 'zod';
import { VERSION } from '../version.ts';
import type { Api, Gateway } from './api.ts';
import { answers } from './route.ts';

const tags = ['health'];

export function healthRoutes(api: Api, { database, metrics }: Gateway): void {
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
      summary: 'The database answers',
      responses: answers(z.object({ ready: z.literal(true) }), 'It is ready.'),
    }),
    async (c) => {
      await database.transaction((client) => client.query('select 1'));
      return c.json({ ready: true as const }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/version',
      tags,
      summary: 'Which software this is',
      responses: answers(z.object({ software: z.string(), node: z.string() }), 'It.'),
    }),
    (c) => c.json({ software: `lockerhub-gateway ${VERSION}`, node: process.version }, 200),
  );
  api.get('/metrics', async (c) => {
    const { text, contentType } = await metrics.read();
    return c.body(text, 200, { 'content-type': contentType });
  });
}
