/** What operators do with buildings and their hubs. */
import type { Client } from '../database/database.ts';

export interface NewOrganisation {
  readonly id: string;
  readonly name: string;
  readonly madeAtMs: number;
}

export interface NewBuilding {
  readonly id: string;
  readonly organisation: string;
  readonly name: string;
  /** Null: taken from the hub that enrols first. */
  readonly slug: string | null;
  readonly madeAtMs: number;
}

export async function createOrganisation(
  client: Client,
  { id, name, madeAtMs }: NewOrganisation,
): Promise<void> {
  await client.query('insert into organisations (id, name, made_at) values ($1, $2, $3)', [
    id,
    name,
    madeAtMs,
  ]);
}

export async function createBuilding(client: Client, building: NewBuilding): Promise<void> {
  await client.query(
    'insert into buildings (id, organisation, slug, name, made_at) values ($1, $2, $3, $4, $5)',
    [building.id, building.organisation, building.slug, building.name, building.madeAtMs],
  );
}

/** Ends a hub's right to speak: its token is unknown from now on. False if the building has no such hub. */
export async function revokeHub(
  client: Client,
  building: string,
  instance: string,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'update hubs set revoked_at = coalesce(revoked_at, $3) where building = $1 and instance = $2',
    [building, instance, Math.floor(nowMs)],
  );
  return rowCount === 1;
}
