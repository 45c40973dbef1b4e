/** `lock_days`: what each lock did on each day (UTC): the figures of its health, kept as entries come. */
import type { Payload } from '../payload.ts';
import { type Position, type Statement, statement, wholeMs } from './statement.ts';
import type { Table } from './table.ts';

/**
 * Openings of a lock that are timed on one day, the first ones; further ones are counted and not timed. A compartment
 * is used a few times a day, and all the numbers of its day make a median that no bucket blurs.
 */
export const TIMED_A_DAY = 64;
/** The largest `integer` of SQL. */
const INTEGER_MAX = 2 ** 31 - 1;

/** `day` counts days since 1970 by the hub's clock as it then was; `latencies_ms`: from the pulse to the open door. */
export const LOCK_DAYS_TABLE: Table = {
  name: 'lock_days',
  columns: {
    bank: 'text',
    compartment: 'integer',
    day: 'bigint',
    openings: 'integer not null',
    jams: 'integer not null',
    retries: 'integer not null',
    latencies_ms: 'integer[] not null',
  },
  key: ['bank', 'compartment', 'day'],
  indexes: [{ name: 'lock_days_by_day', columns: ['bank', 'day'] }],
};

const DAY_MS = 86_400_000;

const ADD = `on conflict on constraint lock_days_pkey do update set
    openings = lock_days.openings + excluded.openings,
    jams = lock_days.jams + excluded.jams,
    retries = lock_days.retries + excluded.retries,
    latencies_ms = case when cardinality(lock_days.latencies_ms) < ${TIMED_A_DAY}
      then lock_days.latencies_ms || excluded.latencies_ms else lock_days.latencies_ms end`;

const OPENED = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latencies_ms)
  select bank, compartment, $2::bigint, 1, 0, 0, array_remove(array[$3::integer], null)
    from grants where grant_id = $1::uuid
  ${ADD}`;

const JAMMED = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latencies_ms)
  values ($1::text, $2::integer, $3::bigint, 0, 1, 0, '{}')
  ${ADD}`;

const TRIED_AGAIN = `insert into lock_days
    (bank, compartment, day, openings, jams, retries, latencies_ms)
  select $1::text, $2::integer, $3::bigint, 0, 0, 1, '{}'::integer[]
    where exists (
      select 1 from grants where delivery = $4::uuid and bank = $1::text and compartment = $2::integer and ended = 'jammed'
    )
  ${ADD}`;

// The last day on which it jammed: what was the supply's fault counts against no lock. Jams of that day which a good
// opening had already parted from these are forgotten along with them.
const FORGIVEN = `update lock_days set jams = 0
  where bank = $1::text and compartment = $2::integer
    and day = (
      select max(day) from lock_days where bank = $1::text and compartment = $2::integer and jams > 0
    )`;

/** Every text that `projectLockDays` uses. */
export const LOCK_DAYS_TEXTS = [OPENED, JAMMED, TRIED_AGAIN, FORGIVEN];

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
      return [statement(OPENED, grant, day, latencyMs === undefined ? null : timed(latencyMs))];
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

function timed(latencyMs: number): number {
  return Math.round(Math.min(Math.max(latencyMs, 0), INTEGER_MAX));
}
