import { createRoute } from '@hono/zod-openapi';
import { FleetBank, FleetDeliveries, FleetStory } from '@lockerhub/protocol/http/fleet.ts';
import { CaseView, DeliveryStateName, LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, SeqQuery } from '../api/route.ts';
import { ofBuilding } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import { hasRight } from '../operators/rights.ts';
import type { OperatorApi } from '../operators/routes.ts';
import { readBanks, readCases, readDeliveries, readLog, readStory } from './records.ts';

const tags = ['records'];
const OfBuilding = z.object({ building: Id });

/** What happened in a building. */
export function recordRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/deliveries',
      tags,
      summary: 'Deliveries, newest first',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding, query: SeqQuery.extend({ state: DeliveryStateName.optional() }) },
      responses: answers(FleetDeliveries, 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { state = null, ...page } = c.req.valid('query');
      const found = await database.asBuilding(c.get('building'), (client) =>
        readDeliveries(client, page, state),
      );
      return c.json(found, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/deliveries/{delivery}',
      tags,
      summary: 'One delivery with all that is logged of it',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding.extend({ delivery: Id }) },
      responses: answers(FleetStory, 'Its story, the oldest entry first.'),
    }),
    async (c) => {
      const organisation = c.get('organisation');
      const building = c.get('building');
      const { delivery } = c.req.valid('param');
      const role = c.get('me').organisations.find((each) => each.organisation === organisation)?.role;
      const maySeePeople = role !== undefined && hasRight(role, 'see-people');
      const story = await database.asBuilding(building, async (client) => {
        const found = await readStory(client, delivery, maySeePeople);
        const deed = { organisation, action: 'delivery.seen', building, subject: delivery } as const;
        await audit(client, c.get('author'), deed);
        return found;
      });
      return c.json(story, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/cases',
      tags,
      summary: 'Cases, newest first',
      middleware: ofBuilding(gateway, 'see'),
      request: {
        params: OfBuilding,
        query: SeqQuery.extend({ state: z.enum(['open', 'closed']).default('open') }),
      },
      responses: answers(pageOf(CaseView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { state, ...page } = c.req.valid('query');
      const found = await database.asBuilding(c.get('building'), (client) => readCases(client, page, state));
      return c.json(found, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/log',
      tags,
      summary: 'The log, newest first',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding, query: SeqQuery },
      responses: answers(pageOf(LogEntryView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const page = c.req.valid('query');
      return c.json(await database.asBuilding(c.get('building'), (client) => readLog(client, page)), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/banks',
      tags,
      summary: 'Banks, with what waits in them by the log',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding },
      responses: answers(z.array(FleetBank), 'All banks.'),
    }),
    async (c) => c.json(await database.asBuilding(c.get('building'), readBanks), 200),
  );
}
