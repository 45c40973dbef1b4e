/** The line to the store's thread: one request at a time, each with a deadline. */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Head } from '@lockerhub/protocol/log/entry.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { StoreError } from '../store-error.ts';
import { BASELINE_CODE } from './baseline-code.ts';
import {
  fromFailure,
  isFatal,
  type Reply,
  type Request,
  type RequestKind,
  type Requests,
  type WorkerSetup,
} from './requests.ts';
import type { WalState } from './upkeep.ts';

/** A crash recovery over 96 MB of WAL on a slow card, or a rebuild of the projections after an update. */
const OPEN_WITHIN_MS = 15 * 60_000;

/**
 * How long one request may take. PGlite can't be interrupted: a statement that takes longer has hung (a full disk
 * does that), or holds up every door. Slow cards stall an fsync for a second or two; ten are another matter.
 */
const DEADLINES_MS: Readonly<Record<RequestKind, number>> = {
  append: 10_000,
  merge: 10_000,
  query: 10_000,
  upkeep: 60_000,
  close: 60_000,
};

/**
 * The thread's own JavaScript heap holds one request and its answer; without limits the young generation alone grows
 * by some 40 MB under load. PGlite's memory is WebAssembly's and not counted here.
 */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 192 } as const;

/** The started thread, and what it found. */
export interface StartedWorker {
  readonly thread: StoreThread;
  readonly head: Head;
  readonly wal: WalState;
}

/** Starts the thread and waits until the store is open there. */
export async function startWorker(setup: WorkerSetup, clock: Clock): Promise<StartedWorker> {
  // V8 has no such setting for one thread; nothing else in the hub runs WebAssembly for long.
  setFlagsFromString(BASELINE_CODE.join(' '));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: setup,
    execArgv: [],
    resourceLimits: HEAP,
  });
  const thread = new StoreThread(worker, clock);
  try {
    const reply = await thread.reply(OPEN_WITHIN_MS, 'opening');
    if (!('ready' in reply)) throw new StoreError('store-broken', 'store: its thread spoke out of turn');
    return { thread, ...reply.ready };
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** Asks the thread. Callers take turns; a second question before the answer is a mistake of ours. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #clock: Clock;
  #waiting: { resolve(reply: Reply): void; reject(error: StoreError): void } | null = null;
  #died: StoreError | null = null;

  constructor(worker: Worker, clock: Clock) {
    this.#worker = worker;
    this.#clock = clock;
    worker.on('message', (reply: Reply) => this.#settle((waiting) => waiting.resolve(reply)));
    worker.on('error', (cause) => this.#die(`its thread failed: ${cause.message}`, cause));
    worker.on('exit', () => this.#die('its thread ended'));
  }

  /**
   * Sends one request and waits for its answer.
   *
   * @throws StoreError; a fatal one (`isFatal`) means that nothing more can be asked.
   */
  async ask<Kind extends RequestKind>(
    request: { readonly kind: Kind } & Requests[Kind]['request'],
  ): Promise<Requests[Kind]['answer']> {
    const replied = this.reply(DEADLINES_MS[request.kind], request.kind);
    this.#worker.postMessage(request satisfies { readonly kind: RequestKind } as Request);
    const reply = await replied;
    if (!('answer' in reply)) throw new StoreError('store-broken', 'store: its thread spoke out of turn');
    return reply.answer;
  }

  /** Waits for the thread's next word. */
  async reply(withinMs: number, doing: string): Promise<Exclude<Reply, { readonly failure: unknown }>> {
    if (this.#died) throw this.#died;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#waiting = { resolve, reject };
    const timer = this.#clock.after(withinMs, () => {
      this.#die(`${doing} took longer than ${withinMs} ms`, undefined, 'stalled');
    });
    try {
      const reply = await promise;
      if (!('failure' in reply)) return reply;
      const error = fromFailure(reply.failure);
      if (isFatal(error.code)) this.#died = error;
      throw error;
    } finally {
      timer.cancel();
    }
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    this.#died ??= new StoreError('closed', 'store: closed');
    await this.#worker.terminate();
  }

  #settle(act: (waiting: { resolve(reply: Reply): void; reject(error: StoreError): void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) act(waiting);
  }

  #die(what: string, cause?: unknown, code: 'store-broken' | 'stalled' = 'store-broken'): void {
    const error = new StoreError(code, `store: ${what}; the process must restart`, { cause });
    this.#died ??= error;
    this.#settle((waiting) => waiting.reject(error));
  }
}
