/** What the label of a courier's parcel says before the parcel is in. */
import { createRoute } from '@hono/zod-openapi';
import { plainTracking, trackingHints } from '@lockerhub/protocol/carriers/tracking.ts';
import { LabelView } from '@lockerhub/protocol/http/visit.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { terminal } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers } from './route.ts';

const LabelQuery = z.object({ text: z.string().min(1).max(100) });

export function labelRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/visits/{visit}/label',
      tags: ['kiosk'],
      summary: 'Which carrier a tracking number looks like, and whether a parcel with it is here already',
      middleware: terminal(hub),
      request: { params: z.object({ visit: Id }), query: LabelQuery },
      responses: answers(LabelView, 'Hints and a warning: neither keeps a parcel out.'),
    }),
    async (c) => {
      const { visit } = c.req.valid('param');
      const isHere = hub.building.terminalOf(visit) === c.get('terminal').id;
      const view = isHere ? hub.building.visit(visit) : undefined;
      // Only a courier who is at it may learn what is in the building.
      if (view?.kind !== 'courier' || view.state !== 'open') {
        throw new HubError('not-found', 'this terminal has no such courier’s visit; begin a new one');
      }
      const { text } = c.req.valid('query');
      const tracking = plainTracking(text);
      const carriers = [...new Set(trackingHints(text).map(({ carrier }) => carrier))];
      return c.json({ tracking, carriers, here: await isWaiting(hub, tracking) }, 200);
    },
  );
}

async function isWaiting(hub: Hub, tracking: string): Promise<boolean> {
  const rows = await hub.store.query<{ id: string }>(
    `select p.id from parcels p join deliveries d on d.delivery = p.id
     where p.tracking = $1 and d.state in ('assigned', 'deposited') limit 1`,
    [tracking],
  );
  return rows.length > 0;
}
