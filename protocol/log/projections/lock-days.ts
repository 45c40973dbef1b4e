/** `lock_days`: what each lock did on each day (UTC): the figures of its health, kept as entries come. */
import type { Payload } from '../payload.ts';
import { change, type Effect, effect } from './change.ts';
import { jamsOf } from './grants.ts';
import { type Position, wholeMs } from './statement.ts';
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

/** The end of a statement that adds up what is given of each lock's day. */
const ADD = `on conflict on constraint lock_days_pkey do update set
    openings = lock_days.openings + excluded.openings,
    jams = lock_days.jams + excluded.jams,
    retries = lock_days.retries + excluded.retries,
    latencies_ms = (lock_days.latencies_ms || excluded.latencies_ms)[1:${TIMED_A_DAY}]`;

const COLUMNS = 'bank, compartment, day, openings, jams, retries, latencies_ms';

const OPENED = change(
  'grants',
  { grant_id: 'uuid', day: 'bigint', latency: 'integer' },
  (given) => `insert into lock_days (${COLUMNS})
    select bank, compartment, day, count(*), 0, 0,
        coalesce((array_agg(latency order by place) filter (where latency is not null))[1:${TIMED_A_DAY}], '{}')
      from ${given} join grants on grants.grant_id = given.grant_id
      group by bank, compartment, day
    ${ADD}`,
  { repeats: true },
);

const JAMMED = change(
  null,
  { bank: 'text', compartment: 'integer', day: 'bigint' },
  (given) => `insert into lock_days (${COLUMNS})
    select bank, compartment, day, 0, count(*), 0, '{}' from ${given} group by bank, compartment, day
    ${ADD}`,
  { repeats: true },
);

const TRIED_AGAIN = change(
  null,
  { bank: 'text', compartment: 'integer', day: 'bigint', delivery: 'uuid' },
  (given) => `insert into lock_days (${COLUMNS})
    select bank, compartment, day, 0, 0, count(*), '{}' from ${given}
      where exists (
        select 1 from grants where grants.delivery = given.delivery and grants.bank = given.bank
          and grants.compartment = given.compartment and grants.ended = 'jammed'
      )
      group by bank, compartment, day
    ${ADD}`,
  { repeats: true },
);

// The last day on which it jammed: what was the supply's fault counts against no lock. Jams of that day which a good
// opening had already parted from these are forgotten along with them.
const FORGIVEN = change(
  null,
  { bank: 'text', compartment: 'integer' },
  (given) => `update lock_days set jams = 0 from ${given}
    where lock_days.bank = given.bank and lock_days.compartment = given.compartment
      and lock_days.day = (
        select max(last.day) from lock_days last
          where last.bank = given.bank and last.compartment = given.compartment and last.jams > 0
      )`,
);

/** Every change that `projectLockDays` makes. */
export const LOCK_DAYS_CHANGES = [OPENED, JAMMED, TRIED_AGAIN, FORGIVEN];

/** Openings are timed in the order in which they come, for the first of a day count. */
const OPENINGS = 'openings';

/** What the entry adds to a lock's figures. */
export function projectLockDays(payload: Payload, _position: Position): Effect[] {
  const day = Math.floor(wholeMs(payload.at) / DAY_MS);
  switch (payload.type) {
    case 'grant.issued': {
      const { bank, compartment, delivery } = payload.data;
      if (delivery === null) return [];
      return [effect(TRIED_AGAIN, [bank, compartment, day, delivery], [jamsOf(delivery)])];
    }
    case 'grant.ended': {
      const { grant, end, latencyMs } = payload.data;
      if (end !== 'opened') return [];
      const latency = latencyMs === undefined ? null : timed(latencyMs);
      return [effect(OPENED, [grant, day, latency], [OPENINGS])];
    }
    case 'lock.jammed': {
      const { bank, compartment } = payload.data;
      return [effect(JAMMED, [bank, compartment, day], [lock(bank, compartment)])];
    }
    case 'supply.failed': {
      const { bank, compartments } = payload.data;
      return compartments.map((compartment) =>
        effect(FORGIVEN, [bank, compartment], [lock(bank, compartment)]),
      );
    }
    default:
      return [];
  }
}

function timed(latencyMs: number): number {
  return Math.round(Math.min(Math.max(latencyMs, 0), INTEGER_MAX));
}

function lock(bank: string, compartment: number): string {
  return `lock/${bank}/${compartment}`;
}
