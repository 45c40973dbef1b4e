/** `grants`: each permission for one opening and how it ended. */
import type { Payload } from '../payload.ts';
import { change, type Effect, effect } from './change.ts';
import { type Position, wholeMs } from './statement.ts';
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

const ISSUED = change(
  'grants',
  {
    grant_id: 'uuid',
    delivery: 'uuid',
    visit: 'uuid',
    purpose: 'text',
    bank: 'text',
    compartment: 'integer',
    at: 'bigint',
    seq: 'bigint',
  },
  (given) => `insert into grants (grant_id, delivery, visit, purpose, bank, compartment, issued_at, seq)
    select grant_id, delivery, visit, purpose, bank, compartment, at, seq from ${given}`,
);
const ENDED = change(
  'grants',
  { grant_id: 'uuid', ended: 'text', latency_ms: 'double precision' },
  (given) => `update grants set ended = given.ended, latency_ms = given.latency_ms
    from ${given} where grants.grant_id = given.grant_id`,
);

/** Every change that `projectGrants` makes. */
export const GRANTS_CHANGES = [ISSUED, ENDED];

/** What the entry changes of its grant. */
export function projectGrants(payload: Payload, { seq }: Position): Effect[] {
  switch (payload.type) {
    case 'grant.issued': {
      const { grant, delivery, visit, purpose, bank, compartment } = payload.data;
      return [effect(ISSUED, [grant, delivery, visit, purpose, bank, compartment, wholeMs(payload.at), seq])];
    }
    case 'grant.ended': {
      const { grant, delivery, end, latencyMs } = payload.data;
      // A grant has one delivery, and its end names the same.
      const reads = end === 'jammed' && delivery !== null ? [jamsOf(delivery)] : [];
      return [effect(ENDED, [grant, end, latencyMs ?? null], reads)];
    }
    default:
      return [];
  }
}

/** What the jams of a delivery's doors touch, and whatever asks about them. */
export function jamsOf(delivery: string): string {
  return `jams/${delivery}`;
}
