import { createRoute } from '@hono/zod-openapi';
import { MessageView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, PageQuery } from './route.ts';

const tags = ['outbox'];

export function outboxRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/outbox',
      tags,
      summary: 'Messages to residents, newest first, codes masked',
      middleware: staff(hub, 'messages'),
      request: { query: PageQuery },
      responses: answers(pageOf(MessageView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { before, limit } = c.req.valid('query');
      const { views, last } = await hub.outbox.page(before, limit);
      return c.json({ items: views, before: last === null ? null : String(last) }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/outbox/{message}/reveal',
      tags,
      summary: 'Read a message with its code; who did so stands in the log',
      middleware: staff(hub, 'reveal'),
      request: { params: z.object({ message: Id }) },
      responses: answers(z.object({ text: z.string() }), 'The text.'),
    }),
    async (c) =>
      c.json({ text: await hub.outbox.reveal(c.get('me').staff, c.req.valid('param').message) }, 200),
  );
}
