/** Whom a resident lets collect for them: staff name them on a resident's behalf, and end it. */
import { createRoute } from '@hono/zod-openapi';
import { DelegateView, NamedDelegate, NewDelegate } from '@lockerhub/protocol/http/delegates.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { z } from 'zod';
import type { DelegateCommand } from '../deliveries/command.ts';
import { blockedFor } from '../deliveries/delegates.ts';
import type { Delegate } from '../deliveries/model.ts';
import { HubError } from '../error.ts';
import { delegateLetter } from '../notifications/delegate-letter.ts';
import { NotifierError } from '../notifications/notifier.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['people'];
const path = '/api/v1/residents/{resident}/delegates';
const params = z.object({ resident: Id });

export function delegateRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Who may collect for a resident',
      middleware: staff(hub, 'see-people'),
      request: { params },
      responses: answers(z.array(DelegateView), 'Those who may, or will be allowed to.'),
    }),
    (c) => {
      const { resident } = c.req.valid('param');
      return c.json(delegatesOf(hub, resident), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Let somebody collect for a resident, and send them a code of their own',
      middleware: staff(hub, 'residents'),
      request: { params, ...takes(NewDelegate) },
      responses: answers(NamedDelegate, 'Who may now; the code only if it was not sent.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      const { tell, ...window } = c.req.valid('json');
      const { resident } = c.req.valid('param');
      return c.json(await nameAndTell(hub, { type: 'name-delegate', by, resident, ...window }, tell), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{delegate}/end`,
      tags,
      summary: 'End it at once: their code is void',
      middleware: staff(hub, 'residents'),
      request: { params: params.extend({ delegate: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      await hub.building.execute({ type: 'end-delegate', by, ...c.req.valid('param') });
      return c.body(null, 204);
    },
  );
}

/** Who may collect for a resident, whoever named them. */
export function delegatesOf(hub: Hub, resident: string): DelegateView[] {
  const delegates = [...hub.building.model.delegates.values()];
  return delegates.filter((one) => one.resident === resident).map((one) => viewOf(hub, one));
}

/** Names them, and sends their code where that is asked for. @throws Refusal @throws HubError `not-found` */
export async function nameAndTell(
  hub: Hub,
  command: Extract<DelegateCommand, { type: 'name-delegate' }>,
  tell: NewDelegate['tell'],
): Promise<NamedDelegate> {
  const named = await hub.building.execute(command);
  const delegate = hub.building.model.delegates.get(named.delegate);
  if (!delegate) throw new HubError('not-found', 'this was ended meanwhile; reload the page');
  const reason = tell && (await whyNotTold(hub, delegate, named.code, tell));
  const sent = tell !== null && reason === null;
  return { delegate: viewOf(hub, delegate), sent, reason, code: sent ? null : named.code };
}

function viewOf(hub: Hub, { id, delivery, fromMs, untilMs }: Delegate): DelegateView {
  return {
    delegate: id,
    delivery,
    fromMs,
    untilMs,
    blocked: blockedFor(hub.building.model, hub.people, id).length,
  };
}

/** Sends the code, once: the contact of somebody who does not live here is not kept to try again. Null: it is sent. */
async function whyNotTold(
  hub: Hub,
  { id, resident, fromMs, untilMs }: Delegate,
  code: string,
  { contact, language }: NonNullable<NewDelegate['tell']>,
): Promise<string | null> {
  const notifier = await hub.notifiers.get(contact.channel);
  if (!notifier) return `${contact.channel} is not set up in this building`;
  const { name: building, timeZone } = hub.settings.require();
  const { name = '', unitName = '' } = hub.people.residentView(resident) ?? {};
  const letter = delegateLetter({
    language,
    building,
    name,
    unitName,
    fromMs,
    untilMs,
    timeZone,
    code,
  });
  const message = newId(hub.clock, hub.random);
  try {
    await notifier.send({ message, to: contact.to, letter, qr: hub.building.qrOf(id) });
    return null;
  } catch (error) {
    if (error instanceof NotifierError) return error.message;
    throw error;
  }
}
