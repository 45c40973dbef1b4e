import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  AcceptInvitation,
  AuditView,
  ChangePassword,
  ChangeRole,
  InvitationMade,
  InvitationToken,
  InvitationView,
  NewInvitation,
  OperatorMe,
  OperatorsView,
} from '@lockerhub/protocol/http/operators.ts';
import { pageOf, SignIn } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { z } from 'zod';
import { addressOf } from '../api/address.ts';
import type { Gateway } from '../api/api.ts';
import { answers, answersNothing, PageQuery, paged, takes } from '../api/route.ts';
import { GatewayError } from '../error.ts';
import { OPERATOR_COOKIE, type OperatorEnv, ofOrganisation, setOperatorCookie, signedIn } from './access.ts';
import { createAudit, readAudit } from './audit.ts';
import { countAttempt } from './failures.ts';
import { accept, invite, lookAt } from './invitations.ts';
import { changeRole, readInvitations, readMembers, requireMember, setDisabled } from './members.ts';
import { Passwords } from './passwords.ts';
import { changePassword, signIn, signOut, startSession, whoHolds } from './sign-in.ts';

export type OperatorApi = OpenAPIHono<OperatorEnv>;

const tags = ['operators'];
const OfOrganisation = z.object({ organisation: Id });
const OfMember = OfOrganisation.extend({ operator: Id });
/** Guesses of links count as sign-ins of nobody. */
const BY_LINK = 'a link';

export function operatorRoutes(api: OperatorApi, gateway: Gateway): void {
  const passwords = new Passwords();
  signInRoutes(api, gateway, passwords);
  invitationRoutes(api, gateway, passwords);
  memberRoutes(api, gateway);
}

function cookieOf(gateway: Gateway, c: Context, token: string): void {
  // Without a proxy of ours in front the gateway is asked in the clear: on this machine, in a development cloud.
  setOperatorCookie(c, token, gateway.config.proxies > 0);
}

function signInRoutes(api: OperatorApi, gateway: Gateway, passwords: Passwords): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sign-in',
      tags,
      summary: 'Sign in; sets the cookie lockerhub_operator',
      request: takes(SignIn),
      responses: answers(OperatorMe, 'Who signed in.'),
    }),
    async (c) => {
      const address = addressOf(c, gateway.config.proxies);
      const { token, me } = await signIn(gateway, passwords, c.req.valid('json'), address);
      await database.transaction(async (client) => {
        for (const { organisation } of me.organisations) {
          await audit(
            client,
            { operator: me.operator, address },
            { organisation, action: 'operator.signed-in' },
          );
        }
      });
      cookieOf(gateway, c, token);
      return c.json(me, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sign-out',
      tags,
      summary: 'End this session',
      responses: answersNothing,
    }),
    async (c) => {
      const token = getCookie(c, OPERATOR_COOKIE);
      if (token !== undefined) await signOut(database, token);
      cookieOf(gateway, c, '');
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/me',
      tags,
      summary: 'Who is signed in',
      middleware: signedIn(gateway),
      responses: answers(OperatorMe, 'Who is signed in.'),
    }),
    (c) => c.json(c.get('me'), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/me/password',
      tags,
      summary: 'Change the password; all other sessions end',
      middleware: signedIn(gateway),
      request: takes(ChangePassword),
      responses: answersNothing,
    }),
    async (c) => {
      const me = c.get('me');
      const author = c.get('author');
      await changePassword(gateway, passwords, me, { ...c.req.valid('json'), address: author.address });
      await database.transaction(async (client) => {
        for (const { organisation } of me.organisations) {
          await audit(client, author, { organisation, action: 'operator.password-changed' });
        }
      });
      cookieOf(gateway, c, await startSession(gateway, me.operator));
      return c.body(null, 204);
    },
  );
}

