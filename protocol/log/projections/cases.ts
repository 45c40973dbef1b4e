/** `cases`: what needs a person. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import type { Table } from './table.ts';
import { countBorn, countMoved } from './tallies.ts';

export const CASES_TABLE: Table = {
  name: 'cases',
  columns: {
    case_id: 'uuid',
    kind: 'text not null',
    state: 'text not null',
    bank: 'text',
    compartment: 'integer',
    delivery: 'uuid',
    detail: 'text',
    opened_at: 'bigint not null',
    closed_at: 'bigint',
    resolution: 'text',
    seq: 'bigint not null',
  },
  key: ['case_id'],
  indexes: [
    { name: 'cases_by_seq', columns: ['seq'], unique: true },
    { name: 'cases_by_state', columns: ['state', 'seq'] },
    { name: 'cases_of_wear', columns: ['bank', 'opened_at'], where: "kind = 'lock-wearing'" },
    { name: 'cases_by_delivery', columns: ['delivery'], where: 'delivery is not null' },
  ],
};

const OPENED = `with born as (
    insert into cases (case_id, kind, state, bank, compartment, delivery, detail, opened_at, seq)
    values ($1::uuid, $2::text, 'open', $3::text, $4::integer, $5::uuid, $6::text, $7::bigint, $8::bigint)
    returning state
  ) ${countBorn('cases')}`;

const CLOSED = `with was as (
    select state from cases where case_id = $1::uuid
  ), now as (
    update cases set state = 'closed', resolution = $2::text, closed_at = $3::bigint where case_id = $1::uuid returning state
  ) ${countMoved('cases')}`;

/** Every text that `projectCases` uses. */
export const CASES_TEXTS = [OPENED, CLOSED];

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
