/** An empty building gets its administrator, name, time zone and language: once, on the first visit. */
import { createRoute } from '@hono/zod-openapi';
import { Me, Setup, SetupState } from '@lockerhub/protocol/http/staff.ts';
import { buildingOf } from '../setup/building-settings.ts';
import { setStaffCookie } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['setup'];

export function setupRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/setup',
      tags,
      summary: 'Whether the building still has to be set up',
      responses: answers(SetupState, 'The state.'),
    }),
    (c) => c.json({ needed: hub.settings.get() === undefined }, 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/setup',
      tags,
      summary: 'Set up an empty building and its first manager; works once',
      request: takes(Setup),
      responses: answers(Me, 'The new manager, signed in.'),
    }),
    async (c) => {
      const setup = c.req.valid('json');
      const { login, password, email } = setup;
      const { me } = await hub.settings.create({ kind: 'hub' }, buildingOf(setup), () =>
        hub.signIn.newStaff({ login, name: login, role: 'manager', password, email }),
      );
      setStaffCookie(c, await hub.signIn.welcome(me));
      return c.json(me, 200);
    },
  );
}
