import { createRoute } from '@hono/zod-openapi';
import {
  BankCredentials,
  BankFileText,
  Because,
  NewBank,
  OpenedCase,
  StoredBankFile,
} from '@lockerhub/protocol/http/staff.ts';
import { CompartmentNumber, Id, Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { actorOf } from '../sign-in/sign-in.ts';
import { askerOf, staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['banks'];
const BankParam = z.object({ bank: Slug });
const DoorParam = z.object({ bank: Slug, n: z.coerce.number().pipe(CompartmentNumber) });

export function bankRoutes(api: Api, hub: Hub): void {
  fileRoutes(api, hub);
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
      middleware: staff(hub, 'doors', 'doors:open'),
      request: { params: DoorParam, ...takes(Because) },
      responses: answers(z.object({ grant: Id }), 'The grant of this opening.'),
    }),
    async (c) => {
      const { bank, n } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      const command = { type: 'staff-open', ...askerOf(c.get('by')), bank, compartment: n, reason } as const;
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
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/compartments/{n}/report',
      tags,
      summary: 'Say that something is wrong with a door; answers with the case about it, open or new',
      middleware: staff(hub, 'doors'),
      request: { params: DoorParam },
      responses: answers(OpenedCase, 'The case.'),
    }),
    async (c) => {
      const { bank, n } = c.req.valid('param');
      const command = { type: 'report-door', staff: c.get('me').staff, bank, compartment: n } as const;
      return c.json(await hub.building.execute(command), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/compartments/{n}/verify',
      tags,
      summary: 'Say that what is on record is behind a door, after the hub was replaced or restored',
      middleware: staff(hub, 'doors'),
      request: { params: DoorParam },
      responses: answersNothing,
    }),
    async (c) => {
      const { bank, n } = c.req.valid('param');
      await hub.building.execute({
        type: 'verify-door',
        staff: c.get('me').staff,
        bank,
        compartment: n,
      });
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/emergency/end',
      tags,
      summary: 'Say that the doors were walked after an emergency: the bank is used again',
      middleware: staff(hub, 'doors'),
      request: { params: BankParam, ...takes(Because) },
      responses: answersNothing,
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      const { reason } = c.req.valid('json');
      await hub.building.execute({ type: 'end-emergency', staff: c.get('me').staff, bank, reason });
      return c.body(null, 204);
    },
  );
}

/** The bank file as text: what the layout editor reads, has checked, and writes. */
function fileRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'banks');
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/check',
      tags,
      summary: 'Is this a good bank file? If not: what is wrong, by line and key',
      middleware,
      request: takes(BankFileText),
      responses: answersNothing,
    }),
    (c) => {
      hub.bankRegister.bankOf(c.req.valid('json').file);
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/banks/{bank}/file',
      tags,
      summary: 'The bank file of a bank, as it was written',
      middleware,
      request: { params: BankParam },
      responses: answers(StoredBankFile, 'Its text.'),
    }),
    (c) => {
      const { bank } = c.req.valid('param');
      const row = hub.register.get('banks', bank);
      if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`);
      return c.json({ file: row.file, reach: row.reach }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/file',
      tags,
      summary:
        'Give a bank another file; its agent keeps its password, one of its own has to be given the file too',
      middleware,
      request: { params: BankParam, ...takes(BankFileText) },
      responses: answersNothing,
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      await hub.bankRegister.rewire(actorOf(c.get('me').staff), bank, c.req.valid('json').file);
      return c.body(null, 204);
    },
  );
}
