/** Which deliveries staff ask for, out of all that there ever were. Each way in has an index of its own. */
import { plainTracking } from '@lockerhub/protocol/carriers/tracking.ts';
import { DeliveryStateName, type DeliveryView } from '@lockerhub/protocol/http/staff.ts';
import { CompartmentNumber, Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import type { SqlValue } from '../store/store.ts';
import type { Hub } from './hub.ts';
import { PageQuery } from './route.ts';

/** Units and parcels that one search may mean; what lies beyond is not searched, so the words must be narrower. */
const MAX_UNITS = 30;
const MAX_PARCELS = 200;

export const DELIVERY_COLUMNS = `d.delivery, d.state, d.unit, d.resident, d.carrier, d.size, d.bank, d.compartment, d.zone,
  d.confirmation, d.assigned_at, d.deposited_at, d.ended_at, d.seq, p.tracking`;

export interface DeliveryRow {
  readonly delivery: string;
  readonly state: DeliveryView['state'];
  readonly unit: string | null;
  readonly resident: string | null;
  readonly carrier: string | null;
  readonly size: DeliveryView['size'];
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly zone: string | null;
  readonly confirmation: DeliveryView['confirmation'];
  readonly assigned_at: number;
  readonly deposited_at: number | null;
  readonly ended_at: number | null;
  readonly seq: number;
  readonly tracking: string | null;
}

const WallMs = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** All that a list may be narrowed by; `from` and `to` are ms since 1970, by when its place was assigned. */
export const ListQuery = PageQuery.extend({
  // No text in Postgres holds a NUL, so none can be found by one.
  q: z
    .string()
    .max(100)
    .transform((words) => words.replaceAll('\u0000', '').trim())
    .optional(),
  state: DeliveryStateName.optional(),
  /** A carrier's name. */
  carrier: z.string().trim().min(1).max(80).optional(),
  bank: Slug.optional(),
  compartment: z.coerce.number().pipe(CompartmentNumber).optional(),
  from: WallMs.optional(),
  to: WallMs.optional(),
});

/** The newest rows below `query.before`, at most `query.limit`. */
export async function findDeliveries(
  hub: Hub,
  query: z.infer<typeof ListQuery>,
  seesPeople: boolean,
): Promise<readonly DeliveryRow[]> {
  const { before, limit, q } = query;
  const parameters: SqlValue[] = [before, limit];
  const narrowed = narrowing(hub, query, parameters);
  const newestOf = (condition: string) =>
    `select * from deliveries where seq < $1 ${narrowed} ${condition} order by seq desc limit $2`;
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
    `select ${DELIVERY_COLUMNS} from (${found}) d left join parcels p on p.id = d.delivery order by d.seq desc limit $2`,
    parameters,
  );
}

/** The conditions besides the words, as SQL; their values go to `parameters`. */
function narrowing(hub: Hub, query: z.infer<typeof ListQuery>, parameters: SqlValue[]): string {
  const { state, bank, compartment, from, to } = query;
  const conditions: readonly (readonly [string, SqlValue | undefined])[] = [
    ['state =', state],
    ['carrier =', query.carrier && carrierOf(hub, query.carrier)],
    ['bank =', bank],
    ['compartment =', compartment],
    ['assigned_at >=', from],
    ['assigned_at <', to],
  ];
  return conditions
    .flatMap(([test, value]) => (value === undefined ? [] : [`and ${test} $${parameters.push(value)}`]))
    .join(' ');
}

/** No carrier has it: nothing is found by a name that is not there. */
const NO_CARRIER = '00000000-0000-0000-0000-000000000000';

function carrierOf(hub: Hub, name: string): string {
  const same = name.toLowerCase();
  return hub.register.all('carriers').find((each) => each.name.toLowerCase() === same)?.id ?? NO_CARRIER;
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
  // Letters and digits only: nothing in it is a wildcard.
  const prefix = plainTracking(q);
  const parcels =
    prefix === ''
      ? []
      : await hub.store.query<{ id: string }>('select id from parcels where tracking like $1 limit $2', [
          `${prefix}%`,
          MAX_PARCELS,
        ]);
  const found = hub.people.search(q).filter(({ resident }) => seesPeople || resident === null);
  const units = new Set(found.map(({ unit }) => unit));
  return { units: [...units].slice(0, MAX_UNITS), parcels: parcels.map((row) => row.id) };
}
