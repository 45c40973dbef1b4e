import { createRoute } from '@hono/zod-openapi';
import { CommandsPage } from '@lockerhub/protocol/http/cloud-commands.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { CommandArgument } from '@lockerhub/protocol/sync/commands.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, PageQuery, paged, takes } from '../api/route.ts';
import type { Client } from '../database/database.ts';
import { ofBuilding } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import type { OperatorApi } from '../operators/routes.ts';
import { approveCommand, askCommand, readCommands, refuseCommand, withdrawCommand } from './requests.ts';

const tags = ['commands'];
const OfBuilding = z.object({ building: Id });
const Asked = z.object({ command: Id });

type Decide = (
  client: Client,
  decided: {
    readonly building: string;
    readonly command: string;
    readonly operator: string;
    readonly nowMs: number;
  },
) => Promise<unknown>;

const DECISIONS = [
  ['approve', 'command.approved', 'Say yes to a command of another operator', approveCommand],
  [
    'refuse',
    'command.refused',
    'Say no to a command of another operator',
    (client, { command, operator, nowMs }) => refuseCommand(client, command, operator, nowMs),
  ],
  [
    'withdraw',
    'command.withdrawn',
    'Take a command of one’s own back while it waits',
    (client, { command, operator, nowMs }) => withdrawCommand(client, command, operator, nowMs),
  ],
] as const satisfies readonly (readonly [string, string, string, Decide])[];

export function commandRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/commands',
      tags,
      summary: 'Commands to a building and how they ended, newest first',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding, query: PageQuery },
      responses: answers(CommandsPage, 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { before = null, limit } = c.req.valid('query');
      const nowMs = Math.floor(clock.wallMs());
      const items = await database.asBuilding(c.get('building'), (client) =>
        readCommands(client, { before, limit }, nowMs),
      );
      return c.json({ ...paged(items, limit, ({ command }) => command), nowMs }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/commands',
      tags,
      summary: 'Ask a building to do something; what opens a door waits for another operator',
      middleware: ofBuilding(gateway, 'command'),
      request: { params: OfBuilding, ...takes(CommandArgument) },
      responses: answers(Asked, 'Its id.'),
    }),
    async (c) => {
      const argument = c.req.valid('json');
      if (argument.kind === 'update-hub') await gateway.releases.require(argument);
      const organisation = c.get('organisation');
      const building = c.get('building');
      const author = c.get('author');
      const command = newId(clock, random);
      const nowMs = Math.floor(clock.wallMs());
      await database.asBuilding(building, async (client) => {
        await askCommand(client, { building, command, operator: author.operator, argument, nowMs });
        const deed = { organisation, action: 'command.asked', building, subject: command } as const;
        await audit(client, author, { ...deed, detail: { kind: argument.kind } });
      });
      return c.json({ command }, 200);
    },
  );
  for (const [act, action, summary, decide] of DECISIONS) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/api/v1/buildings/{building}/commands/{command}/${act}`,
        tags,
        summary,
        middleware: ofBuilding(gateway, 'command'),
        request: { params: OfBuilding.extend({ command: Id }) },
        responses: answersNothing,
      }),
      async (c) => {
        const { command } = c.req.valid('param');
        const organisation = c.get('organisation');
        const building = c.get('building');
        const author = c.get('author');
        const nowMs = Math.floor(clock.wallMs());
        await database.asBuilding(building, async (client) => {
          await decide(client, { building, command, operator: author.operator, nowMs });
          await audit(client, author, { organisation, action, building, subject: command });
        });
        return c.body(null, 204);
      },
    );
  }
}
