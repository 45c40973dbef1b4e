/** `cases`: what needs a person. */
import type { Payload } from '../payload.ts';
import { change, type Effect, effect } from './change.ts';
import { type Position, wholeMs } from './statement.ts';
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
    taken_by: 'text',
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

const OPENED = change(
  'cases',
  {
    case_id: 'uuid',
    kind: 'text',
    bank: 'text',
    compartment: 'integer',
    delivery: 'uuid',
    detail: 'text',
    at: 'bigint',
    seq: 'bigint',
  },
  (given) => `with born as (
      insert into cases (case_id, kind, state, bank, compartment, delivery, detail, opened_at, seq)
      select case_id, kind, 'open', bank, compartment, delivery, detail, at, seq from ${given}
      returning state
    ) ${countBorn('cases')}`,
);

const CLOSED = change(
  'cases',
  { case_id: 'uuid', resolution: 'text', at: 'bigint' },
  (given) => `with was as (
      select state from cases, ${given} where cases.case_id = given.case_id
    ), now as (
      update cases set state = 'closed', resolution = given.resolution, closed_at = given.at
        from ${given} where cases.case_id = given.case_id
    ) ${countMoved('cases', 'closed')}`,
);

// Of a case that is over it stays known who saw to it.
const TAKEN = change(
  'cases',
  { case_id: 'uuid', taken_by: 'text' },
  (given) => `update cases set taken_by = given.taken_by from ${given}
    where cases.case_id = given.case_id and cases.state = 'open'`,
);

/** Every change that `projectCases` makes. */
export const CASES_CHANGES = [OPENED, TAKEN, CLOSED];

/** What the entry changes of its case. */
export function projectCases(payload: Payload, { seq }: Position): Effect[] {
  const at = wholeMs(payload.at);
  switch (payload.type) {
    case 'case.opened': {
      const { kind, bank, compartment, delivery, detail } = payload.data;
      return [
        effect(OPENED, [payload.data.case, kind, bank, compartment, delivery, detail ?? null, at, seq]),
      ];
    }
    case 'case.taken':
      return [effect(TAKEN, [payload.data.case, payload.by.id ?? null])];
    case 'case.released':
      return [effect(TAKEN, [payload.data.case, null])];
    case 'case.closed':
      return [effect(CLOSED, [payload.data.case, payload.data.resolution, at])];
    default:
      return [];
  }
}
