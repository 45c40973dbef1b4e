/**
 * Runs what the projections make of entries: as few statements as do it, each prepared once for a connection. A push of
 * 500 entries is some dozen statements, and Postgres' time goes into rows and their indexes.
 */
import { type Effect, together } from '@lockerhub/protocol/log/projections/change.ts';
import { CHANGE_RANKS } from '@lockerhub/protocol/log/projections/project.ts';
import type { Client } from '../database/database.ts';

/** Text of SQL → the name by which a connection has it prepared. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [...CHANGE_RANKS].map(([{ many }, rank]) => [many, `change-${rank}`]),
);

/** The first effects of a connection, after which plans are made anew; then after twice as many, and so on. */
const REPLANNED_FIRST = 500;

/** Connection → how many effects it has run, and at how many its plans are made anew. */
const replanning = new WeakMap<Client, { run: number; at: number }>();

/** Lets effects take place as if one after the other. @throws DatabaseError (pg's) of the first statement that fails */
export async function apply(client: Client, effects: readonly Effect[]): Promise<void> {
  const asked: Promise<unknown>[] = [];
  if (isReplanDue(client, effects.length)) asked.push(client.query('discard plans'));
  for (const { sql, lists } of together(CHANGE_RANKS, effects)) {
    asked.push(client.query({ name: NAMES.get(sql) ?? '', text: sql, values: [...lists] }));
  }
  await Promise.all(asked);
}

/**
 * Of a table that was empty and never analysed Postgres believes that one index is as good as another, and may look a
 * row up by its building alone. It sees how large the table has become only when it plans again (seen: 400 µs instead of
 * 20 for an update of one delivery among a thousand), and statistics come a minute later.
 */
function isReplanDue(client: Client, effects: number): boolean {
  const connection = replanning.get(client) ?? { run: 0, at: REPLANNED_FIRST };
  connection.run += effects;
  replanning.set(client, connection);
  if (connection.run < connection.at) return false;
  connection.at *= 2;
  return true;
}
