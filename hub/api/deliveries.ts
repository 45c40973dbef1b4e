import { createRoute } from '@hono/zod-openapi';
import { DeliveryStory, DeliveryView, OpenedCase, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { Evidence } from '@lockerhub/protocol/log/evidence.ts';
import { Proof } from '@lockerhub/protocol/log/proof.ts';
import { z } from 'zod';
import { whyUntold } from '../deliveries/untold.ts';
import { HubError } from '../error.ts';
import { SOFTWARE } from '../version.ts';
import { askerOf, staff } from './access.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, findDeliveries, ListQuery } from './find-deliveries.ts';
import type { Api, Hub } from './hub.ts';
import { MAX_PROOF_SPAN, proofFrom, UntilQuery } from './log.ts';
import { entryView } from './log-views.ts';
import { answers } from './route.ts';

type View = z.infer<typeof DeliveryView>;

/** Entries of one delivery's story: a delivery has about ten, one with endless re-openings stays readable. */
const MAX_STORY = 500;

const tags = ['deliveries'];
const DeliveryParam = z.object({ delivery: Id });

export function deliveryRoutes(api: Api, hub: Hub): void {
  listRoutes(api, hub);
  proofRoutes(api, hub);
}

function listRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'see', 'deliveries:read');
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries',
      tags,
      summary: 'Deliveries, newest first; `q` finds unit, resident and tracking number, the rest narrows it',
      middleware,
      request: { query: ListQuery },
      responses: answers(pageOf(DeliveryView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const query = c.req.valid('query');
      const seesPeople = c.get('seesPeople');
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
      const view = await findDelivery(hub, delivery, c.get('seesPeople'));
      const entries = await entriesOf(hub, delivery);
      const known = hub.building.model.deliveries.get(delivery);
      const untoldWhy = known === undefined ? null : whyUntold(known, hub.people);
      const untold = untoldWhy !== null;
      return c.json({ delivery: view, entries: entries.map(entryView), untold, untoldWhy }, 200);
    },
  );
}

function proofRoutes(api: Api, hub: Hub): void {
  const middleware = staff(hub, 'see', 'deliveries:read');
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
      const { until } = c.req.valid('query');
      return c.json(await proofOf(hub, c.req.valid('param').delivery, until), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/deliveries/{delivery}/evidence',
      tags,
      summary: 'A proof to keep, with what only the building’s rows know; `lockerhub verify` checks it',
      middleware,
      request: { params: DeliveryParam },
      responses: answers(Evidence, 'The evidence.'),
    }),
    async (c) => {
      const { delivery } = c.req.valid('param');
      return c.json(await evidenceOf(hub, delivery, c.get('seesPeople')), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/deliveries/{delivery}/gone',
      tags,
      summary: '“My parcel is gone”: opens a case about it, once',
      middleware: staff(hub, 'close-cases', 'deliveries:write'),
      request: { params: DeliveryParam },
      responses: answers(OpenedCase, 'The case, as it was opened now or before.'),
    }),
    async (c) => {
      const { delivery } = c.req.valid('param');
      const { bank, compartment } = await findDelivery(hub, delivery, false);
      const door = bank === null || compartment === null ? null : { bank, compartment };
      return c.json(
        await hub.building.execute({ type: 'parcel-gone', ...askerOf(c.get('by')), delivery, door }),
        200,
      );
    },
  );
}

/** @throws HubError `not-found` */
async function findDelivery(hub: Hub, delivery: string, seesPeople: boolean): Promise<View> {
  const [row] = await hub.store.query<DeliveryRow>(
    `select ${DELIVERY_COLUMNS} from deliveries d left join parcels p on p.id = d.delivery where d.delivery = $1::uuid`,
    [delivery],
  );
  if (!row) throw new HubError('not-found', 'no such delivery; search for it again');
  return deliveryView(hub, row, seesPeople);
}

/**
 * All that the log says of a delivery.
 *
 * @throws HubError `not-found`, `proof-too-long`
 */
async function proofOf(hub: Hub, delivery: string, until?: number): Promise<Proof> {
  const entries = await entriesOf(hub, delivery);
  const first = entries[0]?.seq;
  if (first === undefined) throw new HubError('not-found', 'no such delivery; search for it again');
  const own = new Set(entries.map((entry) => entry.seq));
  return proofFrom(hub, first, (entry) => own.has(entry.seq), until);
}

/** Evidence leads to the head, or as far towards it as one proof reaches. */
async function evidenceOf(hub: Hub, delivery: string, seesPeople: boolean): Promise<Evidence> {
  const view = await findDelivery(hub, delivery, seesPeople);
  const [first] = await entriesOf(hub, delivery);
  const reach = (first?.seq ?? 1) + MAX_PROOF_SPAN - 1;
  return {
    v: 1,
    kind: 'lockerhub-delivery',
    madeAt: hub.clock.wallMs(),
    software: SOFTWARE,
    delivery,
    told: {
      building: hub.settings.require().name,
      unit: view.unitName,
      recipient: view.residentName,
      carrier: view.carrier,
      tracking: view.tracking,
    },
    proof: await proofOf(hub, delivery, Math.min(reach, hub.buildingLog.head().seq)),
  };
}

function entriesOf(hub: Hub, delivery: string): Promise<readonly Entry[]> {
  return hub.store.query<Entry>(
    'select seq, epoch, salt, payload, hash from log where subject = $1 order by seq limit $2',
    [delivery, MAX_STORY],
  );
}

function deliveryView(hub: Hub, row: DeliveryRow, seesPeople: boolean): View {
  const resident = seesPeople && row.resident ? hub.register.get('residents', row.resident) : undefined;
  const carrier = row.carrier ? hub.register.get('carriers', row.carrier) : undefined;
  return {
    delivery: row.delivery,
    state: row.state,
    unitName: (row.unit && hub.people.unit(row.unit)?.name) ?? '',
    residentName: resident?.name ?? null,
    carrier: carrier?.name ?? null,
    carrierRemoved: row.carrier !== null && carrier === undefined,
    tracking: row.tracking,
    size: row.size,
    bank: row.bank,
    compartment: row.compartment,
    zone: row.zone,
    confirmation: row.confirmation,
    assignedAt: row.assigned_at,
    depositedAt: row.deposited_at,
    endedAt: row.ended_at,
  };
}
