import { createRoute } from '@hono/zod-openapi';
import { DeliveryStateName, DeliveryStory, DeliveryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { Proof } from '@lockerhub/protocol/log/proof.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { hasRight } from '../sign-in/rights.ts';
import type { SqlValue } from '../store/store.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { proofFrom, UntilQuery } from './log.ts';
import { entryView } from './log-views.ts';
import { answers, PageQuery } from './route.ts';

type View = z.infer<typeof DeliveryView>;

/** Units and parcels that one search may mean; what lies beyond is not searched, so the words must be narrower. */
const MAX_UNITS = 30;
const MAX_PARCELS = 200;
/** Entries of one delivery's story: a delivery has about ten, one with endless re-openings stays readable. */
const MAX_STORY = 500;

const COLUMNS = `d.delivery, d.state, d.unit, d.resident, d.carrier, d.size, d.bank, d.compartment, d.confirmation,
  d.assigned_at, d.deposited_at, d.ended_at, d.seq, p.tracking`;

interface DeliveryRow {
  readonly delivery: string;
  readonly state: View['state'];
  readonly unit: string;
  readonly resident: string | null;
  readonly carrier: string | null;
  readonly size: View['size'];
  readonly bank: string;
  readonly compartment: number;
  readonly confirmation: View['confirmation'];
  readonly assigned_at: number;
  readonly deposited_at: number | null;
  readonly ended_at: number | null;
  readonly seq: number;
  readonly tracking: string | null;
}

const tags = ['deliveries'];
const ListQuery = PageQuery.extend({
  // No text in Postgres holds a NUL, so none can be found by one.
  q: z
    .string()
    .max(100)
    .transform((words) => words.replaceAll('\u0000', '').trim())
    .optional(),
  state: DeliveryStateName.optional(),
});
const DeliveryParam = z.object({ delivery: Id });

export function deliveryRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'see');
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries',
      tags,
      summary: 'Deliveries, newest first; `q` finds unit, resident and tracking number',
      middleware,
      request: { query: ListQuery },
      responses: answers(pageOf(DeliveryView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const query = c.req.valid('query');
      const seesPeople = hasRight(c.get('me').role, 'see-people');
      const rows = await findDeliveries(hub, query, seesPeople);
      const before = rows.length === query.limit ? String(rows.at(-1)?.seq) : null;
      return c.json({ items: rows.map((row) => deliveryView(hub, row, seesPeople)), before }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries/{delivery}',
      tags,
      summary: 'One delivery with all its entries',
      middleware,
      request: { params: DeliveryParam },
      responses: answers(DeliveryStory, 'Its story.'),
    }),
    async (c) => {
      const { delivery } = c.req.valid('param');
      const [row] = await hub.store.query<DeliveryRow>(
        `select ${COLUMNS} from deliveries d left join parcels p on p.id = d.delivery where d.delivery = $1::uuid`,
        [delivery],
      );
      if (!row) throw new HubError('not-found', 'no such delivery; search for it again');
      const entries = await entriesOf(hub, delivery);
      const view = deliveryView(hub, row, hasRight(c.get('me').role, 'see-people'));
      return c.json({ delivery: view, entries: entries.map(entryView) }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries/{delivery}/proof',
      tags,
      summary: 'Proof of all that the log says of a delivery; other entries show as hashes only',
      middleware,
      request: { params: DeliveryParam, query: z.object({ until: UntilQuery }) },
      responses: answers(Proof, 'The proof, from its first entry to the head or to `until`.'),
    }),
    async (c) => {
      const entries = await entriesOf(hub, c.req.valid('param').delivery);
      const first = entries[0]?.seq;
      if (first === undefined) throw new HubError('not-found', 'no such delivery; search for it again');
      const own = new Set(entries.map((entry) => entry.seq));
      const { until } = c.req.valid('query');
      return c.json(await proofFrom(hub, first, (entry) => own.has(entry.seq), until), 200);
    },
  );
}

function entriesOf(hub: Hub, delivery: string): Promise<readonly Entry[]> {
  return hub.store.query<Entry>(
    'select seq, epoch, salt, payload, hash from log where subject = $1 order by seq limit $2',
    [delivery, MAX_STORY],
  );
}

async function findDeliveries(
  hub: Hub,
  query: z.infer<typeof ListQuery>,
  seesPeople: boolean,
): Promise<readonly DeliveryRow[]> {
  const { before, limit, state, q } = query;
  const parameters: SqlValue[] = [before, limit];
  const ofState = state ? `and state = $${parameters.push(state)}` : '';
  const newestOf = (condition: string) =>
    `select * from deliveries where seq < $1 ${ofState} ${condition} order by seq desc limit $2`;
  let found = newestOf('');
  if (q) {
    const { units, parcels } = await meantBy(hub, q, seesPeople);
    const unit = `(select unnest($${parameters.push(units)}::uuid[]))`;
    const parcel = `any($${parameters.push(parcels)}::uuid[])`;
    // Each by its own index. Joined by "or" they would make Postgres walk through all deliveries there ever were.
    found = `select of_unit.* from ${unit} as meant (unit)
        cross join lateral (${newestOf('and unit = meant.unit')}) of_unit
      union (${newestOf(`and delivery = ${parcel}`)})`;
  }
  return hub.store.query<DeliveryRow>(
    `select ${COLUMNS} from (${found}) d left join parcels p on p.id = d.delivery order by d.seq desc limit $2`,
    parameters,
  );
}

/**
 * The units (by their names, and their residents' for those who may see people) and parcels (by the beginning of the
 * number) that words mean.
 */
async function meantBy(
  hub: Hub,
  q: string,
  seesPeople: boolean,
): Promise<{ units: string[]; parcels: string[] }> {
  const prefix = q.replace(/[%_\\]/g, (wildcard) => `\\${wildcard}`);
  const parcels = await hub.store.query<{ id: string }>(
    'select id from parcels where tracking like $1 limit $2',
    [`${prefix}%`, MAX_PARCELS],
  );
  const found = hub.people.search(q).filter(({ resident }) => seesPeople || resident === null);
  const units = new Set(found.map(({ unit }) => unit));
  return { units: [...units].slice(0, MAX_UNITS), parcels: parcels.map((row) => row.id) };
}

function deliveryView(hub: Hub, row: DeliveryRow, seesPeople: boolean): View {
  const resident = seesPeople && row.resident ? hub.register.get('residents', row.resident) : undefined;
  return {
    delivery: row.delivery,
    state: row.state,
    unitName: hub.people.unit(row.unit)?.name ?? '',
    residentName: resident?.name ?? null,
    carrier: row.carrier ? (hub.register.get('carriers', row.carrier)?.name ?? null) : null,
    tracking: row.tracking,
    size: row.size,
    bank: row.bank,
    compartment: row.compartment,
    confirmation: row.confirmation,
    assignedAt: row.assigned_at,
    depositedAt: row.deposited_at,
    endedAt: row.ended_at,
  };
}
