/** What a building's log says, by its projections, in a transaction that sees the building. */

import { Layout } from '@lockerhub/protocol/bank/layout.ts';
import type { FleetBank, FleetDelivery, FleetStory } from '@lockerhub/protocol/http/fleet.ts';
import type { CaseView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import type { Client } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** Entries of one delivery's story; a delivery has some dozens. */
const STORY_LIMIT = 500;

export interface SeqPage {
  readonly before: number;
  readonly limit: number;
}

interface DeliveryRow {
  delivery: string;
  state: FleetDelivery['state'];
  unit_name: string | null;
  size: FleetDelivery['size'];
  bank: string | null;
  compartment: number | null;
  confirmation: FleetDelivery['confirmation'];
  assigned_at: number;
  deposited_at: number | null;
  ended_at: number | null;
  seq: number;
}

const DELIVERY = `select d.delivery, d.state, u.name as unit_name, d.size, d.bank, d.compartment, d.confirmation,
    d.assigned_at, d.deposited_at, d.ended_at, d.seq`;

/** Deliveries, newest first, with the `seq` to ask on with. */
export async function readDeliveries(
  client: Client,
  { before, limit }: SeqPage,
  state: FleetDelivery['state'] | null,
): Promise<{ items: FleetDelivery[]; before: string | null }> {
  const { rows } = await client.query<DeliveryRow>(
    `${DELIVERY} from deliveries d left join units u on u.id = d.unit
     where d.seq < $1 and ($2::text is null or d.state = $2) order by d.seq desc limit $3`,
    [before, state, limit],
  );
  return { items: rows.map(deliveryOf), before: nextOf(rows, limit) };
}

/** One parcel's stay. @throws GatewayError `not-found` */
export async function readStory(
  client: Client,
  delivery: string,
  maySeePeople: boolean,
): Promise<FleetStory> {
  const { rows } = await client.query<
    DeliveryRow & { resident_name: string | null; carrier_name: string | null }
  >(
    `${DELIVERY}, r.name as resident_name, c.name as carrier_name from deliveries d
     left join units u on u.id = d.unit left join residents r on r.id = d.resident
     left join carriers c on c.id = d.carrier where d.delivery = $1`,
    [delivery],
  );
  const [row] = rows;
  if (!row) throw new GatewayError('not-found', `no delivery ${delivery}`);
  const { rows: entries } = await client.query<EntryRow>(
    `select seq, epoch, hash, payload from log where subject = $1 order by seq limit ${STORY_LIMIT}`,
    [delivery],
  );
  return {
    delivery: {
      ...deliveryOf(row),
      residentName: maySeePeople ? row.resident_name : null,
      carrier: maySeePeople ? row.carrier_name : null,
    },
    entries: entries.map(entryOf),
  };
}

interface EntryRow {
  seq: number;
  epoch: number;
  hash: string;
  payload: string;
}

/** The log, newest first. */
export async function readLog(
  client: Client,
  { before, limit }: SeqPage,
): Promise<{ items: LogEntryView[]; before: string | null }> {
  const { rows } = await client.query<EntryRow>(
    'select seq, epoch, hash, payload from log where seq < $1 order by seq desc limit $2',
    [before, limit],
  );
  return { items: rows.map(entryOf), before: nextOf(rows, limit) };
}

const AnyData = z.object({ data: z.record(z.string(), z.unknown()) });

/** An entry as pages read it; one of a type that this software does not know, or that does not fit, as it is. */
function entryOf({ seq, epoch, hash, payload: text }: EntryRow): LogEntryView {
  try {
    const payload = decodePayload(text);
    const { at, clock, by } = payload;
    const isKnown = payload.type !== 'unknown';
    const data = isKnown ? payload.data : AnyData.parse(JSON.parse(text)).data;
    return { seq, epoch, hash, type: isKnown ? payload.type : payload.name, at, clock, by, data };
  } catch {
    // It stands in the quarantine, where operators are told of it; the log shows that it is there.
    return { seq, epoch, hash, type: 'unreadable', at: 0, clock: 'untrusted', by: { kind: 'hub' }, data: {} };
  }
}

interface CaseRow {
  case_id: string;
  kind: CaseView['kind'];
  state: CaseView['state'];
  bank: string | null;
  compartment: number | null;
  delivery: string | null;
  detail: string | null;
  opened_at: number;
  closed_at: number | null;
  resolution: string | null;
  taken_by: string | null;
  seq: number;
}

/** Cases, newest first. */
export async function readCases(
  client: Client,
  { before, limit }: SeqPage,
  state: CaseView['state'],
): Promise<{ items: CaseView[]; before: string | null }> {
  const { rows } = await client.query<CaseRow>(
    `select case_id, kind, state, bank, compartment, delivery, detail, opened_at, closed_at, resolution, taken_by, seq
     from cases where state = $1 and seq < $2 order by seq desc limit $3`,
    [state, before, limit],
  );
  const items = rows.map((row) => ({
    case: row.case_id,
    kind: row.kind,
    state: row.state,
    bank: row.bank,
    compartment: row.compartment,
    delivery: row.delivery,
    detail: row.detail,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    resolution: row.resolution,
    takenBy: row.taken_by,
  }));
  return { items, before: nextOf(rows, limit) };
}

/** Banks by their rows, with what waits in them by the log. */
export async function readBanks(client: Client): Promise<FleetBank[]> {
  const { rows } = await client.query<{ id: string; layout: unknown }>(
    `select id, layout from banks where stamps ->> 'removed' is null order by id`,
  );
  const { rows: holds } = await client.query<{ bank: string; compartment: number; deliveries: number }>(
    `select bank, compartment, count(*) as deliveries from deliveries
     where state in ('assigned', 'deposited') and bank is not null group by bank, compartment`,
  );
  // Doors out of service are living subjects: a few, whatever the log holds.
  const { rows: retired } = await client.query<{ subject: string }>(
    `select l.subject from living l where l.subject ~ '^[a-z0-9-]+/[0-9]+$' and (
       select e.type from log e where e.subject = l.subject
         and e.type in ('compartment.retired', 'compartment.returned') order by e.seq desc limit 1
     ) = 'compartment.retired'`,
  );
  return rows.map(({ id, layout }) => ({
    bank: id,
    layout: Layout.safeParse(layout).data ?? null,
    holds: holds
      .filter(({ bank }) => bank === id)
      .map(({ compartment, deliveries }) => ({ compartment, deliveries })),
    retired: retired
      .filter(({ subject }) => subject.startsWith(`${id}/`))
      .map(({ subject }) => Number(subject.slice(id.length + 1))),
  }));
}

function deliveryOf(row: DeliveryRow): FleetDelivery {
  return {
    delivery: row.delivery,
    state: row.state,
    unitName: row.unit_name,
    size: row.size,
    bank: row.bank,
    compartment: row.compartment,
    confirmation: row.confirmation,
    assignedAt: row.assigned_at,
    depositedAt: row.deposited_at,
    endedAt: row.ended_at,
  };
}

function nextOf(rows: readonly { readonly seq: number }[], limit: number): string | null {
  return rows.length === limit ? String(rows.at(-1)?.seq) : null;
}
