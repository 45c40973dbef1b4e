/** Accounts of staff: invitations, roles, an end, and the codes that somebody takes along. */
import { createRoute } from '@hono/zod-openapi';
import {
  AccountView,
  ChangeAccount,
  Invitation,
  KnownCode,
  NewAccount,
  Rotated,
  TakeInvitation,
} from '@lockerhub/protocol/http/accounts.ts';
import { Colleague } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { addressOf, staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['staff'];
const path = '/api/v1/staff';
const params = z.object({ id: Id });

export function accountRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'staff');
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Everybody who works here',
      middleware,
      responses: answers(z.array(AccountView), 'The accounts.'),
    }),
    (c) => c.json(hub.accounts.list(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Invite somebody; they set their own password',
      middleware,
      request: takes(NewAccount),
      responses: answers(Invitation, 'The invitation, shown once.'),
    }),
    async (c) => c.json(await hub.accounts.invite(actorOf(c.get('me').staff), c.req.valid('json')), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{id}`,
      tags,
      summary: 'Change a role, or disable somebody: their sessions and open pages end at once',
      middleware,
      request: { params, ...takes(ChangeAccount) },
      responses: answers(AccountView, 'The account.'),
    }),
    async (c) => {
      const by = actorOf(c.get('me').staff);
      const account = await hub.accounts.change(by, c.req.valid('param').id, c.req.valid('json'));
      return c.json(account, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{id}/invite`,
      tags,
      summary: 'Void somebody’s password and invite them to set another',
      middleware,
      request: { params },
      responses: answers(Invitation, 'The invitation, shown once.'),
    }),
    async (c) => {
      const invitation = await hub.accounts.inviteAgain(actorOf(c.get('me').staff), c.req.valid('param').id);
      return c.json(invitation, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/colleagues',
      tags,
      summary: 'How those who work here are called, or were: the log has ids only',
      middleware: staff(hub, 'see'),
      responses: answers(z.array(Colleague), 'Names.'),
    }),
    (c) =>
      c.json(
        hub.accounts.list().map((account) => ({ staff: account.staff, name: account.name })),
        200,
      ),
  );
  knownCodes(api, hub);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/invitation',
      tags,
      summary: 'Set the password that an invitation asks for',
      request: takes(TakeInvitation),
      responses: answersNothing,
    }),
    async (c) => {
      const { token, password } = c.req.valid('json');
      await hub.signIn.takeInvitation(token, password, addressOf(c));
      return c.body(null, 204);
    },
  );
}

function knownCodes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'staff');
  api.openapi(
    createRoute({
      method: 'get',
      path: `${path}/{id}/known-codes`,
      tags,
      summary: 'Living codes that somebody has read or issued',
      middleware,
      request: { params },
      responses: answers(z.array(KnownCode), 'Whose codes.'),
    }),
    async (c) => c.json(await hub.accounts.knownCodes(c.req.valid('param').id), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/{id}/rotate`,
      tags,
      summary: 'Make all codes that somebody knows into others; residents with parcels are told',
      middleware,
      request: { params },
      responses: answers(Rotated, 'How many.'),
    }),
    async (c) => c.json(await hub.accounts.rotate(c.get('me').staff, c.req.valid('param').id), 200),
  );
}
