/** Residents and couriers of a building as operators see and change them, in a transaction that sees the building. */
import { DropOffHours } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import type { ChangeResident, FleetCourier, PeopleView } from '@lockerhub/protocol/http/fleet.ts';
import type { ChangeCourier, NewCourier } from '@lockerhub/protocol/http/staff.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { newId, type Random } from '@lockerhub/protocol/time/random.ts';
import type { z } from 'zod';
import { lockBuilding } from '../buildings/building.ts';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';
import { editRow } from '../rows/edit-row.ts';

/** People of one page: a building of 10,000 units has fewer. */
const PEOPLE_LIMIT = 20_000;
/** Of a row that was neither removed nor erased. */
const lives = (table: string) =>
  `${table}.stamps ->> 'removed' is null and ${table}.stamps ->> 'erased' is null`;

interface ResidentRow {
  resident: string;
  unit: string | null;
  household: string | null;
  unit_name: string | null;
  name: string | null;
  language: string | null;
  email: string | null;
}

export async function readPeople(client: Client): Promise<PeopleView> {
  const { rows: residents } = await client.query<ResidentRow>(
    `select r.id as resident, h.unit, r.household, u.name as unit_name, r.name, r.language, r.email
     from residents r left join households h on h.id = r.household left join units u on u.id = h.unit
     where ${lives('r')}
     order by u.name, r.name, r.id limit ${PEOPLE_LIMIT}`,
  );
  const { rows: couriers } = await client.query<Omit<FleetCourier, 'hours'> & { hours: unknown }>(
    `select c.id as courier, k.name as carrier, c.name, c.hours,
       coalesce(c.revoked, false) or k.stamps ->> 'removed' is not null as revoked
     from couriers c left join carriers k on k.id = c.carrier
     where ${lives('c')} order by k.name, c.name, c.id limit ${PEOPLE_LIMIT}`,
  );
  const { rows: carriers } = await client.query<PeopleView['carriers'][number]>(
    `select k.id as carrier, k.name, (select count(*) from couriers c
        where c.carrier = k.id and not coalesce(c.revoked, false) and ${lives('c')}) as couriers
     from carriers k where ${lives('k')} order by k.name, k.id limit ${PEOPLE_LIMIT}`,
  );
  return {
    carriers,
    residents: residents.map(({ unit_name, ...row }) => ({ ...row, unitName: unit_name })),
    couriers: couriers.map((row) => ({ ...row, hours: readHours(row.hours) })),
  };
}

function readHours(kept: unknown): DropOffHours | null {
  const hours = DropOffHours.safeParse(kept);
  return hours.success ? hours.data : null;
}

export interface NewPerson {
  readonly unitName: string;
  readonly name: string;
  readonly language: string;
  readonly email?: string | undefined;
  readonly household?: string | undefined;
}

/** Adds a resident, with their unit and household where these are new. Returns the resident's id. */
export async function addResident(
  client: Client,
  building: string,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  person: NewPerson,
): Promise<string> {
  const nowMs = clock.wallMs();
  await lockBuilding(client, building);
  const edit = (table: 'units' | 'households' | 'residents', id: string, fields: Fields) =>
    editRow(client, building, { table, id, changes: { fields } }, nowMs);
  let { household } = person;
  if (household === undefined) {
    const unit = (await findByName(client, 'units', person.unitName)) ?? newId(clock, random);
    await edit('units', unit, { name: person.unitName });
    household = newId(clock, random);
    await edit('households', household, { unit });
  } else {
    await requireRow(client, 'households', household);
  }
  const resident = newId(clock, random);
  const { name, language, email = null } = person;
  await edit('residents', resident, { household, name, language, email });
  return resident;
}

type Fields = Readonly<Record<string, string | null | NonNullable<ChangeCourier['hours']>>>;

