/** `deliveries`: each parcel's stay as it now stands. States as in http/staff.ts `DELIVERY_STATES`. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import type { Table } from './table.ts';
import { countBorn, countMoved } from './tallies.ts';

export const DELIVERIES_TABLE: Table = {
  name: 'deliveries',
  columns: {
    delivery: 'uuid',
    state: 'text not null',
    visit: 'uuid not null',
    unit: 'uuid not null',
    household: 'uuid not null',
    resident: 'uuid',
    carrier: 'uuid',
    size: 'text not null',
    bank: 'text not null',
    compartment: 'integer not null',
    confirmation: 'text',
    assigned_at: 'bigint not null',
    deposited_at: 'bigint',
    ended_at: 'bigint',
    seq: 'bigint not null',
  },
  key: ['delivery'],
  indexes: [
    { name: 'deliveries_by_seq', columns: ['seq'], unique: true },
    { name: 'deliveries_by_state', columns: ['state', 'seq'] },
    { name: 'deliveries_by_unit', columns: ['unit', 'seq'] },
    // The few lost parcels of a unit among the thousands that it got.
    { name: 'deliveries_by_unit_and_state', columns: ['unit', 'state', 'seq'] },
  ],
};

const ASSIGNED = `with born as (
    insert into deliveries
      (delivery, state, visit, unit, household, resident, carrier, size, bank, compartment, assigned_at, seq)
    values ($1::uuid, 'assigned', $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::uuid, $7::text, $8::text, $9::integer,
      $10::bigint, $11::bigint)
    returning state
  ) ${countBorn('deliveries')}`;

const REASSIGNED =
  'update deliveries set bank = $2::text, compartment = $3::integer where delivery = $1::uuid';

/** A change of state; `assignments` names further columns. */
function moves(state: string, assignments: string): string {
  return `with was as (
      select state from deliveries where delivery = $1::uuid
    ), now as (
      update deliveries set state = '${state}', ${assignments} where delivery = $1::uuid returning state
    ) ${countMoved('deliveries')}`;
}

const DEPOSITED = moves('deposited', 'confirmation = $2::text, deposited_at = $3::bigint');
const COLLECTED = moves('collected', 'ended_at = $2::bigint');
const MISSING = moves('missing', 'ended_at = $2::bigint');
const WITHDRAWN = moves('withdrawn', 'ended_at = $2::bigint');

/** Every text that `projectDeliveries` uses. */
export const DELIVERIES_TEXTS = [ASSIGNED, REASSIGNED, DEPOSITED, COLLECTED, MISSING, WITHDRAWN];

/** What the entry changes of its delivery. */
export function projectDeliveries(payload: Payload, { seq }: Position): Statement[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'delivery.assigned': {
      const { delivery, visit, unit, household, resident, carrier, size, bank, compartment } = payload.data;
      return [
        statement(
          ASSIGNED,
          delivery,
          visit,
          unit,
          household,
          resident,
          carrier,
          size,
          bank,
          compartment,
          at,
          seq,
        ),
      ];
    }
    case 'delivery.reassigned':
      return [statement(REASSIGNED, payload.data.delivery, payload.data.bank, payload.data.compartment)];
    case 'delivery.deposited':
      return [statement(DEPOSITED, payload.data.delivery, payload.data.confirmation, at)];
    case 'delivery.collected':
      return [statement(COLLECTED, payload.data.delivery, at)];
    case 'delivery.missing':
      return [statement(MISSING, payload.data.delivery, at)];
    case 'delivery.withdrawn':
      return [statement(WITHDRAWN, payload.data.delivery, at)];
    default:
      return [];
  }
}
