/** `grants`: each permission for one opening and how it ended. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import type { Table } from './table.ts';

export const GRANTS_TABLE: Table = {
  name: 'grants',
  columns: {
    grant_id: 'uuid',
    delivery: 'uuid',
    visit: 'uuid',
    purpose: 'text not null',
    bank: 'text not null',
    compartment: 'integer not null',
    issued_at: 'bigint not null',
    ended: 'text',
    latency_ms: 'double precision',
    seq: 'bigint not null',
  },
  key: ['grant_id'],
  indexes: [
    { name: 'grants_by_seq', columns: ['seq'], unique: true },
    { name: 'grants_by_door', columns: ['bank', 'compartment', 'seq'] },
    { name: 'grants_by_delivery', columns: ['delivery'], where: 'delivery is not null' },
  ],
};

const ISSUED = `insert into grants (grant_id, delivery, visit, purpose, bank, compartment, issued_at, seq)
  values ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::integer, $7::bigint, $8::bigint)`;
const ENDED =
  'update grants set ended = $2::text, latency_ms = $3::double precision where grant_id = $1::uuid';

/** Every text that `projectGrants` uses. */
export const GRANTS_TEXTS = [ISSUED, ENDED];

/** What the entry changes of its grant. */
export function projectGrants(payload: Payload, { seq }: Position): Statement[] {
  switch (payload.type) {
    case 'grant.issued': {
      const { grant, delivery, visit, purpose, bank, compartment } = payload.data;
      return [
        statement(ISSUED, grant, delivery, visit, purpose, bank, compartment, wholeMs(payload.at), seq),
      ];
    }
    case 'grant.ended':
      return [statement(ENDED, payload.data.grant, payload.data.end, payload.data.latencyMs ?? null)];
    default:
      return [];
  }
}
