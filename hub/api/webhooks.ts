/** Webhooks, as managers set them, and programs whose key may. No secret is ever answered but a new one, once. */
import { createRoute } from '@hono/zod-openapi';
import type { Scope } from '@lockerhub/protocol/http/api-keys.ts';
import {
  WebhookBody,
  type WebhookEvent,
  WebhookSecret,
  WebhookSettings,
  WebhookTest,
  WebhookView,
} from '@lockerhub/protocol/http/webhooks.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Context } from 'hono';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff } from './access.ts';
import type { Api, ApiEnv, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['integrations'];
const path = '/api/v1/webhooks';
const params = z.object({ webhook: Id });

/** The scope by which a program could see for itself what it wants to be told of. */
const SCOPE_OF: Readonly<Record<WebhookEvent, Scope>> = {
  deliveries: 'deliveries:read',
  cases: 'building:read',
  banks: 'building:read',
  doors: 'building:read',
  people: 'people:read',
};

/** What a program that is called has to know; as in hub/webhooks/RECEIVING.md. */
const HOW_TO_TAKE = `Answer 2xx within ten seconds, and work afterwards. Anything else is tried again, later and later.

Check each call before you believe it: \`webhook-signature\` holds one or more signatures, parted by spaces, each \`v1,\` and
the Base64 of HMAC-SHA-256 over \`webhook-id\` + "." + \`webhook-timestamp\` + "." + the body as it came, byte by byte. The key
is what follows \`whsec_\` in the secret, decoded from Base64. One that fits is enough. Refuse calls whose timestamp is more
than five minutes off. These are the symmetric signatures of Standard Webhooks: its libraries check them for you.

A call may come twice: keep the \`webhook-id\`s that you have seen, or take each \`epoch\` and \`seq\` once.`;

export function webhookRoutes(api: Api, hub: Hub): void {
  api.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'event',
    tags,
    summary: 'Something happened',
    description: HOW_TO_TAKE,
    request: {
      headers: z.object({
        'webhook-id': z
          .string()
          .meta({ description: 'The epoch and number of the entry; the same each time.' }),
        'webhook-timestamp': z.string().meta({ description: 'When it was signed, in seconds since 1970.' }),
        'webhook-signature': z.string(),
      }),
      ...takes(WebhookBody),
    },
    responses: { 204: { description: 'Taken.' } },
  });
  const middleware = staff(hub, 'integrations', 'webhooks:write');
  const viewOf = (webhook: string) => hub.webhooks.view(hub.webhookRows.get(webhook));
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'The webhooks, how they do, and what of theirs rests',
      middleware,
      responses: answers(z.array(WebhookView), 'The webhooks.'),
    }),
    (c) =>
      c.json(
        hub.webhookRows.all().map((each) => hub.webhooks.view(each)),
        200,
      ),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Have a program called when something happens; the secret is shown this once',
      middleware,
      request: takes(WebhookSettings),
      responses: answers(WebhookSecret, 'The webhook with its secret.'),
    }),
    async (c) => {
      const settings = permitted(c, c.req.valid('json'));
      const { webhook, secret } = await hub.webhookRows.add(c.get('by'), settings);
      await hub.webhooks.changed(webhook);
      return c.json({ webhook: viewOf(webhook), secret }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{webhook}`,
      tags,
      summary: 'Set a webhook anew; what waits goes out by the new settings',
      middleware,
      request: { params, ...takes(WebhookSettings) },
      responses: answers(WebhookView, 'The webhook.'),
    }),
    async (c) => {
      const { webhook } = c.req.valid('param');
      await hub.webhookRows.change(c.get('by'), webhook, permitted(c, c.req.valid('json')));
      await hub.webhooks.changed(webhook);
      return c.json(viewOf(webhook), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{webhook}/secret`,
      tags,
      summary: 'Make a new secret; the one before it signs too for a day',
      middleware,
      request: { params },
      responses: answers(WebhookSecret, 'The webhook with its new secret.'),
    }),
    async (c) => {
      const { webhook } = c.req.valid('param');
      const secret = await hub.webhookRows.rotate(c.get('by'), webhook);
      await hub.webhooks.changed(webhook);
      return c.json({ webhook: viewOf(webhook), secret }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{webhook}/test`,
      tags,
      summary: 'Make one call now',
      middleware,
      request: { params },
      responses: answers(WebhookTest, 'How it went.'),
    }),
    async (c) => {
      const reason = await hub.webhooks.test(hub.webhookRows.get(c.req.valid('param').webhook));
      return c.json({ taken: reason === null, reason }, 200);
    },
  );
  ends(api, hub);
}

function ends(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'integrations', 'webhooks:write');
  const acts = [
    [
      'send-again',
      'Send what rests again, in order',
      async (id: string) => hub.webhooks.sendAgain(hub.webhookRows.get(id).webhook),
    ],
    ['forget', 'Give up what rests', (id: string) => hub.webhooks.forget(hub.webhookRows.get(id).webhook)],
  ] as const;
  for (const [name, summary, act] of acts) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `${path}/{webhook}/${name}`,
        tags,
        summary,
        middleware,
        request: { params },
        responses: answersNothing,
      }),
      async (c) => {
        await act(c.req.valid('param').webhook);
        return c.body(null, 204);
      },
    );
  }
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{webhook}/remove`,
      tags,
      summary: 'End a webhook, with what of it waits',
      middleware,
      request: { params },
      responses: answersNothing,
    }),
    async (c) => {
      const { webhook } = c.req.valid('param');
      await hub.webhookRows.remove(c.get('by'), webhook);
      await hub.webhooks.changed(webhook);
      return c.body(null, 204);
    },
  );
}

/** A program is told of nothing that it could not see, and makes the hub call nothing in the building's network. */
function permitted(c: Context<ApiEnv>, settings: WebhookSettings): WebhookSettings {
  const asked = settings.events.map((event) => SCOPE_OF[event]);
  const lacking = [...asked, ...(settings.personal ? (['people:read'] as const) : [])].find(c.get('lacks'));
  if (lacking)
    throw new HubError('forbidden', `this API key lacks the scope "${lacking}" for such a webhook`);
  if (settings.network === 'building' && c.get('by').kind === 'api-key') {
    throw new HubError('forbidden', 'only a manager may have a program in the building’s own network called');
  }
  return settings;
}
