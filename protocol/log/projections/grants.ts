/** `grants`: each permission for one opening and how it ended. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';

export const GRANTS_TABLE = [
  `create table grants (
    grant_id uuid primary key,
    delivery uuid,
    visit uuid,
    purpose text not null,
    bank text not null,
    compartment integer not null,
    issued_at bigint not null,
    ended text,
    latency_ms double precision,
    seq bigint not null
  )`,
  'create unique index grants_by_seq on grants (seq)',
  'create index grants_by_delivery on grants (delivery) where delivery is not null',
];

const ISSUED = `insert into grants (grant_id, delivery, visit, purpose, bank, compartment, issued_at, seq)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const ENDED = 'update grants set ended = $2, latency_ms = $3 where grant_id = $1';

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
