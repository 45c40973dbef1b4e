import { createRoute } from '@hono/zod-openapi';
import { Me, SignIn } from '@lockerhub/protocol/http/staff.ts';
import { addressOf, clearStaffCookie, STAFF_COOKIE, setStaffCookie, staff, tokenOf } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['sign-in'];

export function signInRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/sign-in',
      tags,
      summary: 'Sign in; sets the cookie lockerhub_staff',
      request: takes(SignIn),
      responses: answers(Me, 'Who signed in.'),
    }),
    async (c) => {
      const { login, password } = c.req.valid('json');
      const { token, me } = await hub.signIn.signIn(login, password, addressOf(c));
      setStaffCookie(c, token);
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
      const token = tokenOf(c, STAFF_COOKIE);
      if (token !== undefined) await hub.signIn.signOut(token);
      clearStaffCookie(c);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/me',
      tags,
      summary: 'Who is signed in',
      middleware: staff(hub, 'see'),
      responses: answers(Me, 'Who is signed in.'),
    }),
    (c) => c.json(c.get('me'), 200),
  );
}
