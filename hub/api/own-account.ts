/** One's own account: where one is told by mail, a mail to try it, and the password. */
import { createRoute } from '@hono/zod-openapi';
import { ChangePassword, OwnAccount, OwnAddress } from '@lockerhub/protocol/http/accounts.ts';
import { TestResult } from '@lockerhub/protocol/http/messages.ts';
import { newId } from '@lockerhub/protocol/time/random.ts';
import { HubError } from '../error.ts';
import { NotifierError } from '../notifications/notifier.ts';
import { testLetter } from '../notifications/test-letter.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { addressOf, STAFF_COOKIE, staff, tokenOf } from './access.ts';
import { channelView } from './channels.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['staff'];
const path = '/api/v1/me/account';
/** Mails that one account may try in a while: an address is anybody's until its owner has seen one. */
const TESTS = 5;
const TESTS_WITHIN_MS = 15 * 60_000;

export function ownAccountRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'Whoever is signed in, and where they are told by mail',
      middleware: staff(hub, 'see'),
      responses: answers(OwnAccount, 'The account.'),
    }),
    (c) => c.json(viewOf(hub, c.get('me').staff), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path,
      tags,
      summary: 'Say where one is told by mail, or that one is not any more',
      middleware: staff(hub, 'own-account'),
      request: takes(OwnAddress),
      responses: answers(OwnAccount, 'The account.'),
    }),
    async (c) => {
      const { staff: own } = c.get('me');
      await hub.accounts.setOwnAddress(own, c.req.valid('json'));
      return c.json(viewOf(hub, own), 200);
    },
  );
  passwordRoute(api, hub);
  testRoute(api, hub);
}

function passwordRoute(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/password`,
      tags,
      summary: 'Change one’s own password; every other session of the account ends',
      middleware: staff(hub, 'own-account'),
      request: takes(ChangePassword),
      responses: answersNothing,
    }),
    async (c) => {
      const { staff: own } = c.get('me');
      const change = await hub.signIn.nextPassword(own, c.req.valid('json'), addressOf(c));
      await hub.accounts.setOwnPassword(own, change, tokenOf(c, STAFF_COOKIE) ?? '');
      return c.body(null, 204);
    },
  );
}

function testRoute(api: Api, hub: Hub): void {
  const tests = new Attempts(hub.clock, TESTS, TESTS_WITHIN_MS);
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/test`,
      tags,
      summary: 'Send oneself a test mail now',
      middleware: staff(hub, 'own-account'),
      responses: answers(TestResult, 'How it went.'),
    }),
    async (c) => {
      const { staff: own } = c.get('me');
      const { email: to = null, language } = hub.register.get('staff', own) ?? {};
      const notifier = await hub.notifiers.get('email');
      if (to === null) throw new HubError('not-found', 'you have no address yet; save one first');
      if (!notifier) throw new HubError('not-found', 'no mail server is set; a manager sets one');
      const retryAfterMs = tests.blockedForMs(own);
      if (retryAfterMs > 0) {
        const why = `too many tests; wait ${Math.ceil(retryAfterMs / 60_000)} min`;
        throw new HubError('too-many-attempts', why, { retryAfterMs });
      }
      tests.failed(own);
      const building = hub.settings.get();
      const letter = testLetter(building?.name ?? '', language ?? building?.language ?? 'en');
      try {
        await notifier.send({ message: newId(hub.clock, hub.random), to, letter, qr: undefined });
      } catch (error) {
        if (!(error instanceof NotifierError)) throw error;
        return c.json({ sent: false, reason: error.message }, 200);
      }
      return c.json({ sent: true, reason: null }, 200);
    },
  );
}

function viewOf(hub: Hub, own: string): OwnAccount {
  const { staff: id, login, name, role, email } = hub.accounts.own(own);
  const { state, trouble } = channelView(hub, 'email');
  return { staff: id, login, name, role, email, hasMail: state === 'ready' || state === 'start', trouble };
}
