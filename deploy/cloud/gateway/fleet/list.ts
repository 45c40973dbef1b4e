/** The fleet as its page shows it: the order by the last round, what each building needs by now. */
import type { Fleet, FleetRow } from '@lockerhub/protocol/http/fleet.ts';
import type { Client } from '../database/database.ts';
import { type Judged, judge, type KnownBuilding, newestSoftware, readThese } from './standings.ts';

/** Buildings of one page. */
export const FLEET_LIMIT = 200;

export interface AskedFleet {
  readonly organisation: string;
  readonly search: string;
  /** `<weight>.<building>` of the last one shown. */
  readonly after: string | null;
  readonly limit: number;
}

/** In the order of the last round; a building that no round has seen yet comes first, so that nobody misses it. */
const ORDER = `select b.id as building, coalesce(s.weight, 999999) as weight from buildings b
  left join standings s on s.building = b.id
  where b.organisation = $1
    and ($2 = '' or b.name ilike $3 or b.slug ilike $3)
    and ($4::integer is null or (coalesce(s.weight, 999999), b.id) < ($4, $5::uuid))
  order by coalesce(s.weight, 999999) desc, b.id desc limit $6`;

export async function readFleet(client: Client, asked: AskedFleet, nowMs: number): Promise<Fleet> {
  const { organisation, search, limit } = asked;
  const [weight = null, building = null] = asked.after?.split('.') ?? [];
  // What LIKE reads as a sign is a letter here.
  const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await client.query<{ building: string; weight: number }>(ORDER, [
    organisation,
    search,
    like,
    weight,
    building,
    limit,
  ]);
  const newest = await newestSoftware(client, organisation);
  const known = await readThese(
    client,
    organisation,
    rows.map((row) => row.building),
    nowMs,
  );
  const items = rows.flatMap((row) => {
    const found = known.get(row.building);
    return found ? [fleetRow(found, judge(found, nowMs, newest))] : [];
  });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    nowMs,
    counts: await counts(client, organisation),
    items,
    after: last ? `${last.weight}.${last.building}` : null,
  };
}

/** A building as a row of the list. */
export function fleetRow(known: KnownBuilding, { needs, online }: Judged): FleetRow {
  return {
    building: known.building,
    slug: known.slug ?? 'new',
    name: known.name,
    needs,
    online,
    heardAtMs: known.heardAtMs,
    software: known.software,
    unsentEntries: known.unsentEntries,
    openCases: known.standing.openCases,
  };
}

async function counts(client: Client, organisation: string): Promise<Fleet['counts']> {
  const { rows } = await client.query<{
    buildings: number;
    needing: number;
    silent: number;
    open_alarms: number;
  }>(
    `select (select count(*) from buildings where organisation = $1) as buildings,
       (select count(*) from standings where organisation = $1 and weight > 0) as needing,
       (select count(*) from standings where organisation = $1 and needs ? 'silent') as silent,
       (select count(*) from alarms where organisation = $1 and ended_at is null) as open_alarms`,
    [organisation],
  );
  const row = rows[0];
  return {
    buildings: row?.buildings ?? 0,
    needing: row?.needing ?? 0,
    silent: row?.silent ?? 0,
    openAlarms: row?.open_alarms ?? 0,
  };
}
