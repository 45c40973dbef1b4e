import { createRoute } from '@hono/zod-openapi';
import {
  Acknowledge,
  AlarmsPage,
  AlarmTargetMade,
  AlarmTargetView,
  NewAlarmTarget,
} from '@lockerhub/protocol/http/alarms.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { newWebhookSecret } from '@lockerhub/protocol/webhooks/signature.ts';
import { z } from 'zod';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, PageQuery, paged, takes } from '../api/route.ts';
import { GatewayError } from '../error.ts';
import { ofOrganisation } from '../operators/access.ts';
import { createAudit } from '../operators/audit.ts';
import type { OperatorApi } from '../operators/routes.ts';
import { queue } from './notices.ts';
import { acknowledge, readAlarmViews, readTargets, requireTarget } from './views.ts';
import { requireAllowed } from './webhook.ts';

const tags = ['alarms'];
const OfOrganisation = z.object({ organisation: Id });
const OfTarget = OfOrganisation.extend({ target: Id });
/** Targets of an organisation: a mailing list is one. */
const MAX_TARGETS = 20;

export function alarmRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/organisations/{organisation}/alarms',
      tags,
      summary: 'Alarms, newest first',
      middleware: ofOrganisation(gateway, 'see'),
      request: {
        params: OfOrganisation,
        query: PageQuery.extend({ state: z.enum(['open', 'over']).default('open') }),
      },
      responses: answers(AlarmsPage, 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { state, before = null, limit } = c.req.valid('query');
      const items = await database.transaction((client) =>
        readAlarmViews(client, c.get('organisation'), state, { before, limit }),
      );
      return c.json(
        paged(items, limit, ({ alarm }) => alarm),
        200,
      );
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/alarms/{alarm}/acknowledge',
      tags,
      summary: 'Say that one looks after an alarm',
      middleware: ofOrganisation(gateway, 'acknowledge'),
      request: { params: OfOrganisation.extend({ alarm: Id }), ...takes(Acknowledge) },
      responses: answersNothing,
    }),
    async (c) => {
      const { alarm } = c.req.valid('param');
      const { note } = c.req.valid('json');
      const organisation = c.get('organisation');
      const author = c.get('author');
      await database.transaction(async (client) => {
        await acknowledge(client, organisation, alarm, {
          by: author.operator,
          note,
          nowMs: Math.floor(clock.wallMs()),
        });
        await audit(client, author, { organisation, action: 'alarm.acknowledged', subject: alarm });
      });
      return c.body(null, 204);
    },
  );
  targetRoutes(api, gateway);
}

function targetRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random, config } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/organisations/{organisation}/alarm-targets',
      tags,
      summary: 'Who is told of alarms',
      middleware: ofOrganisation(gateway, 'alarm-targets'),
      request: { params: OfOrganisation },
      responses: answers(z.array(AlarmTargetView), 'All of them.'),
    }),
    async (c) =>
      c.json(await database.transaction((client) => readTargets(client, c.get('organisation'))), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/alarm-targets',
      tags,
      summary: 'Tell one more address of alarms',
      middleware: ofOrganisation(gateway, 'alarm-targets'),
      request: { params: OfOrganisation, ...takes(NewAlarmTarget) },
      responses: answers(AlarmTargetMade, 'Its id, and a webhook’s secret, shown once.'),
    }),
    async (c) => {
      const { channel, address } = c.req.valid('json');
      if (channel === 'webhook') requireAllowed(address, config.alarms.webhooks);
      if (channel === 'mail' && config.alarms.mail === null) {
        throw new GatewayError('target-refused', 'this cloud sends no mail: its smtp-url is not set', {
          where: 'body.channel',
        });
      }
      const organisation = c.get('organisation');
      const target = newId(clock, random);
      const secret = channel === 'webhook' ? newWebhookSecret(random) : null;
      await database.transaction(async (client) => {
        if ((await readTargets(client, organisation)).length >= MAX_TARGETS) {
          throw new GatewayError('target-refused', `${MAX_TARGETS} addresses are told already; remove one`);
        }
        await client.query(
          `insert into alarm_targets (target, organisation, channel, address, secret, made_at)
           values ($1, $2, $3, $4, $5, $6)`,
          [target, organisation, channel, address, secret, Math.floor(clock.wallMs())],
        );
        const deed = { organisation, action: 'alarm-target.added', subject: target } as const;
        await audit(client, c.get('author'), { ...deed, detail: { channel } });
      });
      return c.json({ target, secret }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/alarm-targets/{target}/remove',
      tags,
      summary: 'Tell this address no more',
      middleware: ofOrganisation(gateway, 'alarm-targets'),
      request: { params: OfTarget },
      responses: answersNothing,
    }),
    async (c) => {
      const { target } = c.req.valid('param');
      const organisation = c.get('organisation');
      await database.transaction(async (client) => {
        await requireTarget(client, organisation, target);
        await client.query('update alarm_targets set removed_at = $2 where target = $1', [
          target,
          Math.floor(clock.wallMs()),
        ]);
        const deed = { organisation, action: 'alarm-target.removed', subject: target } as const;
        await audit(client, c.get('author'), deed);
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/alarm-targets/{target}/try',
      tags,
      summary: 'Send a test there',
      middleware: ofOrganisation(gateway, 'alarm-targets'),
      request: { params: OfTarget },
      responses: answersNothing,
    }),
    async (c) => {
      const { target } = c.req.valid('param');
      const organisation = c.get('organisation');
      const nowMs = Math.floor(clock.wallMs());
      await database.transaction(async (client) => {
        const name = await requireTarget(client, organisation, target);
        const nothing = { alarm: null, kind: null, endedAtMs: null, now: 0, total: 0, buildings: [] };
        const body = { ...nothing, event: 'test' as const, organisation: name, startedAtMs: nowMs };
        await queue(client, gateway, target, body, nowMs);
        const deed = { organisation, action: 'alarm-target.tried', subject: target } as const;
        await audit(client, c.get('author'), deed);
      });
      return c.body(null, 204);
    },
  );
}
