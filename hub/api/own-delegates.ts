/** A resident's own phone, wherever it is: it shows their code, sees who may collect for them, names and ends them. */
import { createRoute } from '@hono/zod-openapi';
import {
  CodeShown,
  NamedDelegate,
  OwnDelegates,
  OwnNewDelegate,
} from '@lockerhub/protocol/http/delegates.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { ownWaiting } from '../deliveries/delegates.ts';
import { BY_PHONE_MOST_MS } from '../deliveries/policy.ts';
import { addressOf, resident, setResidentCookie } from './access.ts';
import { contactIn } from './contact-in.ts';
import { delegatesOf, nameAndTell } from './delegates.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['phone'];
const path = '/api/v1/phone/delegates';
const actor = (id: string) => ({ kind: 'resident', id }) as const;

export function ownDelegateRoutes(api: Api, hub: Hub): void {
  const middleware = resident(hub);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/phone/residents',
      tags,
      summary: 'Say who one is by one’s own code: it opens nothing, and needs no presence',
      request: takes(CodeShown),
      responses: answers(OwnDelegates, 'Who may collect; a cookie stands for the code from then on.'),
    }),
    async (c) => {
      const shown = { ...c.req.valid('json'), address: addressOf(c) };
      const proof = await hub.building.execute({ type: 'prove-code', ...shown });
      setResidentCookie(c, hub.residentPhones.admit(proof));
      return c.json(await viewOf(hub, proof.resident), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Who may collect for the resident whose phone this is',
      middleware,
      responses: answers(OwnDelegates, 'Those, and what waits that may be given away.'),
    }),
    async (c) => c.json(await viewOf(hub, c.get('proof').resident), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Let somebody collect one’s parcels, with a code of their own',
      middleware,
      request: takes(OwnNewDelegate),
      responses: answers(NamedDelegate, 'Who may now; the code only if it was not sent.'),
    }),
    async (c) => {
      const proof = c.get('proof');
      const { tell, ...window } = c.req.valid('json');
      const told = tell && { contact: contactIn(hub, tell.to, 'body.tell.to'), language: tell.language };
      hub.residentPhones.countNamed(proof.resident);
      const by = actor(proof.resident);
      const name = { type: 'name-delegate', by, resident: proof.resident, ...window, proof } as const;
      return c.json(await nameAndTell(hub, name, told), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{delegate}/end`,
      tags,
      summary: 'End it at once: their code is void',
      middleware,
      request: { params: z.object({ delegate: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const id = c.get('proof').resident;
      const { delegate } = c.req.valid('param');
      await hub.building.execute({ type: 'end-delegate', by: actor(id), resident: id, delegate });
      return c.body(null, 204);
    },
  );
}

async function viewOf(hub: Hub, id: string): Promise<OwnDelegates> {
  const bankName = (bank: string | null) =>
    bank === null ? null : (hub.register.get('banks', bank)?.layout.name ?? bank);
  const channels = (['email', 'sms'] as const).map(async (channel) =>
    (await hub.notifiers.get(channel)) ? [channel] : [],
  );
  return {
    unitName: hub.people.residentView(id)?.unitName ?? '',
    delegates: delegatesOf(hub, id),
    parcels: ownWaiting(hub.building.model, hub.people, id).map(
      ({ id: delivery, size, depositedAtMs, bank }) => ({
        delivery,
        size,
        sinceMs: depositedAtMs,
        bankName: bankName(bank),
      }),
    ),
    channels: (await Promise.all(channels)).flat(),
    mostMs: BY_PHONE_MOST_MS,
  };
}
