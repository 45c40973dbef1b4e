/** The synced tables, and the stamps that were replaced in them. */
import { cloudTable, type Table } from '@lockerhub/protocol/log/projections/table.ts';
import { liftsOf } from '@lockerhub/protocol/sync/lift-fields.ts';
import { SYNCED_TABLE_NAMES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { syncedTable } from '../rows/synced-columns.ts';
import { GATEWAY_ROLE } from './roles.ts';
import { boundToBuilding } from './row-security.ts';

/** In the order of stamps (`compareStamps`), for which a node is compared by its bytes. */
const RESTAMPS_TABLE: Table = {
  name: 'restamps',
  columns: {
    at_ms: 'bigint',
    count: 'integer',
    node: 'text collate "C"',
    replacement: 'jsonb not null',
  },
  key: ['at_ms', 'count', 'node'],
  indexes: [],
};

export const ROWS_DDL: readonly string[] = [
  ...[...SYNCED_TABLE_NAMES.map(syncedTable), RESTAMPS_TABLE].flatMap((table) => [
    ...cloudTable(table),
    ...boundToBuilding(table.name),
  ]),
  // Electric needs whole rows to tell which building's a changed one was.
  ...SYNCED_TABLE_NAMES.map((name) => `alter table ${name} replica identity full`),
  // A removed row stays, as the mark that it is removed.
  `grant select, insert, update on ${SYNCED_TABLE_NAMES.join(', ')} to ${GATEWAY_ROLE}`,
  `grant select, insert on restamps to ${GATEWAY_ROLE}`,
];

/**
 * Puts what hubs of newer software sent into the columns that this one has for it, one look at each row. A gateway of the
 * version before that writes such a row meanwhile puts it beside the stamps again, where the merge finds it.
 */
export const LIFT_FIELDS: readonly string[] = SYNCED_TABLE_NAMES.flatMap(liftOf);

function liftOf(name: SyncedTableName): string[] {
  const lifts = liftsOf(name, 'stamps');
  if (lifts.length === 0) return [];
  const columns = lifts.map(
    ({ column, waits, value }) => `${column} = case when ${waits} then ${value} else ${column} end`,
  );
  const lifted = lifts.map(({ field, waits }) => `case when ${waits} then '${field}' end`);
  const rest = `(stamps->'unknown') - array[${lifted.join(', ')}]::text[]`;
  return [
    `update ${name} set ${columns.join(', ')}, stamps = jsonb_set(stamps, '{unknown}', ${rest})
      where ${lifts.map(({ waits }) => `(${waits})`).join(' or ')}`,
  ];
}
