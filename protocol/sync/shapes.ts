/**
 * The shapes that a hub may read, at `GET /hub/v1/shapes/<name>`: Electric's protocol, of which the hub gives only the
 * parameters below; table, columns and filter (its own building) are the gateway's. It asks for `replica=full`: an update
 * carries the whole row, as the merge takes it. A 409 (`must-refetch`) carries `retry-after` (seconds, jittered): a
 * restore hits every hub at once, and each begins anew only then.
 */
import { columnOf, SYNCED_TABLE_NAMES, SYNCED_TABLES, type SyncedTableName } from './synced-tables.ts';

/**
 * What a hub may say of a shape request (electric-sql.com, HTTP API); everything else is refused. Not `live_sse`: a
 * stream would go on for a hub whose token was revoked meanwhile.
 */
export const SHAPE_PARAMETERS = [
  'offset',
  'handle',
  'live',
  'cursor',
  'expired_handle',
  'cache-buster',
  'log',
] as const;

/** `orphans`: entries of fenced hubs of this building. `log`: for a hub that replaces another. */
export const SHAPE_NAMES = [...SYNCED_TABLE_NAMES, 'commands', 'orphans', 'log'] as const;
export type ShapeName = SyncedTableName | 'commands' | 'orphans' | 'log';

/** Shapes that a hub follows for as long as it runs; the others it reads once, when it takes a building over. */
export const LIVE_SHAPES: readonly ShapeName[] = [
  ...SYNCED_TABLE_NAMES.filter((name) => SYNCED_TABLES[name].writer === 'both'),
  'commands',
  'orphans',
];

/** Of the shapes that are no synced table. */
const OTHER_COLUMNS: Readonly<Record<Exclude<ShapeName, SyncedTableName>, readonly string[]>> = {
  commands: [
    'building',
    'command',
    'epoch',
    'argument',
    'operator',
    'approved_by',
    'issued_at',
    'expires_at',
  ],
  orphans: ['building', 'instance', 'seq', 'epoch', 'salt', 'payload', 'hash'],
  log: ['building', 'seq', 'epoch', 'salt', 'payload', 'hash'],
};

/** The columns of a shape as the cloud's table names them, its key among them. */
export function shapeColumns(name: ShapeName): readonly string[] {
  if (name === 'commands' || name === 'orphans' || name === 'log') return OTHER_COLUMNS[name];
  const { fields, switches } = SYNCED_TABLES[name];
  return ['building', 'id', ...[...Object.keys(fields), ...switches].map(columnOf), 'stamps'];
}
