/** The building's ways to send messages, and a test of each. No secret is ever answered but a new one, once. */
import { createRoute } from '@hono/zod-openapi';
import {
  ChannelName,
  ChannelsView,
  ChannelView,
  Contact,
  NewChannel,
  ReceiptsAt,
  TestMessage,
  TestResult,
} from '@lockerhub/protocol/http/messages.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { NotifierError } from '../notifications/notifier.ts';
import { testLetter } from '../notifications/test-letter.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['channels'];
const params = z.object({ channel: ChannelName });

export function channelRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/channels',
      tags,
      summary: 'How messages to residents go out',
      middleware: staff(hub, 'messages'),
      responses: answers(ChannelsView, 'The channels.'),
    }),
    (c) =>
      c.json(
        {
          channels: ChannelName.options.map((channel) => channelView(hub, channel)),
          receiptsAt: hub.channels.receiptsAt,
        },
        200,
      ),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/channels/{channel}',
      tags,
      summary: 'Set a channel; a secret that is left out stays, or is made and shown once',
      middleware: staff(hub, 'channels'),
      request: { params, ...takes(NewChannel) },
      responses: answers(ChannelView, 'The channel.'),
    }),
    async (c) => {
      const { channel } = c.req.valid('param');
      const newSecret = await hub.channels.set(actorOf(c.get('me').staff), channel, c.req.valid('json'));
      hub.notifications.changed(channel);
      const view = channelView(hub, channel);
      return c.json(newSecret === undefined ? view : { ...view, newSecret }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/channels/{channel}/remove',
      tags,
      summary: 'Take a channel away, with its secret',
      middleware: staff(hub, 'channels'),
      request: { params },
      responses: answersNothing,
    }),
    async (c) => {
      const { channel } = c.req.valid('param');
      await hub.channels.remove(actorOf(c.get('me').staff), channel);
      hub.notifications.changed(channel);
      return c.body(null, 204);
    },
  );
  testRoute(api, hub);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/receipts-address',
      tags,
      summary: 'Say where providers reach this hub, to tell what became of a message',
      middleware: staff(hub, 'channels'),
      request: takes(ReceiptsAt),
      responses: answersNothing,
    }),
    async (c) => {
      await hub.channels.setReceiptsAt(actorOf(c.get('me').staff), c.req.valid('json').receiptsAt);
      return c.body(null, 204);
    },
  );
}

function testRoute(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/channels/{channel}/test',
      tags,
      summary: 'Send a test message now',
      middleware: staff(hub, 'channels'),
      request: { params, ...takes(TestMessage) },
      responses: answers(TestResult, 'How it went.'),
    }),
    async (c) => {
      const { channel } = c.req.valid('param');
      const { to } = c.req.valid('json');
      const contact = Contact.safeParse({ channel, to });
      if (!contact.success) {
        const message = contact.error.issues[0]?.message ?? 'does not fit';
        throw new HubError('request-invalid', `body.to: ${message}`, { where: 'body.to' });
      }
      const notifier = await hub.notifiers.get(channel);
      if (!notifier) throw new HubError('not-found', `${channel} is not set; save it first`);
      const { name = '', language = 'en' } = hub.settings.get() ?? {};
      const letter = testLetter(name, language);
      try {
        await notifier.send({ message: newId(hub.clock, hub.random), to, letter, qr: undefined });
      } catch (error) {
        if (!(error instanceof NotifierError)) throw error;
        return c.json({ sent: false, reason: error.message }, 200);
      }
      await hub.channels.tested(actorOf(c.get('me').staff), channel);
      return c.json({ sent: true, reason: null }, 200);
    },
  );
}

/** How a channel is set and does. */
export function channelView(hub: Hub, channel: ChannelName): ChannelView {
  const view = hub.channels.view(channel);
  const state = view.state === 'none' && channel === 'email' && hub.notifiers.hasMail ? 'start' : view.state;
  return {
    ...view,
    state,
    trouble: hub.notifications.trouble(channel),
    testedAt: hub.channels.testedAt(channel),
  };
}
