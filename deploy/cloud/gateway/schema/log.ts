/** The buildings' logs, what is folded from them, and what stands beside them. */
import { LOG_TABLE } from '@lockerhub/protocol/log/projections/log.ts';
import { PROJECTIONS } from '@lockerhub/protocol/log/projections/project.ts';
import { cloudTable, type Table } from '@lockerhub/protocol/log/projections/table.ts';
import { GATEWAY_ROLE } from './roles.ts';
import { boundToBuilding } from './row-security.ts';

/** What fenced hubs still held: kept as it came, also two that differ at one `seq`. */
const ORPHANS_TABLE: Table = {
  name: 'orphans',
  columns: {
    instance: 'uuid',
    seq: 'bigint',
    hash: 'text',
    epoch: 'bigint not null',
    salt: 'text not null',
    payload: 'text not null',
    taken_at: 'bigint not null',
  },
  key: ['instance', 'seq', 'hash'],
  indexes: [],
};

/** Entries that are in the log and could not be projected. */
const QUARANTINE_TABLE: Table = {
  name: 'quarantine',
  columns: { seq: 'bigint', reason: 'text not null', at: 'bigint not null' },
  key: ['seq'],
  indexes: [],
};

/**
 * How far a building's log is folded, and into which version of the projections. Where `seq` is the log's end, a push
 * goes on; where it is not, entries are only appended, and whoever folds anew comes to them. No row level security: the
 * ones that lag are looked for among all buildings.
 */
const PROJECTED_TABLE = `create table projected (
    building uuid primary key references buildings on delete cascade,
    version integer not null,
    seq bigint not null
  )`;

export const LOG_DDL: readonly string[] = [
  ...[LOG_TABLE, ...PROJECTIONS, ORPHANS_TABLE, QUARANTINE_TABLE].flatMap((table) => [
    ...cloudTable(table),
    ...boundToBuilding(table.name),
  ]),
  PROJECTED_TABLE,
  // Electric needs whole rows to tell which building's a changed one was.
  'alter table log replica identity full',
  'alter table orphans replica identity full',
  // An entry's derived columns change once its type is known; nothing else of it does, and nothing goes.
  `grant select, insert on log, orphans to ${GATEWAY_ROLE}`,
  `grant update (type, at, clock, subject, data) on log to ${GATEWAY_ROLE}`,
  `grant select, insert, update, delete on ${[...PROJECTIONS, QUARANTINE_TABLE].map(({ name }) => name).join(', ')}, projected
    to ${GATEWAY_ROLE}`,
];
