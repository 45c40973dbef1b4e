/** The synced tables, and the stamps that were replaced in them. */
import { cloudTable, type Table } from '@lockerhub/protocol/log/projections/table.ts';
import { SYNCED_TABLE_NAMES } from '@lockerhub/protocol/sync/synced-tables.ts';
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
