/** What a hub's store makes of a log: the measure for every other place where the projections run. */
import { PGlite } from '@electric-sql/pglite';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import {
  LOG_DEFINITION,
  PROJECTION_DEFINITIONS,
  PROJECTION_TABLES,
  project,
} from '@lockerhub/protocol/log/projections/project.ts';

/** Table → its rows, in the order of `CloudDatabase.rows`. */
export async function hubTables(entries: readonly Entry[]): Promise<Record<string, unknown[]>> {
  const db = await PGlite.create();
  for (const definition of [...LOG_DEFINITION, ...PROJECTION_DEFINITIONS]) await db.exec(definition);
  for (const { sql, parameters } of entries.flatMap(project)) await db.query(sql, [...parameters]);
  const tables: Record<string, unknown[]> = {};
  for (const table of ['log', ...PROJECTION_TABLES]) {
    const { rows } = await db.query(`select * from ${table}`);
    tables[table] = rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  await db.close();
  return tables;
}
