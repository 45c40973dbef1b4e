/** Reads from Postgres what a table is. */
import { z } from 'zod';
import type { Database } from './database.ts';
import type { Column, Table } from './table.ts';

const columnRow = z.object({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  column: z.string(),
  type: z.string(),
  type_oid: z.number(),
  dims: z.number(),
  declared: z.string(),
  not_null: z.boolean(),
  key_index: z.number().nullable(),
  modifier: z.number(),
});

/** Generated columns are left out: logical replication does not carry them. */
const COLUMNS = `
  SELECT c.oid::int8::float8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
    a.attname AS column, coalesce(e.typname, t.typname) AS type, t.oid::int8::float8 AS type_oid,
    CASE WHEN e.typname IS NULL THEN 0 ELSE greatest(a.attndims, 1)::int END AS dims,
    format_type(a.atttypid, a.atttypmod) AS declared, a.attnotnull AS not_null,
    array_position(i.indkey::int2[], a.attnum) AS key_index, a.atttypmod AS modifier
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary`;

/** An ordinary table; of views and partitioned tables the stand-in knows nothing. */
const ORDINARY = 'r';

/** Null: there is no ordinary table of that name. */
export async function readTable(database: Database, schema: string, name: string): Promise<Table | null> {
  const query = `${COLUMNS} WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum`;
  return (await readTables(database, query, [schema, name]))[0] ?? null;
}

/** Those of the given ones that still exist. */
export async function readTablesByOid(
  database: Database,
  oids: readonly number[],
): Promise<readonly Table[]> {
  return readTables(database, `${COLUMNS} WHERE c.oid::int8 = ANY($1::int8[]) ORDER BY c.oid, a.attnum`, [
    oids,
  ]);
}

async function readTables(
  database: Database,
  query: string,
  values: readonly unknown[],
): Promise<readonly Table[]> {
  const tables = new Map<number, Table & { readonly columns: Column[] }>();
  for (const row of z.array(columnRow).parse(await database.rows(query, values))) {
    if (row.kind !== ORDINARY) continue;
    const table = tables.get(row.oid) ?? { oid: row.oid, schema: row.schema, name: row.name, columns: [] };
    tables.set(row.oid, table);
    table.columns.push({
      name: row.column,
      type: row.type,
      typeOid: row.type_oid,
      dims: row.dims,
      declared: row.declared,
      notNull: row.not_null,
      keyIndex: row.key_index,
      modifier: row.modifier,
    });
  }
  return [...tables.values()];
}
