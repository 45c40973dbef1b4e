/** `lock_days`: what each lock did on each day (UTC): the figures of its health, kept as entries come. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';

/** `day` counts days since 1970 by the hub's clock as it then was. */
export const LOCK_DAYS_TABLE = [
  `create table lock_days (
    bank text not null,
    compartment integer not null,
    day bigint not null,
    openings integer not null,
    jams integer not null,
    retries integer not null,
    latency_count integer not null,
    latency_sum_ms double precision not null,
    latency_max_ms double precision not null,
    primary key (bank, compartment, day)
  )`,
  'create index lock_days_by_day on lock_days (bank, day)',
];

const DAY_MS = 86_400_000;

const ADD = `on conflict (bank, compartment, day) do update set
    openings = lock_days.openings + excluded.openings,
    jams = lock_days.jams + excluded.jams,
    retries = lock_days.retries + excluded.retries,
    latency_count = lock_days.latency_count + excluded.latency_count,
    latency_sum_ms = lock_days.latency_sum_ms + excluded.latency_sum_ms,
    latency_max_ms = greatest(lock_days.latency_max_ms, excluded.latency_max_ms)`;

const OPENED = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latency_count, latency_sum_ms, latency_max_ms)
  select bank, compartment, $2::bigint, 1, 0, 0, $3::integer, $4::double precision, $4::double precision
    from grants where grant_id = $1
  ${ADD}`;

const JAMMED = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latency_count, latency_sum_ms, latency_max_ms)
  values ($1, $2, $3, 0, 1, 0, 0, 0, 0)
  ${ADD}`;

const TRIED_AGAIN = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latency_count, latency_sum_ms, latency_max_ms)
  select $1::text, $2::integer, $3::bigint, 0, 0, 1, 0, 0, 0
    where exists (
      select 1 from grants where delivery = $4 and bank = $1 and compartment = $2 and ended = 'jammed'
    )
  ${ADD}`;

// The last day on which it jammed: what was the supply's fault counts against no lock. Jams of that day which a good
// opening had already parted from these are forgotten along with them.
const FORGIVEN = `update lock_days set jams = 0
  where bank = $1 and compartment = $2
    and day = (select max(day) from lock_days where bank = $1 and compartment = $2 and jams > 0)`;

/** What the entry adds to a lock's figures. */
export function projectLockDays(payload: Payload, _position: Position): Statement[] {
  const day = Math.floor(wholeMs(payload.at) / DAY_MS);
  switch (payload.type) {
    case 'grant.issued': {
      const { bank, compartment, delivery } = payload.data;
      return delivery === null ? [] : [statement(TRIED_AGAIN, bank, compartment, day, delivery)];
    }
    case 'grant.ended': {
      const { grant, end, latencyMs } = payload.data;
      if (end !== 'opened') return [];
      return [statement(OPENED, grant, day, latencyMs === undefined ? 0 : 1, latencyMs ?? 0)];
    }
    case 'lock.jammed':
      return [statement(JAMMED, payload.data.bank, payload.data.compartment, day)];
    case 'supply.failed': {
      const { bank, compartments } = payload.data;
      return compartments.map((compartment) => statement(FORGIVEN, bank, compartment));
    }
    default:
      return [];
  }
}
