/** `cases`: what needs a person. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import { countBorn, countMoved } from './tallies.ts';

export const CASES_TABLE = [
  `create table cases (
    case_id uuid primary key,
    kind text not null,
    state text not null,
    bank text,
    compartment integer,
    delivery uuid,
    detail text,
    opened_at bigint not null,
    closed_at bigint,
    resolution text,
    seq bigint not null
  )`,
  'create unique index cases_by_seq on cases (seq)',
  'create index cases_by_state on cases (state, seq)',
  "create index cases_of_wear on cases (bank, opened_at) where kind = 'lock-wearing'",
  'create index cases_by_delivery on cases (delivery) where delivery is not null',
];

const OPENED = `with born as (
    insert into cases (case_id, kind, state, bank, compartment, delivery, detail, opened_at, seq)
    values ($1, $2, 'open', $3, $4, $5, $6, $7, $8)
    returning state
  ) ${countBorn('cases')}`;

const CLOSED = `with was as (
    select state from cases where case_id = $1
  ), now as (
    update cases set state = 'closed', resolution = $2, closed_at = $3 where case_id = $1 returning state
  ) ${countMoved('cases')}`;

/** What the entry changes of its case. */
export function projectCases(payload: Payload, { seq }: Position): Statement[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'case.opened': {
      const { kind, bank, compartment, delivery, detail } = payload.data;
      return [
        statement(OPENED, payload.data.case, kind, bank, compartment, delivery, detail ?? null, at, seq),
      ];
    }
    case 'case.closed':
      return [statement(CLOSED, payload.data.case, payload.data.resolution, at)];
    default:
      return [];
  }
}
