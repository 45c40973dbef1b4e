/**
 * `tallies`: counts that pages show at once, kept by every change instead of counted at every look.
 *
 * `deliveries.<state>`: deliveries now in that state (what waits is `deliveries.deposited`). `cases.open`.
 * `messages.<state>`.
 */
import type { Table } from './table.ts';

const TALLIES = [
  'deliveries.assigned',
  'deliveries.deposited',
  'deliveries.collected',
  'deliveries.missing',
  'deliveries.withdrawn',
  'cases.open',
  'cases.closed',
  'messages.queued',
  'messages.sent',
  'messages.failed',
] as const;

/** Twenty free slots a page beside each row keep its updates on one page (heap-only tuples). */
export const TALLIES_TABLE: Table = {
  name: 'tallies',
  columns: { name: 'text', value: 'bigint not null' },
  key: ['name'],
  indexes: [],
  fillfactor: 10,
};

/** All counts at 0: what a building begins with, before its first entry. */
export const TALLIES_AT_ZERO = `insert into tallies (name, value) values ${TALLIES.map((name) => `('${name}', 0)`).join(', ')}`;

/** The end of a statement that has inserted rows as `born (state)`. */
export function countBorn(table: string): string {
  return `update tallies set value = tallies.value + counted.rows
    from (select state, count(*) as rows from born group by state) counted
    where tallies.name = '${table}.' || counted.state`;
}

/**
 * The end of a statement that has brought rows, before it `was (state)`, to `state`.
 * A row that stays in its state moves nothing.
 */
export function countMoved(table: string, state: string): string {
  return `update tallies set value = tallies.value + moved.change
    from (
      select '${table}.' || was.state as name, -count(*) as change from was where was.state <> '${state}' group by was.state
      union all
      select '${table}.${state}', count(*) from was where was.state <> '${state}'
    ) moved
    where tallies.name = moved.name`;
}
