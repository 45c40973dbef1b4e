import { createRoute } from '@hono/zod-openapi';
import { NewTerminalCode, TerminalCode, TerminalView } from '@lockerhub/protocol/http/staff.ts';
import { PairReply, PairRequest } from '@lockerhub/protocol/http/visit.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { setTerminalCookie, staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['terminals'];

export function terminalRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/terminals/pair',
      tags,
      summary: 'Pair a kiosk by a one-time code; sets the cookie lockerhub_terminal',
      request: takes(PairRequest),
      responses: answers(PairReply, 'The terminal and its token, shown once.'),
    }),
    async (c) => {
      const reply = await hub.terminals.pair(c.req.valid('json').code);
      setTerminalCookie(c, reply.token);
      return c.json(reply, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/terminals',
      tags,
      summary: 'Paired terminals',
      middleware: staff(hub, 'terminals'),
      responses: answers(z.array(TerminalView), 'The terminals.'),
    }),
    (c) => c.json(hub.terminals.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/terminals/codes',
      tags,
      summary: 'A code that pairs one terminal within ten minutes',
      middleware: staff(hub, 'terminals'),
      request: takes(NewTerminalCode),
      responses: answers(TerminalCode, 'The code, shown once.'),
    }),
    (c) => {
      const { name, bank } = c.req.valid('json');
      return c.json(hub.terminals.newCode(actorOf(c.get('me').staff), name, bank), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/terminals/{terminal}/revoke',
      tags,
      summary: 'End a terminal’s rights at once',
      middleware: staff(hub, 'terminals'),
      request: { params: z.object({ terminal: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      await hub.terminals.revoke(actorOf(c.get('me').staff), c.req.valid('param').terminal);
      return c.body(null, 204);
    },
  );
}
