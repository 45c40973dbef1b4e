/** A resident's phone at the lockers: it proves that it is there, and then acts in its visit as the kiosk would. */
import { createRoute } from '@hono/zod-openapi';
import { PhoneStart, PresenceView, VisitView } from '@lockerhub/protocol/http/visit.ts';
import { toDataURL } from 'qrcode';
import { HubError } from '../error.ts';
import { pickupPage } from '../terminals/pickup-page.ts';
import { addressOf, setPhoneCookie, terminal } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, takes } from './route.ts';

const tags = ['phone'];

export function phoneRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/kiosk/presence',
      tags,
      summary: 'What this terminal shows a phone: three digits, and a QR that leads there',
      middleware: terminal(hub),
      responses: answers(PresenceView, 'Shown for so long; then another one.'),
    }),
    async (c) => {
      const shown = hub.presence.shownAt(c.get('terminal').id);
      if (!shown) throw new HubError('not-found', 'this terminal is not paired any more');
      const { digits, token, forMs } = shown;
      const { addresses, httpPort } = hub.whereabouts();
      const page = `${pickupPage(addresses, httpPort)}?at=${token}`;
      const qr = await toDataURL(page, { margin: 1, scale: 8 });
      return c.json({ digits, qr, forMs }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/phone/visits',
      tags,
      summary: 'Begin a visit from a phone, by a resident’s code and a proof of being at a terminal',
      request: takes(PhoneStart),
      responses: answers(VisitView, 'The visit; a cookie lets the phone act in it alone.'),
    }),
    async (c) => {
      const { presence, ...start } = c.req.valid('json');
      // First where the phone is: without that no code is even looked at.
      const at = hub.presence.terminalOf(presence, addressOf(c));
      const view = await hub.building.execute({ type: 'start-visit', terminal: at, ...start, byPhone: true });
      setPhoneCookie(c, hub.phones.admit({ terminal: at, visit: view.visit }));
      return c.json(view, 200);
    },
  );
}
