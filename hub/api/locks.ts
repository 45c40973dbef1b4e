/** The health of a bank's locks, and the mechanical key. */
import { createRoute } from '@hono/zod-openapi';
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import { BankHealth, DeclareKey, LockDay } from '@lockerhub/protocol/http/locks.ts';
import { CompartmentNumber, Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { figuresOf, lockDays, lockFigures } from '../locks/lock-figures.ts';
import { BASELINE_DAYS, RECENT_DAYS, wearOf } from '../locks/trend.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, answersNothing, takes } from './route.ts';

const tags = ['banks'];
const MINUTE_MS = 60_000;
const BankParam = z.object({ bank: Slug });
const LockParam = z.object({ bank: Slug, n: z.coerce.number().pipe(CompartmentNumber) });

export function lockRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/banks/{bank}/health',
      tags,
      summary: 'What each lock did lately, beside what it did before',
      middleware: staff(hub, 'see'),
      request: { params: BankParam },
      responses: answers(BankHealth, 'Every lock of the bank, as its layout places them.'),
    }),
    async (c) => c.json(await bankHealth(hub, c.req.valid('param').bank), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/banks/{bank}/health/{n}',
      tags,
      summary: 'What one lock did day by day, in the last quarter',
      middleware: staff(hub, 'see'),
      request: { params: LockParam },
      responses: answers(z.array(LockDay), 'The days on which it was used, oldest first.'),
    }),
    async (c) => {
      const { bank, n } = c.req.valid('param');
      if (!layoutOf(hub, bank).some(({ number }) => number === n)) {
        throw new HubError('not-found', `bank "${bank}" has no compartment ${n}`);
      }
      return c.json(await lockDays(hub.store, bank, n, hub.clock.wallMs()), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/banks/{bank}/key',
      tags,
      summary: 'Say that the mechanical key is used: what it opens is not forced, up to 10 min before, too',
      middleware: staff(hub, 'doors'),
      request: { params: BankParam, ...takes(DeclareKey) },
      responses: answersNothing,
    }),
    async (c) => {
      const { bank } = c.req.valid('param');
      const { compartment, minutes, reason } = c.req.valid('json');
      const withinMs = minutes * MINUTE_MS;
      const said = { staff: c.get('me').staff, bank, compartment, withinMs, reason };
      await hub.building.execute({ type: 'declare-key', ...said });
      return c.body(null, 204);
    },
  );
}

async function bankHealth(hub: Hub, bank: string): Promise<BankHealth> {
  const placed = layoutOf(hub, bank);
  const { locks: used } = await lockFigures(hub.store, bank, hub.clock.wallMs());
  const doors = new Map(hub.building.doors(bank).map((door) => [door.number, door]));
  const locks = placed.map(({ number }) => {
    const unused = { compartment: number, recent: figuresOf([]), baseline: figuresOf([]) };
    const lock = used.find(({ compartment }) => compartment === number) ?? unused;
    const door = doors.get(number);
    return {
      ...lock,
      sensed: door?.sensed ?? true,
      inService: door?.inService ?? true,
      supply: hub.people.supplyOf({ bank, compartment: number }),
      wear: wearOf(lock, used),
    };
  });
  const { jamsToRetire } = hub.policy.get();
  return { recentDays: RECENT_DAYS, baselineDays: BASELINE_DAYS, jamsToRetire, locks };
}

function layoutOf(hub: Hub, bank: string) {
  const row = hub.register.get('banks', bank);
  if (!row) throw new HubError('not-found', `no bank "${bank}" in this building`);
  return placedCompartments(row.layout);
}
