import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type BankLocks, LockMetrics } from './lock-metrics.ts';
import { type SyncFigures, syncMetrics } from './sync-metrics.ts';

/** What gauges read when somebody asks. */
export interface MetricSources {
  readonly banksOnline: () => number;
  readonly connections: () => number;
  readonly streams: () => number;
  readonly logSeq: () => number;
  readonly diskLow: () => boolean;
  readonly clockTrusted: () => boolean;
  readonly clock: Clock;
  readonly banks: () => readonly string[];
  readonly locks: (bank: string) => Promise<BankLocks>;
  /** Places of the log that are not as they were written. */
  readonly logFaults: () => number;
  readonly logCheckedSeq: () => number;
  /** Null: the building belongs to no cloud. */
  readonly sync: () => Promise<SyncFigures | null>;
}

export type MqttRefusal = 'credentials' | 'rights' | 'message' | 'connections' | 'size';

/** Seconds: from a memory look-up to a request that waited for an argon2id and a slow disk. */
const REQUEST_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** The hub's figures for Prometheus: counts only, nothing of a person. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #refused: Counter<'reason'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'lockerhub_http_request_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS_S,
      registers: [this.#registry],
    });
    this.#refused = new Counter({
      name: 'lockerhub_mqtt_refused_total',
      help: 'What the broker refused, by reason.',
      labelNames: ['reason'],
      registers: [this.#registry],
    });
  }

  /** Connects the gauges, once everything runs. */
  watch(sources: MetricSources): void {
    this.#gauge('lockerhub_banks_online', 'Banks whose agent is online.', sources.banksOnline);
    this.#gauge('lockerhub_mqtt_connections', 'Agents connected.', sources.connections);
    this.#gauge('lockerhub_streams', 'Pages that listen to the live stream.', sources.streams);
    this.#gauge('lockerhub_log_seq', 'The newest entry of the log.', sources.logSeq);
    this.#gauge(
      'lockerhub_log_faults',
      'Places at which the log was found changed; 0 is well.',
      sources.logFaults,
    );
    this.#gauge('lockerhub_log_checked_seq', 'The log was found well up to here.', sources.logCheckedSeq);
    this.#gauge('lockerhub_disk_low', '1 while new deposits are refused.', () => Number(sources.diskLow()));
    this.#gauge('lockerhub_clock_trusted', '1 while the wall clock is trusted.', () =>
      Number(sources.clockTrusted()),
    );
    const { clock, banks, locks } = sources;
    new LockMetrics({ registry: this.#registry, clock, banks, read: locks });
    syncMetrics({ registry: this.#registry, clock, read: sources.sync });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  refused(reason: MqttRefusal): void {
    this.#refused.inc({ reason });
  }

  /** The text that Prometheus reads, and its content type. */
  async read(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
