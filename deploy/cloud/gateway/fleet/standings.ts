/** What the cloud knows of buildings, read in the form in which needs are judged (`needs.ts`). */
import type { Need } from '@lockerhub/protocol/http/fleet.ts';
import { ToldAgent } from '@lockerhub/protocol/sync/hub-messages.ts';
import { z } from 'zod';
import type { Client } from '../database/database.ts';
import { isOnline, needsOf, newestOf, type Standing, weightOf } from './needs.ts';

/** Unsent entries are compared with a sample at least this old: a catching-up hub has then sent tens of thousands. */
const COMPARE_AFTER_MS = 10 * 60_000;

/** A building with all that is said of it. */
export interface KnownBuilding {
  readonly building: string;
  readonly organisation: string;
  readonly slug: string | null;
  readonly name: string;
  readonly headSeq: number;
  readonly standing: Standing;
  readonly heardAtMs: number | null;
  readonly software: string | null;
  readonly agents: readonly ToldAgent[];
  readonly unsentEntries: number;
  readonly unsentRows: number;
  readonly clockOffMs: number | null;
}

interface KnownRow {
  building: string;
  organisation: string;
  slug: string | null;
  name: string;
  head_seq: number;
  frozen: boolean;
  forked: boolean;
  enrolled_at: number | null;
  heard_at: number | null;
  wall_ms: number | null;
  clock: 'trusted' | 'untrusted' | null;
  disk: 'ok' | 'low' | null;
  software: string | null;
  /** As the hub of that heartbeat told of them; null: it does not. */
  agents: unknown;
  unsent_entries: number | null;
  unsent_rows: number | null;
  unsent_before: number | null;
  open_cases: number | null;
  quarantined: number | null;
  damaged_seq: number | null;
}

/** A building's hub is the one that bears its epoch and was not revoked; a heartbeat of another says nothing of it. */
const KNOWN = `select b.id as building, b.organisation, b.slug, b.name, b.head_seq,
    b.frozen_since is not null as frozen,
    b.frozen_since is not null and exists (
      select 1 from incidents i where i.building = b.id and i.kind in ('fork', 'chain-broken')) as forked,
    h.enrolled_at, t.at as heard_at, t.wall_ms, t.clock, t.disk, t.software, t.agents, t.unsent_entries, t.unsent_rows,
    (select s.unsent_entries from health_samples s
      where s.building = b.id and s.ring = 'day' and s.at <= $2 order by s.at desc limit 1) as unsent_before,
    s.open_cases, s.quarantined, k.damaged_seq
  from buildings b
  left join hubs h on h.building = b.id and h.instance = b.epoch_instance and h.revoked_at is null
  left join heartbeats t on t.building = b.id and t.instance = h.instance
  left join standings s on s.building = b.id
  left join log_checks k on k.building = b.id`;

/** All buildings of an organisation after `after` in the order of their ids. */
export async function readKnown(
  client: Client,
  organisation: string,
  page: { readonly after: string | null; readonly limit: number },
  nowMs: number,
): Promise<KnownBuilding[]> {
  const { rows } = await client.query<KnownRow>(
    `${KNOWN} where b.organisation = $1 and ($3::uuid is null or b.id > $3) order by b.id limit $4`,
    [organisation, nowMs - COMPARE_AFTER_MS, page.after, page.limit],
  );
  return rows.map(knownOf);
}

/** These buildings of an organisation. */
export async function readThese(
  client: Client,
  organisation: string,
  buildings: readonly string[],
  nowMs: number,
): Promise<Map<string, KnownBuilding>> {
  const { rows } = await client.query<KnownRow>(
    `${KNOWN} where b.organisation = $1 and b.id = any($3::uuid[])`,
    [organisation, nowMs - COMPARE_AFTER_MS, buildings],
  );
  return new Map(rows.map((row) => [row.building, knownOf(row)]));
}

/** The highest version that any hub of the organisation runs. */
export async function newestSoftware(client: Client, organisation: string): Promise<string | null> {
  const { rows } = await client.query<{ software: string }>(
    `select distinct t.software from heartbeats t join buildings b on b.id = t.building where b.organisation = $1`,
    [organisation],
  );
  return newestOf(rows.map(({ software }) => software));
}

export interface Judged {
  readonly needs: Need[];
  readonly weight: number;
  readonly online: boolean;
}

/** A building with what it needs, at one look. */
export type Look = readonly [KnownBuilding, Judged];

export function judge(known: KnownBuilding, nowMs: number, newest: string | null): Judged {
  const needs = needsOf(known.standing, nowMs, newest);
  return { needs, weight: weightOf(needs), online: isOnline(known.heardAtMs, nowMs) };
}

function knownOf(row: KnownRow): KnownBuilding {
  const agents = agentsIn(row.agents);
  const clockOffMs = row.wall_ms === null || row.heard_at === null ? null : row.wall_ms - row.heard_at;
  return {
    building: row.building,
    organisation: row.organisation,
    slug: row.slug,
    name: row.name,
    headSeq: row.head_seq,
    heardAtMs: row.heard_at,
    software: row.software,
    agents,
    unsentEntries: row.unsent_entries ?? 0,
    unsentRows: row.unsent_rows ?? 0,
    clockOffMs,
    standing: {
      hub: row.enrolled_at === null ? null : heardOf(row, row.enrolled_at, { clockOffMs, agents }),
      frozen: row.frozen && !row.forked,
      forked: row.forked,
      quarantined: row.quarantined ?? 0,
      openCases: row.open_cases ?? 0,
      damagedSeq: row.damaged_seq,
    },
  };
}

/** What a gateway of another version wrote otherwise is left out. */
function agentsIn(column: unknown): ToldAgent[] {
  return z.array(ToldAgent).safeParse(column).data ?? [];
}

function heardOf(
  row: KnownRow,
  enrolledAtMs: number,
  { clockOffMs, agents }: Pick<KnownBuilding, 'clockOffMs' | 'agents'>,
): Standing['hub'] {
  return {
    lastMs: row.heard_at ?? enrolledAtMs,
    clock: row.clock ?? 'trusted',
    clockOffMs: clockOffMs ?? 0,
    disk: row.disk ?? 'ok',
    unsentEntries: row.unsent_entries ?? 0,
    unsentBefore: row.unsent_before,
    software: row.software ?? '',
    agents,
  };
}
