/** What staff do at the desk with a parcel that has no compartment, or of which nobody knows whose it is. */
import { createRoute } from '@hono/zod-openapi';
import { MatchDelivery } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { askerOf, staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answersNothing, takes } from './route.ts';

const tags = ['deliveries'];
const DeliveryParam = z.object({ delivery: Id });

const ACTS = [
  ['received', 'desk-received', 'The desk has a parcel that a courier was told to bring'],
  ['handed-out', 'handed-out', 'The desk gave a parcel to whom it is for'],
  ['not-brought', 'withdraw', 'A parcel that was to come to the desk did not: the delivery is withdrawn'],
] as const;

export function deskRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'close-cases', 'deliveries:write');
  for (const [path, type, summary] of ACTS) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/api/v1/deliveries/{delivery}/${path}`,
        tags,
        summary,
        middleware,
        request: { params: DeliveryParam },
        responses: answersNothing,
      }),
      async (c) => {
        const { delivery } = c.req.valid('param');
        await hub.building.execute({ type, ...askerOf(c.get('by')), delivery });
        return c.body(null, 204);
      },
    );
  }
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/deliveries/{delivery}/match',
      tags,
      summary: 'Say whose parcel it is, where nobody knew: those are told',
      middleware,
      request: { params: DeliveryParam, ...takes(MatchDelivery) },
      responses: answersNothing,
    }),
    async (c) => {
      const { delivery } = c.req.valid('param');
      const { unit, resident } = c.req.valid('json');
      await hub.building.execute({ type: 'match', ...askerOf(c.get('by')), delivery, unit, resident });
      return c.body(null, 204);
    },
  );
}
