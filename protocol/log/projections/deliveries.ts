/** `deliveries`: each parcel's stay as it now stands. States as in http/staff.ts `DELIVERY_STATES`. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import { countBorn, countMoved } from './tallies.ts';

export const DELIVERIES_TABLE = [
  `create table deliveries (
    delivery uuid primary key,
    state text not null,
    visit uuid not null,
    unit uuid not null,
    household uuid not null,
    resident uuid,
    carrier uuid,
    size text not null,
    bank text not null,
    compartment integer not null,
    confirmation text,
    assigned_at bigint not null,
    deposited_at bigint,
    ended_at bigint,
    seq bigint not null
  )`,
  'create unique index deliveries_by_seq on deliveries (seq)',
  'create index deliveries_by_state on deliveries (state, seq)',
  'create index deliveries_by_unit on deliveries (unit, seq)',
  // The few lost parcels of a unit among the thousands that it got.
  'create index deliveries_by_unit_and_state on deliveries (unit, state, seq)',
];

const ASSIGNED = `with born as (
    insert into deliveries
      (delivery, state, visit, unit, household, resident, carrier, size, bank, compartment, assigned_at, seq)
    values ($1, 'assigned', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning state
  ) ${countBorn('deliveries')}`;

const REASSIGNED = 'update deliveries set bank = $2, compartment = $3 where delivery = $1';

/** A change of state; `assignments` names further columns. */
function moves(state: string, assignments: string): string {
  return `with was as (
      select state from deliveries where delivery = $1
    ), now as (
      update deliveries set state = '${state}', ${assignments} where delivery = $1 returning state
    ) ${countMoved('deliveries')}`;
}

const DEPOSITED = moves('deposited', 'confirmation = $2, deposited_at = $3');
const COLLECTED = moves('collected', 'ended_at = $2');
const MISSING = moves('missing', 'ended_at = $2');
const WITHDRAWN = moves('withdrawn', 'ended_at = $2');

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
