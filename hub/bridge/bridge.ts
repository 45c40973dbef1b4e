/**
 * Runs agents for the PLCs that the hub reaches itself, in a worker thread. They are agents like any others: the hub
 * speaks with them over its own broker. A worker that dies is started again; its agents find their ledgers and open
 * nothing by that.
 */
import { Worker } from 'node:worker_threads';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { BridgedBank, BridgeSetting, Order, Report } from './order.ts';

/** Pauses before a dead worker is started again: doubling to the cap, jittered down to half. */
const FIRST_PAUSE_MS = 250;
const PAUSE_CAP_MS = 30_000;
/** A worker that has lived for so long counts as healthy: the next pause is short again. */
const HEALTHY_AFTER_MS = 60_000;
/** A worker that has not stopped by then is ended: well before the process itself would be (`main.ts`). */
const STOP_WITHIN_MS = 3_000;

/**
 * The worker's heap: the agents of a building take some 20 MB. Without limits its young generation alone grows by some
 * 40 MB under load. A worker that meets the limit dies, and is started again.
 */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 } as const;

export interface BridgeOptions extends Omit<BridgeSetting, 'logLevel'> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** A bank's file, profile or folder is no good; `detail` says what to do. The other banks go on. */
  readonly onRefused?: (bank: string, detail: string) => void;
}

/** A running bridge. */
export interface Bridge {
  /** Drives one bank more, or one anew with another file. */
  add(bank: BridgedBank): void;
  /** Drives a bank no longer. */
  remove(bank: string): void;
  /** How often the worker died and was started again. */
  readonly restarts: number;
  /** Resolves once the worker has answered: its loop turns, and with it every poll. One that is dead never does. */
  progress(): Promise<void>;
  /** Stops all agents in order, then the worker. Resolves within a bounded time. */
  stop(): Promise<void>;
}

/** Starts the bridge. Its agents come online by themselves; nothing is waited for. */
export function startBridge(options: BridgeOptions): Bridge {
  return new WorkerBridge(options);
}

class WorkerBridge implements Bridge {
  readonly #options: BridgeOptions;
  readonly #banks = new Map<string, BridgedBank>();
  #worker: Worker | undefined;
  #again: Timer | undefined;
  #startedMs = 0;
  #failures = 0;
  #stopping: (() => void) | undefined;
  /** Who waits for a sign of life. */
  #asking: (() => void)[] = [];
  restarts = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
    for (const bank of options.banks) this.#banks.set(bank.bank, bank);
    this.#start();
  }

  add(bank: BridgedBank): void {
    this.#banks.set(bank.bank, bank);
    this.#order({ order: 'add', bank });
  }

  remove(bank: string): void {
    this.#banks.delete(bank);
    this.#order({ order: 'remove', bank });
  }

  progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#asking.push(resolve);
      if (this.#asking.length === 1) this.#order({ order: 'progress' });
    });
  }

  async stop(): Promise<void> {
    this.#again?.cancel();
    const worker = this.#worker;
    if (!worker) return;
    const { clock, log } = this.#options;
    await new Promise<void>((resolve) => {
      this.#stopping = resolve;
      const late = clock.after(STOP_WITHIN_MS, () => {
        log.warn({ withinMs: STOP_WITHIN_MS }, 'the bridge did not stop in time and is ended');
        void worker.terminate();
      });
      worker.once('exit', () => late.cancel());
      this.#order({ order: 'stop' });
    });
  }

  #start(): void {
    const { building, brokerUrl, folder, software, log, clock } = this.#options;
    const setting: BridgeSetting = {
      building,
      brokerUrl,
      folder,
      software,
      logLevel: log.level,
      banks: [...this.#banks.values()],
    };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: setting,
      resourceLimits: HEAP,
    });
    this.#worker = worker;
    this.#startedMs = clock.monotonicMs();
    worker.on('message', (report: Report) => this.#hear(report));
    worker.on('error', (error) => log.error({ err: error }, 'the bridge broke'));
    worker.once('exit', (code) => this.#ended(code));
  }

  #order(order: Order): void {
    this.#worker?.postMessage(order);
  }

  #hear(report: Report): void {
    if (report.report === 'progress') for (const answer of this.#asking.splice(0)) answer();
    if (report.report === 'refused') this.#options.onRefused?.(report.bank, report.detail);
  }

  #ended(code: number): void {
    this.#worker = undefined;
    if (this.#stopping) {
      this.#stopping();
      return;
    }
    const { clock, random, log } = this.#options;
    if (clock.monotonicMs() - this.#startedMs >= HEALTHY_AFTER_MS) this.#failures = 0;
    const pauseMs = Math.min(PAUSE_CAP_MS, FIRST_PAUSE_MS * 2 ** this.#failures) * (1 - fraction(random) / 2);
    this.#failures += 1;
    this.restarts += 1;
    log.error({ code, pauseMs: Math.round(pauseMs) }, 'the bridge ended and is started again');
    this.#again = clock.after(pauseMs, () => this.#start());
  }
}
