import { createRoute } from '@hono/zod-openapi';
import {
  BuildingMade,
  CodeMade,
  Fleet,
  FleetBuilding,
  HealthRange,
  HealthSeries,
  NewBuilding,
  NewCode,
} from '@lockerhub/protocol/http/fleet.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, takes } from '../api/route.ts';
import { createBuilding, revokeHub } from '../buildings/register.ts';
import { makeCode } from '../enrolment/codes.ts';
import { GatewayError } from '../error.ts';
import { askForCheck } from '../log/log-checks.ts';
import { ofBuilding, ofOrganisation } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import type { OperatorApi } from '../operators/routes.ts';
import { FLEET_LIMIT, readFleet } from './list.ts';
import { readSamples } from './samples.ts';
import { readFleetBuilding } from './view.ts';

const tags = ['buildings'];
const OfOrganisation = z.object({ organisation: Id });
const OfBuilding = z.object({ building: Id });
/** Postgres: unique_violation. */
const UNIQUE = '23505';

export function fleetRoutes(api: OperatorApi, gateway: Gateway): void {
  listRoutes(api, gateway);
  buildingRoutes(api, gateway);
}

function listRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/organisations/{organisation}/fleet',
      tags,
      summary: 'The buildings, what needs a person first',
      middleware: ofOrganisation(gateway, 'see'),
      request: {
        params: OfOrganisation,
        query: z.object({
          search: z.string().trim().max(80).default(''),
          after: z
            .string()
            .regex(/^\d{1,9}\.[0-9a-f-]{36}$/)
            .optional(),
          limit: z.coerce.number().int().min(1).max(FLEET_LIMIT).default(50),
        }),
      },
      responses: answers(Fleet, 'A page; ask on with `after`.'),
    }),
    async (c) => {
      const { search, after = null, limit } = c.req.valid('query');
      const nowMs = Math.floor(clock.wallMs());
      const asked = { organisation: c.get('organisation'), search, after, limit };
      return c.json(await database.transaction((client) => readFleet(client, asked, nowMs)), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/buildings',
      tags,
      summary: 'Make a building',
      middleware: ofOrganisation(gateway, 'buildings'),
      request: { params: OfOrganisation, ...takes(NewBuilding) },
      responses: answers(BuildingMade, 'Its id.'),
    }),
    async (c) => {
      const { name, slug, timeZone } = c.req.valid('json');
      requireTimeZone(timeZone);
      const organisation = c.get('organisation');
      const id = newId(clock, random);
      await database
        .transaction(async (client) => {
          const madeAtMs = Math.floor(clock.wallMs());
          await createBuilding(client, { id, organisation, name, slug, madeAtMs });
          await client.query('update buildings set time_zone = $2 where id = $1', [id, timeZone]);
          await audit(client, c.get('author'), { organisation, action: 'building.created', building: id });
        })
        .catch((cause: unknown) => {
          if ((cause as { code?: unknown }).code !== UNIQUE) throw cause;
          const message = `a building "${slug}" is there already; choose another short name`;
          throw new GatewayError('slug-taken', message, { where: 'body.slug', cause });
        });
      return c.json({ building: id }, 200);
    },
  );
}

function buildingRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}',
      tags,
      summary: 'A building as it now stands',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding },
      responses: answers(FleetBuilding, 'The building.'),
    }),
    async (c) => {
      const at = { organisation: c.get('organisation'), building: c.get('building') };
      const nowMs = Math.floor(clock.wallMs());
      const view = await database.asBuilding(at.building, (client) => readFleetBuilding(client, at, nowMs));
      return c.json(view, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/buildings/{building}/health',
      tags,
      summary: 'How the hub did over a day or a month',
      middleware: ofBuilding(gateway, 'see'),
      request: { params: OfBuilding, query: z.object({ range: HealthRange.default('day') }) },
      responses: answers(HealthSeries, 'Samples, the oldest first.'),
    }),
    async (c) => {
      const { range } = c.req.valid('query');
      const nowMs = Math.floor(clock.wallMs());
      const series = await database.transaction((client) =>
        readSamples(client, c.get('building'), range, nowMs),
      );
      return c.json(series, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/log/check',
      tags,
      summary:
        'Look at the whole chain of the cloud’s copy of the log; the building then says what was found',
      middleware: ofBuilding(gateway, 'command'),
      request: { params: OfBuilding },
      responses: answersNothing,
    }),
    async (c) => {
      const organisation = c.get('organisation');
      const building = c.get('building');
      await database.transaction(async (client) => {
        await askForCheck(client, building, clock.wallMs());
        await audit(client, c.get('author'), { organisation, action: 'building.log-check-asked', building });
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/codes',
      tags,
      summary: 'A one-time code for a first hub or a replacement; former unused ones are void',
      middleware: ofBuilding(gateway, 'buildings'),
      request: { params: OfBuilding, ...takes(NewCode) },
      responses: answers(CodeMade, 'The code, shown once.'),
    }),
    async (c) => {
      const { purpose } = c.req.valid('json');
      const organisation = c.get('organisation');
      const building = c.get('building');
      const kind = purpose === 'first' ? 'first' : 'replace';
      const made = await database.transaction(async (client) => {
        const code = await makeCode(client, { building, kind, nowMs: clock.wallMs(), random });
        const action = 'building.code-made';
        await audit(client, c.get('author'), { organisation, action, building, detail: { purpose } });
        return code;
      });
      return c.json(made, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/buildings/{building}/hub/revoke',
      tags,
      summary: 'End the right of the present hub to speak for the building',
      middleware: ofBuilding(gateway, 'buildings'),
      request: { params: OfBuilding },
      responses: answersNothing,
    }),
    async (c) => {
      const organisation = c.get('organisation');
      const building = c.get('building');
      await database.transaction(async (client) => {
        const { rows } = await client.query<{ instance: string }>(
          `select h.instance from hubs h join buildings b on b.id = h.building and b.epoch_instance = h.instance
           where b.id = $1 and h.revoked_at is null`,
          [building],
        );
        const instance = rows[0]?.instance;
        if (instance === undefined) throw new GatewayError('no-hub', 'this building has no hub to cut off');
        await revokeHub(client, building, instance, clock.wallMs());
        const action = 'building.hub-revoked';
        await audit(client, c.get('author'), { organisation, action, building, subject: instance });
      });
      return c.body(null, 204);
    },
  );
}

function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new GatewayError(
      'time-zone-unknown',
      `no time zone "${timeZone}"; write one such as Europe/Madrid`,
      {
        where: 'body.timeZone',
        cause,
      },
    );
  }
}
