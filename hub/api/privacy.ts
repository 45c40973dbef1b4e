import { createRoute } from '@hono/zod-openapi';
import { StoredView } from '@lockerhub/protocol/http/privacy.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { storedAbout } from '../privacy/stored.ts';
import { storedPage } from '../privacy/stored-page.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing } from './route.ts';

const tags = ['people'];
const request = { params: z.object({ resident: Id }) };

export function privacyRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/residents/{resident}/stored',
      tags,
      summary: 'What is stored about a resident, and when it goes',
      middleware: staff(hub, 'see-people'),
      request,
      responses: answers(StoredView, 'All of it.'),
    }),
    async (c) => c.json(await stored(hub, c.req.valid('param').resident), 200),
  );
  api.get('/api/v1/residents/:resident/stored/page', staff(hub, 'see-people'), async (c) => {
    const resident = Id.safeParse(c.req.param('resident'));
    if (!resident.success) throw new HubError('not-found', 'no such resident; reload the page');
    const { name: building, timeZone } = hub.settings.require();
    const nowMs = hub.clock.wallMs();
    return c.html(storedPage({ stored: await stored(hub, resident.data), building, timeZone, nowMs }));
  });
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/residents/{resident}/erase',
      tags,
      summary: 'Erase what is personal about a resident, for good, here and in the cloud',
      middleware: staff(hub, 'erase'),
      request,
      responses: answersNothing,
    }),
    async (c) => {
      await hub.erasure.resident(actorOf(c.get('me').staff), c.req.valid('param').resident);
      return c.body(null, 204);
    },
  );
}

async function stored(hub: Hub, resident: string): Promise<StoredView> {
  const { store, register, policy, building } = hub;
  const living = building.model.deliveries.values();
  const source = { store, register, contactsMs: policy.get().contactsMs, living };
  const view = await storedAbout(source, resident);
  if (!view) throw new HubError('not-found', 'no such resident; reload the page');
  return view;
}
