/**
 * How buildings did over time: two rings of samples, so that they never grow. Five minutes for a day, an hour for a
 * month: what one looks for in a chart, 1,008 rows a building.
 */
import type { HealthRange, HealthSeries } from '@lockerhub/protocol/http/fleet.ts';
import type { Client } from '../database/database.ts';

const RINGS: Readonly<Record<HealthRange, { readonly stepMs: number; readonly slots: number }>> = {
  day: { stepMs: 5 * 60_000, slots: 288 },
  month: { stepMs: 3_600_000, slots: 720 },
};
/** How often samples are taken: the shortest step. */
export const SAMPLE_EVERY_MS = RINGS.day.stepMs;

/** Samples all buildings; the newest sample of a step stays. One statement a ring, whatever the number of buildings. */
export async function takeSamples(client: Client, nowMs: number): Promise<void> {
  for (const [ring, { stepMs, slots }] of Object.entries(RINGS)) {
    await client.query(
      `insert into health_samples
         (building, ring, slot, at, heard_at, unsent_entries, unsent_rows, clock_off_ms, open_cases)
       select b.id, $1, $2, $3, t.at, coalesce(t.unsent_entries, 0), coalesce(t.unsent_rows, 0), t.wall_ms - t.at,
         coalesce(s.open_cases, 0)
       from buildings b
       left join heartbeats t on t.building = b.id
       left join standings s on s.building = b.id
       on conflict (building, ring, slot) do update set at = excluded.at, heard_at = excluded.heard_at,
         unsent_entries = excluded.unsent_entries, unsent_rows = excluded.unsent_rows,
         clock_off_ms = excluded.clock_off_ms, open_cases = excluded.open_cases`,
      [ring, Math.floor(nowMs / stepMs) % slots, nowMs],
    );
  }
}

interface SampleRow {
  at: number;
  heard_at: number | null;
  unsent_entries: number;
  unsent_rows: number;
  clock_off_ms: number | null;
  open_cases: number;
}

export async function readSamples(
  client: Client,
  building: string,
  range: HealthRange,
  nowMs: number,
): Promise<HealthSeries> {
  const { stepMs, slots } = RINGS[range];
  const { rows } = await client.query<SampleRow>(
    `select at, heard_at, unsent_entries, unsent_rows, clock_off_ms, open_cases from health_samples
     where building = $1 and ring = $2 and at > $3 and at <= $4 order by at`,
    [building, range, nowMs - stepMs * slots, nowMs],
  );
  return {
    stepMs,
    points: rows.map((row) => ({
      atMs: row.at,
      silentMs: row.heard_at === null ? null : Math.max(0, row.at - row.heard_at),
      unsentEntries: row.unsent_entries,
      unsentRows: row.unsent_rows,
      clockOffMs: row.clock_off_ms,
      openCases: row.open_cases,
    })),
  };
}
