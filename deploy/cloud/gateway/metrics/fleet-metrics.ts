/** How the buildings of the whole cloud stand, for Prometheus: sums alone, read once a scrape. */

import type { Gateway } from '../api/api.ts';
import { SILENT_AFTER_MS } from '../fleet/needs.ts';

const FIGURES = {
  hubs: 'Buildings that have a hub.',
  hubs_silent: 'Of these, the ones that were not heard for a quarter of an hour.',
  heard_oldest_seconds: 'How long the hub is silent that is silent for longest.',
  unsent_entries: 'Entries that hubs said last that they have not sent.',
  unsent_rows: 'Rows that hubs said last that they have not sent.',
  quarantined: 'Entries that took no effect, because their projection failed.',
  logs_damaged: 'Logs that were found to be changed.',
} as const;
type Figures = Readonly<Record<keyof typeof FIGURES, number>>;

/** One row; an index look-up a building. */
const READ = `select count(*)::int as hubs,
    count(*) filter (where coalesce(t.at, h.enrolled_at) < $1::bigint - $2::bigint)::int as hubs_silent,
    coalesce(max($1::bigint - coalesce(t.at, h.enrolled_at)), 0)::float8 / 1000 as heard_oldest_seconds,
    coalesce(sum(t.unsent_entries), 0)::float8 as unsent_entries,
    coalesce(sum(t.unsent_rows), 0)::float8 as unsent_rows,
    (select coalesce(sum(quarantined), 0)::float8 from standings) as quarantined,
    (select count(*)::int from log_checks where damaged_seq is not null) as logs_damaged
  from buildings b
  join hubs h on h.building = b.id and h.instance = b.epoch_instance and h.revoked_at is null
  left join heartbeats t on t.building = b.id and t.instance = h.instance`;

/** Registers the gauges. */
export function fleetMetrics({ metrics, database, clock }: Gateway): void {
  let reading: Promise<Figures | undefined> | null = null;
  const shared = () => {
    reading ??= database
      .query<Figures>(READ, [Math.floor(clock.wallMs()), SILENT_AFTER_MS])
      .then(
        ({ rows }) => rows[0],
        // A database that is away must not take the other figures away, which say so.
        () => undefined,
      )
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  for (const [name, help] of Object.entries(FIGURES)) {
    metrics.gauge(name, help, async () => (await shared())?.[name as keyof Figures] ?? Number.NaN);
  }
}
