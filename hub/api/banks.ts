import { createRoute } from '@hono/zod-openapi';
import { BankCredentials, Because, NewBank } from '@lockerhub/protocol/http/staff.ts';
import { CompartmentNumber, Id, Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { actorOf } from '../sign-in/sign-in.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['banks'];
const DoorParam = z.object({ bank: Slug, n: z.coerce.number().pipe(CompartmentNumber) });

export function bankRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks',
      tags,
      summary: 'Add a bank by its bank file, or give a known one a new file and password',
      middleware: staff(hub, 'banks'),
      request: takes(NewBank),
      responses: answers(BankCredentials, 'The agent’s credentials, shown once.'),
    }),
    async (c) => {
      const { file, reach } = c.req.valid('json');
      return c.json(await hub.bankRegister.put(actorOf(c.get('me').staff), file, reach), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/compartments/{n}/open',
      tags,
      summary: 'Open a door as staff; the reason stands in the log',
      middleware: staff(hub, 'doors'),
      request: { params: DoorParam, ...takes(Because) },
      responses: answers(z.object({ grant: Id }), 'The grant of this opening.'),
    }),
    async (c) => {
      const { bank, n } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      const command = { type: 'staff-open', staff: c.get('me').staff, bank, compartment: n, reason } as const;
      return c.json(await hub.building.execute(command), 200);
    },
  );
  for (const [type, summary] of [
    ['retire', 'Take a compartment out of service'],
    ['return', 'Put a compartment back into service'],
  ] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path: `/api/v1/banks/{bank}/compartments/{n}/${type}`,
        tags,
        summary,
        middleware: staff(hub, 'doors'),
        request: { params: DoorParam, ...takes(Because) },
        responses: answersNothing,
      }),
      async (c) => {
        const { bank, n } = c.req.valid('param');
        const { reason } = c.req.valid('json');
        await hub.building.execute({ type, staff: c.get('me').staff, bank, compartment: n, reason });
        return c.body(null, 204);
      },
    );
  }
}
