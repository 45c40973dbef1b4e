/** How the hub stands with the cloud, for Prometheus: what waits, since when, and how often the line broke. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { Gauge, type Registry } from 'prom-client';

export interface SyncFigures {
  /** The cloud answered last. */
  readonly isLive: boolean;
  readonly entries: number;
  readonly rows: number;
  /** Age of the oldest entry that the cloud lacks, by the hub's clock; null: it lacks none, or the clock is not trusted. */
  readonly oldestMs: number | null;
  /** Null: not known. */
  readonly heardAgoMs: number | null;
  /** How often the cloud was heard again after it was not, in this process. */
  readonly reconnects: number;
  /** Entries and rows that the cloud would not take, in this process. */
  readonly refused: number;
}

const NOT_KNOWN = Number.NaN;
const seconds = (ms: number | null) => (ms === null ? NOT_KNOWN : ms / 1000);

const GAUGES: readonly {
  readonly name: string;
  readonly help: string;
  readonly of: (figures: SyncFigures) => number;
}[] = [
  { name: 'live', help: '1 while the cloud answers.', of: ({ isLive }) => Number(isLive) },
  { name: 'unsent_entries', help: 'Entries of the log that the cloud lacks.', of: ({ entries }) => entries },
  { name: 'unsent_rows', help: 'Rows that the cloud lacks, counted to 10,000.', of: ({ rows }) => rows },
  {
    name: 'oldest_unsent_seconds',
    help: 'Age of the oldest entry that the cloud lacks; NaN: none, or the clock is not trusted.',
    of: ({ oldestMs }) => seconds(oldestMs),
  },
  {
    name: 'heard_seconds',
    help: 'Time since the cloud was heard, over restarts too; NaN: not known.',
    of: ({ heardAgoMs }) => seconds(heardAgoMs),
  },
  {
    name: 'reconnects',
    help: 'Times that the cloud came back, since the start.',
    of: ({ reconnects }) => reconnects,
  },
  {
    name: 'refused',
    help: 'Entries and rows that the cloud would not take, since the start.',
    of: ({ refused }) => refused,
  },
];

/** Whoever asks more often gets the same figures again: `/metrics` asks nobody who they are, and each reading is queries. */
export const FRESH_MS = 5_000;

export interface SyncMetricsOptions {
  readonly registry: Registry;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Null: the building belongs to no cloud. */
  readonly read: () => Promise<SyncFigures | null>;
}

/** Registers the gauges; one reading serves all of a scrape, and those that come soon after. */
export function syncMetrics({ registry, clock, read }: SyncMetricsOptions): void {
  let reading: { readonly atMs: number; readonly figures: Promise<SyncFigures | null> } | null = null;
  const fresh = () => {
    const nowMs = clock.monotonicMs();
    if (reading === null || nowMs - reading.atMs >= FRESH_MS) {
      reading = { atMs: nowMs, figures: read() };
      // What failed is not kept: whoever asks next tries again.
      reading.figures.catch(() => {
        reading = null;
      });
    }
    return reading.figures;
  };
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      name: `lockerhub_sync_${name}`,
      help,
      registers: [registry],
      async collect() {
        const figures = await fresh();
        this.set(figures ? of(figures) : NOT_KNOWN);
      },
    });
  }
}
