/** The store's side in the hub's main thread: queues calls, hands them to the thread, keeps it fit. */
import type { FolderLock } from '@lockerhub/edge-agent/identity/folder-lock.ts';
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { ARRIVED_ROWS } from '@lockerhub/protocol/log/payloads/cloud.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { draft, freshSalt } from '../chain.ts';
import type { Arrival, Batch, Merged, SqlValue, Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import type { DiskFloor } from './disk-floor.ts';
import { LANE_LIMITS, Lanes } from './lanes.ts';
import { type DraftArrival, type DraftBatch, fromFailure, isFatal } from './requests.ts';
import { afterTask, dueTask, freshUpkeep, type UpkeepTask, type WalState } from './upkeep.ts';
import type { StoreThread } from './worker-thread.ts';

/** How often the disk is looked at. At 2,000 commits a second some 20 MB come together in that time. */
const DISK_CHECK_MS = 3_000;
/** How often upkeep is considered. */
const UPKEEP_CHECK_MS = 1_000;
/** How many entries one read of the living takes, so that a page stays small. */
const LIVING_PAGE = 500;
/** WAL per append until a task measures it again: the entries' pages, with the full images after a checkpoint. */
const WAL_ESTIMATE_BYTES = 16 * 1024;

interface WaitingAppend {
  readonly batch: DraftBatch;
  resolve(entries: readonly Entry[]): void;
  reject(error: StoreError): void;
}

interface WaitingQuery {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  resolve(rows: readonly object[]): void;
  reject(error: StoreError): void;
}

interface WaitingMerge {
  readonly arrival: DraftArrival;
  resolve(merged: Merged): void;
  reject(error: StoreError): void;
}

/** What `openStore` puts together. */
export interface StoreParts {
  /** Of the database itself. */
  readonly folder: string;
  readonly thread: StoreThread;
  readonly head: Head;
  readonly wal: WalState;
  readonly floor: DiskFloor;
  readonly lock: FolderLock;
  readonly clock: Clock;
  readonly random: Random;
  readonly onBroken: (error: StoreError) => void;
  readonly onWarning: (warning: StoreError) => void;
}

/** PGlite behind the `Store` seam. */
export class PGliteStore implements Store {
  readonly #parts: StoreParts;
  readonly #lanes = new Lanes<WaitingAppend, WaitingQuery | WaitingMerge>();
  #head: Head;
  #upkeep;
  #walBytes: number;
  #lastWriteMs: number;
  #refusing: StoreError | null = null;
  #isCopied = false;
  /** The work under way; resolves when both lanes are empty. */
  #pumping: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #timers: Timer[] = [];

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#head = parts.head;
    this.#walBytes = parts.wal.walBytes;
    this.#lastWriteMs = parts.clock.monotonicMs();
    this.#upkeep = freshUpkeep(this.#lastWriteMs);
    this.#every(0, DISK_CHECK_MS, () => this.#checkDisk());
    this.#every(1, UPKEEP_CHECK_MS, () => this.#considerUpkeep());
  }

  append(batch: Batch): Promise<readonly Entry[]> {
    return new Promise((resolve, reject) => {
      if (this.#refusing) throw this.#refusing;
      const drafts = draft(batch.payloads, () => freshSalt(this.#parts.random));
      const { rows = [], imported = [], merged = [], sent = [], marks = [] } = batch;
      const wallMs = this.#parts.clock.wallMs();
      if (
        !this.#lanes.pushDoor({
          batch: { drafts, imported, rows, merged, sent, marks, wallMs },
          resolve,
          reject,
        })
      ) {
        throw new StoreError('overloaded', `store: ${LANE_LIMITS.door} appends wait already; try again`);
      }
      this.#pump();
    });
  }

  head(): Head {
    return this.#head;
  }

  async *living(): AsyncIterable<Entry> {
    const seqs = await this.query<{ seq: number }>(
      `select log.seq from living join log on log.subject = living.subject and log.seq >= living.since
        order by log.seq`,
    );
    for (let start = 0; start < seqs.length; start += LIVING_PAGE) {
      yield* await this.query<Entry>(
        'select seq, epoch, salt, payload, hash from log where seq = any($1::bigint[]) order by seq',
        [seqs.slice(start, start + LIVING_PAGE).map(({ seq }) => String(seq))],
      );
    }
  }

  query<Row extends object>(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return new Promise<readonly object[]>((resolve, reject) =>
      this.#waitAtDesk({ sql, parameters, resolve, reject }),
    ) as Promise<readonly Row[]>;
  }

  merge(arrival: Arrival): Promise<Merged> {
    const entries = Math.ceil(arrival.rows.length / ARRIVED_ROWS);
    const salts = Array.from({ length: entries }, () => freshSalt(this.#parts.random));
    return new Promise((resolve, reject) =>
      this.#waitAtDesk({ arrival: { ...arrival, salts }, resolve, reject }),
    );
  }

  /** @throws StoreError */
  #waitAtDesk(waiting: WaitingQuery | WaitingMerge): void {
    if (this.#refusing) throw this.#refusing;
    if (!this.#lanes.pushDesk(waiting)) {
      throw new StoreError('overloaded', `store: ${LANE_LIMITS.desk} queries wait already; try again`);
    }
    this.#pump();
  }

  disk(): 'ok' | 'low' {
    return this.#parts.floor.state();
  }

  async copied<Result>(copy: (folder: string) => Promise<Result>): Promise<Result> {
    if (this.#refusing) throw this.#refusing;
    if (this.#isCopied) throw new StoreError('overloaded', 'store: a copy of it is being made already');
    this.#isCopied = true;
    try {
      while (this.#pumping) await this.#pumping;
      await this.#exclusively(() => this.#keepUp({ kind: 'checkpoint' }));
      return await copy(this.#parts.folder);
    } finally {
      this.#isCopied = false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    const usable = this.#refusing === null;
    this.#refusing ??= new StoreError('closed', 'store: it is closed or about to be');
    while (this.#pumping) await this.#pumping;
    try {
      if (usable) await this.#parts.thread.ask({ kind: 'close' });
    } finally {
      await this.#parts.thread.end();
      this.#parts.lock.release();
    }
  }

  #pump(): void {
    if (!this.#pumping) void this.#exclusively(() => this.#work());
  }

  async #work(): Promise<void> {
    for (let next = this.#lanes.next(); next; next = this.#lanes.next()) {
      if ('doors' in next) await this.#append(next.doors);
      else if ('sql' in next.desk) await this.#query(next.desk);
      else await this.#merge(next.desk);
    }
  }

  async #append(waiting: readonly WaitingAppend[]): Promise<void> {
    try {
      const { outcomes, head } = await this.#parts.thread.ask({
        kind: 'append',
        batches: waiting.map(({ batch }) => batch),
      });
      this.#wrote(head, waiting.length);
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const outcome = outcomes[index];
        if (outcome && 'entries' in outcome) resolve(outcome.entries);
        else if (outcome) reject(fromFailure(outcome.failure));
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error as StoreError);
      this.#noticeFatal(error as StoreError);
    }
  }

  async #query({ sql, parameters, resolve, reject }: WaitingQuery): Promise<void> {
    try {
      resolve((await this.#parts.thread.ask({ kind: 'query', sql, parameters })).rows);
    } catch (error) {
      reject(error as StoreError);
      this.#noticeFatal(error as StoreError);
    }
  }

  async #merge({ arrival, resolve, reject }: WaitingMerge): Promise<void> {
    try {
      const { merged, head } = await this.#parts.thread.ask({ kind: 'merge', arrival });
      this.#wrote(head, 1);
      resolve(merged);
    } catch (error) {
      reject(error as StoreError);
      this.#noticeFatal(error as StoreError);
    }
  }

  #wrote(head: Head, batches: number): void {
    this.#head = head;
    this.#lastWriteMs = this.#parts.clock.monotonicMs();
    this.#walBytes += WAL_ESTIMATE_BYTES * batches;
  }

  #considerUpkeep(): void {
    // A checkpoint would take from the write-ahead log what the copy still needs.
    if (this.#pumping || this.#isCopied) return;
    const task = dueTask(this.#upkeep, {
      walBytes: this.#walBytes,
      lastWriteMs: this.#lastWriteMs,
      nowMs: this.#parts.clock.monotonicMs(),
    });
    if (task) void this.#exclusively(() => this.#keepUp(task));
  }

  /** Nothing else is asked of the thread meanwhile. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    this.#pumping = work().finally(() => {
      this.#pumping = null;
      if (!this.#lanes.empty) this.#pump();
    });
    return this.#pumping;
  }

  async #keepUp(task: UpkeepTask): Promise<void> {
    try {
      this.#walBytes = (await this.#parts.thread.ask({ kind: 'upkeep', task })).walBytes;
    } catch (error) {
      this.#parts.onWarning(error as StoreError);
      this.#noticeFatal(error as StoreError);
    }
    // Also after a failure: it is tried again when its time comes, not in each round.
    this.#upkeep = afterTask(this.#upkeep, task, this.#parts.clock.monotonicMs());
  }

  #checkDisk(): void {
    this.#parts.floor.check().catch((error: StoreError) => this.#break(error));
  }

  #noticeFatal(error: StoreError): void {
    if (isFatal(error.code)) this.#break(error);
  }

  /** From here on everything is refused: what the disk holds, the next process finds out. */
  #break(error: StoreError): void {
    if (this.#refusing) return;
    this.#refusing = error;
    for (const timer of this.#timers) timer.cancel();
    for (const { reject } of this.#lanes.drain()) reject(error);
    this.#parts.onBroken(error);
  }

  #every(slot: number, periodMs: number, act: () => void): void {
    this.#timers[slot] = this.#parts.clock.after(periodMs, () => {
      this.#every(slot, periodMs, act);
      act();
    });
  }
}