function invitationRoutes(api: OperatorApi, gateway: Gateway, passwords: Passwords): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  /** 256 random bits are not guessed; who tries all the same is kept from filling the database's time. */
  const counted = (address: string) =>
    countAttempt(database, `${BY_LINK} from ${address}`, address, Math.floor(clock.wallMs()));
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/invitations/look',
      tags,
      summary: 'What a link is for',
      request: takes(InvitationToken),
      responses: answers(InvitationView, 'Who is invited, and into what.'),
    }),
    async (c) => {
      const { token } = c.req.valid('json');
      const view = await database.transaction((client) => lookAt(client, token, Math.floor(clock.wallMs())));
      return c.json(view, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/invitations/accept',
      tags,
      summary: 'Become an operator, or choose a new password; works once',
      request: takes(AcceptInvitation),
      responses: answers(OperatorMe, 'The operator, signed in.'),
    }),
    async (c) => {
      const address = addressOf(c, gateway.config.proxies);
      await counted(address);
      const { operator } = await database.transaction(async (client) => {
        const joined = await accept(client, gateway, passwords, c.req.valid('json'));
        const deed = { organisation: joined.organisation, action: 'operator.joined' } as const;
        await audit(client, { operator: joined.operator, address }, deed);
        return joined;
      });
      const token = await startSession(gateway, operator);
      const me = await whoHolds(database, token, Math.floor(clock.wallMs()));
      if (!me) throw new GatewayError('signed-out', 'an administrator has disabled this operator');
      cookieOf(gateway, c, token);
      return c.json(me, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/invitations',
      tags,
      summary: 'Invite an operator, or give one a new password, by a one-time link',
      middleware: ofOrganisation(gateway, 'operators'),
      request: { params: OfOrganisation, ...takes(NewInvitation) },
      responses: answers(InvitationMade, 'The link, shown once.'),
    }),
    async (c) => {
      const { name, role, operator = null } = c.req.valid('json');
      const organisation = c.get('organisation');
      const author = c.get('author');
      const made = await database.transaction(async (client) => {
        if (operator !== null) await requireMember(client, organisation, operator);
        const invitedBy = author.operator;
        const link = await invite(client, gateway, { organisation, name, role, operator, invitedBy });
        const detail = operator === null ? { role } : { role, operator };
        await audit(client, author, {
          organisation,
          action: 'operator.invited',
          subject: link.invitation,
          detail,
        });
        return link;
      });
      return c.json(made, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/invitations/{invitation}/withdraw',
      tags,
      summary: 'Make a link void',
      middleware: ofOrganisation(gateway, 'operators'),
      request: { params: OfOrganisation.extend({ invitation: Id }) },
      responses: answersNothing,
    }),
    async (c) => {
      const { invitation } = c.req.valid('param');
      const organisation = c.get('organisation');
      await database.transaction(async (client) => {
        const { rowCount } = await client.query(
          'delete from invitations where organisation = $1 and invitation = $2',
          [organisation, invitation],
        );
        if (rowCount !== 1) throw new GatewayError('not-found', `no invitation ${invitation}`);
        const action = 'operator.invitation-withdrawn';
        await audit(client, c.get('author'), { organisation, action, subject: invitation });
      });
      return c.body(null, 204);
    },
  );
}

function memberRoutes(api: OperatorApi, gateway: Gateway): void {
  const { database, clock, random } = gateway;
  const audit = createAudit(clock, random);
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/organisations/{organisation}/operators',
      tags,
      summary: 'The operators of an organisation, and open invitations',
      middleware: ofOrganisation(gateway, 'operators'),
      request: { params: OfOrganisation },
      responses: answers(OperatorsView, 'All of them.'),
    }),
    async (c) => {
      const organisation = c.get('organisation');
      const view = await database.transaction(async (client) => ({
        operators: await readMembers(client, organisation),
        invitations: await readInvitations(client, organisation, Math.floor(clock.wallMs())),
      }));
      return c.json(view, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/organisations/{organisation}/operators/{operator}/role',
      tags,
      summary: 'Change what an operator may do',
      middleware: ofOrganisation(gateway, 'operators'),
      request: { params: OfMember, ...takes(ChangeRole) },
      responses: answersNothing,
    }),
    async (c) => {
      const { operator } = c.req.valid('param');
      const { role } = c.req.valid('json');
      const organisation = c.get('organisation');
      await database.transaction(async (client) => {
        await changeRole(client, organisation, operator, role);
        const deed = { organisation, action: 'operator.role-changed', subject: operator } as const;
        await audit(client, c.get('author'), { ...deed, detail: { role } });
      });
      return c.body(null, 204);
    },
  );
  for (const [act, action] of [
    ['disable', 'operator.disabled'],
    ['enable', 'operator.enabled'],
  ] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/api/v1/organisations/{organisation}/operators/{operator}/${act}`,
        tags,
        summary: act === 'disable' ? 'End what an operator may do, at once' : 'Let an operator in again',
        middleware: ofOrganisation(gateway, 'operators'),
        request: { params: OfMember },
        responses: answersNothing,
      }),
      async (c) => {
        const { operator } = c.req.valid('param');
        const organisation = c.get('organisation');
        const atMs = act === 'disable' ? Math.floor(clock.wallMs()) : null;
        await database.transaction(async (client) => {
          await setDisabled(client, organisation, operator, atMs);
          await audit(client, c.get('author'), { organisation, action, subject: operator });
        });
        return c.body(null, 204);
      },
    );
  }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/organisations/{organisation}/audit',
      tags,
      summary: 'What operators did and looked at, newest first',
      middleware: ofOrganisation(gateway, 'audit'),
      request: { params: OfOrganisation, query: PageQuery },
      responses: answers(pageOf(AuditView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { before = null, limit } = c.req.valid('query');
      const items = await database.transaction((client) =>
        readAudit(client, c.get('organisation'), { before, limit }),
      );
      return c.json(
        paged(items, limit, ({ audit }) => audit),
        200,
      );
    },
  );
}