/** @throws GatewayError `not-found` */
export async function changeResident(
  client: Client,
  building: string,
  resident: string,
  changes: ChangeResident,
  nowMs: number,
): Promise<void> {
  await lockBuilding(client, building);
  await requireRow(client, 'residents', resident);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const fields = Object.fromEntries(given) as Fields;
  await editRow(client, building, { table: 'residents', id: resident, changes: { fields } }, nowMs);
}

/** Takes a resident's personal data away, for good, here and in the building. @throws GatewayError `not-found` */
export async function eraseResident(
  client: Client,
  building: string,
  resident: string,
  nowMs: number,
): Promise<void> {
  await lockBuilding(client, building);
  await requireRow(client, 'residents', resident);
  await editRow(client, building, { table: 'residents', id: resident, changes: { erased: true } }, nowMs);
}

/** Adds a courier, with their carrier where it is new; the building's hub makes their code. Returns the courier's id. */
export async function addCourier(
  client: Client,
  building: string,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  person: z.infer<typeof NewCourier>,
): Promise<string> {
  const nowMs = clock.wallMs();
  await lockBuilding(client, building);
  const edit = (table: 'carriers' | 'couriers', id: string, fields: Fields) =>
    editRow(client, building, { table, id, changes: { fields } }, nowMs);
  let carrier = await findByName(client, 'carriers', person.carrier);
  if (carrier === undefined) {
    carrier = newId(clock, random);
    await edit('carriers', carrier, { name: person.carrier });
  }
  const courier = newId(clock, random);
  await edit('couriers', courier, { carrier, name: person.name ?? null, hours: person.hours ?? null });
  return courier;
}

/** Changes when a courier's code begins a visit. @throws GatewayError `not-found` */
export async function changeCourier(
  client: Client,
  building: string,
  courier: string,
  { hours }: ChangeCourier,
  nowMs: number,
): Promise<void> {
  await lockBuilding(client, building);
  await requireRow(client, 'couriers', courier);
  if (hours === undefined) return;
  await editRow(client, building, { table: 'couriers', id: courier, changes: { fields: { hours } } }, nowMs);
}

/** Revokes a courier: it beats whatever the hub does at the same time. @throws GatewayError `not-found` */
export async function revokeCourier(
  client: Client,
  building: string,
  courier: string,
  nowMs: number,
): Promise<void> {
  await lockBuilding(client, building);
  await requireRow(client, 'couriers', courier);
  const changes = { switches: { revoked: true } };
  await editRow(client, building, { table: 'couriers', id: courier, changes }, nowMs);
}

/**
 * Removes a carrier for good, and revokes whoever drives for it. Couriers whom the hub adds to it meanwhile get no code there
 * (`hub/sync/consequences.ts`).
 *
 * @throws GatewayError `not-found`
 */
export async function removeCarrier(
  client: Client,
  building: string,
  carrier: string,
  nowMs: number,
): Promise<void> {
  await lockBuilding(client, building);
  await requireRow(client, 'carriers', carrier);
  const { rows } = await client.query<{ id: string }>(
    `select id from couriers where carrier = $1 and not coalesce(revoked, false) and ${lives('couriers')} order by id`,
    [carrier],
  );
  for (const { id } of rows) {
    const changes = { switches: { revoked: true } };
    await editRow(client, building, { table: 'couriers', id, changes }, nowMs);
  }
  await editRow(client, building, { table: 'carriers', id: carrier, changes: { removed: true } }, nowMs);
}

async function findByName(
  client: Client,
  table: 'units' | 'carriers',
  name: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `select id from ${table} where name = $1 and ${lives(table)} order by id limit 1`,
    [name],
  );
  return rows[0]?.id;
}

/** An edit of a row that is not there would make one. */
async function requireRow(
  client: Client,
  table: 'residents' | 'couriers' | 'carriers' | 'households',
  id: string,
): Promise<void> {
  const { rows } = await client.query(`select 1 from ${table} where id = $1 and ${lives(table)}`, [id]);
  if (rows.length === 0) throw new GatewayError('not-found', `${table}: no ${id} in this building`);
}
