/** Folds the projections anew from the log, when software with other projections (or entry types) starts. */
import type { PGlite } from '@electric-sql/pglite';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import {
  PROJECTION_DEFINITIONS,
  PROJECTION_TABLES,
  PROJECTION_VERSION,
  reproject,
} from '@lockerhub/protocol/log/projections/project.ts';
import { readNumber, WRITE_NUMBER } from './migrations.ts';
import type { Pipeline } from './pipeline.ts';

/** How many entries are folded in one transaction: some 100 ms each. */
const FOLDED_AT_ONCE = 500;

/**
 * Makes sure that the projections are those of this software. A rebuild that was cut short begins again: the number
 * that says "done" is written last.
 */
export async function ensureProjections(db: PGlite, pipeline: Pipeline): Promise<void> {
  if ((await readNumber(db, 'projections')) === PROJECTION_VERSION) return;
  await db.transaction(async (transaction) => {
    await transaction.query("delete from store where name = 'projections'");
    for (const table of PROJECTION_TABLES) await transaction.exec(`drop table if exists ${table}`);
    for (const definition of PROJECTION_DEFINITIONS) await transaction.exec(definition);
  });
  for (let after = 0; ; ) {
    const { rows } = await db.query<Entry>(
      'select seq, epoch, salt, payload, hash from log where seq > $1 order by seq limit $2',
      [after, FOLDED_AT_ONCE],
    );
    await pipeline.run(rows.flatMap(reproject));
    const last = rows.at(-1);
    if (!last) break;
    after = last.seq;
  }
  await db.query(WRITE_NUMBER, ['projections', PROJECTION_VERSION]);
}
