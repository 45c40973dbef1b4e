/** The walk over HTTP. */
import { createRoute } from '@hono/zod-openapi';
import {
  DeskView,
  ReconcileAct,
  ReconcileDesk,
  ReconciliationView,
} from '@lockerhub/protocol/http/reconciliation.ts';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['reconciliation'];
const path = '/api/v1/reconciliations/{bank}';
const params = z.object({ bank: Slug });

export function reconciliationRoutes(api: Api, hub: Hub): void {
  const viewOf = (bank: string) => {
    if (!hub.register.get('banks', bank))
      throw new HubError('not-found', `no bank "${bank}" in this building`);
    return hub.building.reconciliation(bank);
  };
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'The walk that compares records and doors, as it stands',
      middleware: staff(hub, 'see'),
      request: { params },
      responses: answers(ReconciliationView, 'The walk, and how the last one ended.'),
    }),
    (c) => c.json(viewOf(c.req.valid('param').bank), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'One act of the walk: start it, open a door, say what is inside, end it',
      middleware: staff(hub, 'close-cases'),
      request: { params, ...takes(ReconcileAct) },
      responses: answers(ReconciliationView, 'The walk.'),
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      viewOf(bank);
      await hub.building.execute({
        type: 'reconcile',
        staff: c.get('me').staff,
        bank,
        act: c.req.valid('json'),
      });
      return c.json(viewOf(bank), 200);
    },
  );
}

/** The desk's part of it. */
export function deskWalkRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/desk',
      tags,
      summary: 'What the desk holds by the records, and when that was compared last',
      middleware: staff(hub, 'see'),
      responses: answers(DeskView, 'The desk.'),
    }),
    (c) => c.json(hub.building.desk(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/desk/reconcile',
      tags,
      summary: 'Say what of it is there, what is not, and whether something else is',
      middleware: staff(hub, 'close-cases'),
      request: takes(ReconcileDesk),
      responses: answers(DeskView, 'The desk.'),
    }),
    async (c) => {
      const said = c.req.valid('json');
      await hub.building.execute({ type: 'reconcile-desk', staff: c.get('me').staff, said });
      return c.json(hub.building.desk(), 200);
    },
  );
}
