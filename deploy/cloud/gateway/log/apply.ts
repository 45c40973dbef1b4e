import type { Parameter, Statement } from '@lockerhub/protocol/log/projections/statement.ts';
import type { Client } from '../database/database.ts';
import { numberOf } from './apply-function.ts';

/** The first statements of a connection, after which plans are made anew; then after twice as many, and so on. */
const REPLANNED_FIRST = 500;

/** Connection → how many statements it has run, and at how many its plans are made anew. */
const replanning = new WeakMap<Client, { run: number; at: number }>();

/** Runs statements of the projections, in order, as one. @throws DatabaseError (pg's) of the first that fails */
export async function apply(client: Client, statements: readonly Statement[]): Promise<void> {
  if (statements.length === 0) return;
  const which = statements.map(({ sql }) => numberOf(sql));
  const given: Parameter[] = statements.flatMap(({ parameters }) => parameters);
  await Promise.all([
    ...(isReplanDue(client, statements.length) ? [client.query('discard plans')] : []),
    client.query({
      name: 'apply',
      text: 'select pg_temp.apply($1::integer[], $2::text[])',
      values: [which, given],
    }),
  ]);
}

/**
 * Of a table that was empty and never analysed Postgres believes that one index is as good as another, and may look a
 * row up by its building alone. It sees how large the table has become only when it plans again (seen: 400 µs instead of
 * 20 for an update of one delivery among a thousand), and statistics come a minute later.
 */
function isReplanDue(client: Client, statements: number): boolean {
  const connection = replanning.get(client) ?? { run: 0, at: REPLANNED_FIRST };
  connection.run += statements;
  replanning.set(client, connection);
  if (connection.run < connection.at) return false;
  connection.at *= 2;
  return true;
}
