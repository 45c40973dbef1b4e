/** How far a building's log is folded into the projections, and the fold itself. Under the building's lock. */
import { effects, PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import { TALLIES_AT_ZERO } from '@lockerhub/protocol/log/projections/tallies.ts';
import type { Client } from '../database/database.ts';
import { apply } from './apply.ts';
import type { ReadEntry } from './entry-row.ts';

/** `version` 0: never folded. `seq` `CLEARING`: what was folded before is being taken away. */
export interface Projected {
  readonly version: number;
  readonly seq: number;
}

export const CLEARING = -1;

export async function readProjected(client: Client, building: string): Promise<Projected> {
  const { rows } = await client.query<Projected>({
    name: 'read-projected',
    text: 'select version, seq from projected where building = $1',
    values: [building],
  });
  return rows[0] ?? { version: 0, seq: 0 };
}

/** Marks a building whose log is empty as folded up to its end, with all counts at zero. */
export async function beginProjections(client: Client, building: string): Promise<Projected> {
  const projected = { version: PROJECTION_VERSION, seq: 0 };
  await moveProjected(client, building, projected);
  await client.query(TALLIES_AT_ZERO);
  return projected;
}

export async function moveProjected(
  client: Client,
  building: string,
  { version, seq }: Projected,
): Promise<void> {
  await client.query({
    name: 'move-projected',
    text: `insert into projected (building, version, seq) values ($1, $2, $3)
      on conflict (building) do update set version = excluded.version, seq = excluded.seq`,
    values: [building, version, seq],
  });
}

/** The entries take effect, in order; those that cannot be read have none. */
export function fold(client: Client, entries: readonly ReadEntry[]): Promise<void> {
  return apply(
    client,
    entries.flatMap(({ entry, payload }) => effects(payload, entry)),
  );
}
