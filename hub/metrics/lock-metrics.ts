/** The figures of each bank's locks for Prometheus, read from the store once a minute at most. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { Gauge, type Registry } from 'prom-client';

/** Whoever asks more often gets the same figures again: `/metrics` asks nobody who they are. */
export const FRESH_MS = 60_000;
/** Banks that have figures of their own; of more, the first ones, and a gauge says how many are left out. */
export const BANKS_SHOWN = 64;

/** A bank's locks over the last week, as the store and the building know them. */
export interface BankLocks {
  readonly bank: string;
  readonly openings: number;
  readonly jams: number;
  readonly retries: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly wearing: number;
  readonly outOfService: number;
  readonly isEmergency: boolean;
}

export interface LockMetricsOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly banks: () => readonly string[];
  readonly read: (bank: string) => Promise<BankLocks>;
}

const FIGURES = [
  ['lockerhub_lock_openings', 'Openings in the last 7 days.', 'openings'],
  [
    'lockerhub_lock_jams',
    'Openings that failed in the last 7 days; those of a failed supply left out.',
    'jams',
  ],
  [
    'lockerhub_lock_retries',
    'Further attempts for a parcel at a door that had jammed, in the last 7 days.',
    'retries',
  ],
  ['lockerhub_locks_wearing', 'Locks that got slower or jam more often than they did.', 'wearing'],
  ['lockerhub_compartments_out_of_service', 'Compartments out of service.', 'outOfService'],
] as const;
const QUANTILES = [
  ['0.5', 'medianMs'],
  ['0.95', 'p95Ms'],
] as const;

/** Registers the gauges; they are read when somebody asks. */
export class LockMetrics {
  readonly #options: LockMetricsOptions;
  #read: { readonly atMs: number; readonly banks: Promise<readonly BankLocks[]> } | undefined;

  constructor(options: LockMetricsOptions) {
    this.#options = options;
    for (const [name, help, figure] of FIGURES) {
      this.#gauge(name, help, ['bank'], (gauge, locks) => gauge.set({ bank: locks.bank }, locks[figure]));
    }
    this.#gauge(
      'lockerhub_bank_emergency',
      '1 from a release of the doors until staff have walked them.',
      ['bank'],
      (gauge, { bank, isEmergency }) => gauge.set({ bank }, Number(isEmergency)),
    );
    this.#gauge(
      'lockerhub_lock_opening_seconds',
      'From the pulse to the sight of the open door, in the last 7 days.',
      ['bank', 'quantile'],
      (gauge, locks) => {
        for (const [quantile, figure] of QUANTILES) {
          const ms = locks[figure];
          if (ms !== null) gauge.set({ bank: locks.bank, quantile }, ms / 1000);
        }
      },
    );
    const { registry, banks } = options;
    new Gauge({
      name: 'lockerhub_lock_banks_left_out',
      help: `Banks beyond the ${BANKS_SHOWN} whose locks have figures here.`,
      registers: [registry],
      collect() {
        this.set(Math.max(0, banks().length - BANKS_SHOWN));
      },
    });
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    set: (gauge: Gauge<Label>, locks: BankLocks) => void,
  ): void {
    const fresh = () => this.#fresh();
    new Gauge<Label>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#options.registry],
      async collect() {
        const all = await fresh();
        // A bank that is no more leaves with its series.
        this.reset();
        for (const locks of all) set(this, locks);
      },
    });
  }

  #fresh(): Promise<readonly BankLocks[]> {
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#read || nowMs - this.#read.atMs >= FRESH_MS) {
      this.#read = { atMs: nowMs, banks: this.#readAll() };
      // What failed is not kept: whoever asks next tries again.
      this.#read.banks.catch(() => {
        this.#read = undefined;
      });
    }
    return this.#read.banks;
  }

  async #readAll(): Promise<readonly BankLocks[]> {
    const all: BankLocks[] = [];
    // One after another: a door may want the store in between.
    for (const bank of this.#options.banks().slice(0, BANKS_SHOWN)) all.push(await this.#options.read(bank));
    return all;
  }
}
