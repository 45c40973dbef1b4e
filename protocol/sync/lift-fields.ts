/**
 * After an upgrade: what stood beside the stamps for want of a column, in the column that this software gave it. The merge
 * finds it in either place; people and pages look into columns.
 */
import { columnOf, type FieldType, SYNCED_TABLES, type SyncedTableName } from './synced-tables.ts';

export interface Lift {
  readonly field: string;
  readonly column: string;
  /** SQL: that a value waits which fits the column. */
  readonly waits: string;
  /** SQL: it, as the column takes it. */
  readonly value: string;
}

/**
 * How each field of a table is lifted, in SQL for Postgres and PGlite.
 *
 * @param stamps SQL: the row's stamps, jsonb
 */
export function liftsOf(table: SyncedTableName, stamps: string): readonly Lift[] {
  const { fields, spread } = SYNCED_TABLES[table];
  // Of a spread field everything stands in its one column.
  if (spread !== undefined) return [];
  return Object.entries(fields).map(([field, type]) => {
    const json = `(${stamps}->'unknown'->'${field}')`;
    const waits = `${stamps}->'unknown' ? '${field}' and (${FITS[type](json)})`;
    return { field, column: columnOf(field), waits, value: VALUE[type](json) };
  });
}

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
const isOf = (json: string, type: string) => `jsonb_typeof(${json}) in ('${type}', 'null')`;
const textOf = (json: string) => `(${json} #>> '{}')`;

/** As `fits`. What it lets by here and could have taken stays beside the stamps, where the merge finds it all the same. */
const FITS: Readonly<Record<FieldType, (json: string) => string>> = {
  jsonb: () => 'true',
  text: (json) => isOf(json, 'string'),
  uuid: (json) => `${isOf(json, 'string')} and coalesce(${textOf(json)} ~ '${UUID}', true)`,
  boolean: (json) => isOf(json, 'boolean'),
  // Up to 15 digits are safe integers.
  bigint: (json) => `${isOf(json, 'number')} and coalesce(${textOf(json)} ~ '^-?[0-9]{1,15}$', true)`,
};

const VALUE: Readonly<Record<FieldType, (json: string) => string>> = {
  jsonb: (json) => `nullif(${json}, 'null')`,
  text: textOf,
  uuid: (json) => `${textOf(json)}::uuid`,
  boolean: (json) => `${textOf(json)}::boolean`,
  bigint: (json) => `${textOf(json)}::bigint`,
};
