/** A building's times and bounds, as operators see and change them: both sides write them, field by field. */
import { createRoute } from '@hono/zod-openapi';
import { POLICY_ROW, PolicyChanges } from '@lockerhub/protocol/http/policy.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, takes } from '../api/route.ts';
import { lockBuilding } from '../buildings/building.ts';
import type { Client } from '../database/database.ts';
import { ofBuilding } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import type { OperatorApi } from '../operators/routes.ts';
import { editRow } from '../rows/edit-row.ts';

const tags = ['policies'];
const OfBuilding = z.object({ building: Id });
const PATH = '/api/v1/buildings/{building}/policy';

export function policyRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: PATH,
      tags,
      summary: 'What of the policy differs from the defaults',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding },
      responses: answers(PolicyChanges, 'The settings that were changed.'),
    }),
    async (c) => c.json(await database.asBuilding(c.get('building'), readPolicy), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: PATH,
      tags,
      summary: 'Change settings of the policy; those that are not named stay',
      middleware: ofBuilding(gateway, 'policies'),
      request: { params: OfBuilding, ...takes(PolicyChanges) },
      responses: answersNothing,
    }),
    async (c) => {
      const given = Object.entries(c.req.valid('json'));
      const changes = given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
      const building = c.get('building');
      await database.asBuilding(building, async (client) => {
        if (changes.length === 0) return;
        await lockBuilding(client, building);
        const fields = Object.fromEntries(changes);
        const edit = { table: 'settings', id: POLICY_ROW, changes: { fields } } as const;
        await editRow(client, building, edit, clock.wallMs());
        await audit(client, c.get('author'), {
          organisation: c.get('organisation'),
          action: 'policy.changed',
          building,
          detail: { fields: Object.keys(fields) },
        });
      });
      return c.body(null, 204);
    },
  );
}

/** A setting that this software does not know, or that does not fit, is not shown. */
async function readPolicy(client: Client): Promise<PolicyChanges> {
  const { rows } = await client.query<{ value: unknown }>('select value from settings where id = $1', [
    POLICY_ROW,
  ]);
  const value = Object.entries(rows[0]?.value ?? {});
  const fits = value.filter(([name, each]) => PolicyChanges.safeParse({ [name]: each }).success);
  return PolicyChanges.parse(Object.fromEntries(fits));
}
