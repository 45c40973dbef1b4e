/**
 * What providers say became of a message. They are no staff: each call is signed, by Twilio's way or that of Standard
 * Webhooks, with the secret of the channel that sent it. A repeated or late call changes nothing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { Receipt } from '@lockerhub/protocol/http/messages.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import { isSigned, SIGNATURE_WITHIN_S } from '@lockerhub/protocol/webhooks/signature.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { contactsOf } from '../people/people.ts';
import type { Api, Hub } from './hub.ts';
import { answersNothing } from './route.ts';

const tags = ['receipts'];
/** Receipts that wait; a provider tells again what was refused. */
const MAX_WAITING = 100;
/** Twilio's words for a message that is over, of those that it tells. */
const TWILIO_OVER = {
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
} as const;

export function receiptRoutes(api: Api, hub: Hub): void {
  const turns = new Turns();
  const take = (message: string, channel: 'sms' | 'webhook', receipt: Told) => {
    if (turns.waiting >= MAX_WAITING)
      throw new HubError('overloaded', 'too many receipts at once; tell again');
    return turns.take(() => takeReceipt(hub, message, channel, receipt));
  };
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/receipts/twilio/{message}',
      tags,
      summary: 'Twilio’s status callback, signed by X-Twilio-Signature',
      request: { params: z.object({ message: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const { message } = c.req.valid('param');
      const open = hub.channels.open('sms');
      const address = `${(hub.channels.receiptsAt ?? '').replace(/\/$/, '')}/api/v1/receipts/twilio/${message}`;
      const fields = [...new URLSearchParams(await c.req.text())];
      const given = c.req.header('x-twilio-signature') ?? '';
      if (open?.kind !== 'twilio' || !isTwilios(open.secret, address, fields, given)) throw unsigned();
      const status = fields.find(([name]) => name === 'MessageStatus')?.[1] ?? '';
      const state = Object.hasOwn(TWILIO_OVER, status)
        ? TWILIO_OVER[status as keyof typeof TWILIO_OVER]
        : undefined;
      const fault = Number(fields.find(([name]) => name === 'ErrorCode')?.[1]);
      if (state) await take(message, 'sms', { state, reason: `Twilio's error ${fault || 'is not told'}` });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/receipts/{channel}/{message}',
      tags,
      summary: 'What became of a message, as a `Receipt`, signed as Standard Webhooks says',
      request: { params: z.object({ channel: z.enum(['sms', 'webhook']), message: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const { channel, message } = c.req.valid('param');
      const open = hub.channels.open(channel);
      const body = await c.req.text();
      const told = (name: string) => c.req.header(name);
      const ageS = Math.abs(hub.clock.wallMs() / 1000 - Number(told('webhook-timestamp')));
      // By a clock that is not trusted nothing is late.
      const isNow = ageS <= SIGNATURE_WITHIN_S || hub.clockState().state === 'untrusted';
      if (open?.kind !== 'generic' || !isNow || !isSigned(open.secret, told, body)) throw unsigned();
      const receipt = Receipt.safeParse(parse(body));
      if (!receipt.success) {
        throw new HubError('request-invalid', 'body: a receipt has a state, delivered or failed', {
          where: 'body',
        });
      }
      await take(message, channel, receipt.data);
      return c.body(null, 204);
    },
  );
}

type Told = z.infer<typeof Receipt>;

/** Twilio's "Webhooks security": HMAC-SHA1 over the address and all fields, by name. */
function isTwilios(
  token: string,
  address: string,
  fields: readonly (readonly [string, string])[],
  given: string,
): boolean {
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const text = address + sorted.map(([name, value]) => name + value).join('');
  const expected = Buffer.from(createHmac('sha1', token).update(text).digest('base64'));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

async function takeReceipt(
  hub: Hub,
  message: string,
  channel: 'sms' | 'webhook',
  { state, reason }: Told,
): Promise<void> {
  const row = await hub.outbox.row(message);
  if (row.state !== 'sent' || row.channel !== channel) return;
  const resident = hub.register.get('residents', row.resident);
  const without = row.without?.split(',') ?? [];
  const others = resident
    ? contactsOf(resident).filter(
        (contact) => contact.channel !== channel && !without.includes(contact.channel),
      )
    : [];
  const ready = await Promise.all(others.map((contact) => hub.notifiers.get(contact.channel)));
  await hub.building.execute({
    type: 'message-receipt',
    message,
    channel,
    state,
    reason: `${channel}: ${reason ?? 'the provider did not say why'}`,
    kind: row.kind,
    resident: row.resident,
    deliveries: row.deliveries,
    without,
    again: ready.some((notifier) => notifier !== undefined),
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new HubError('request-invalid', 'body: no JSON', { where: 'body', cause });
  }
}

function unsigned(): HubError {
  return new HubError(
    'forbidden',
    'the call is not signed with this channel’s secret, or was signed long ago',
  );
}
