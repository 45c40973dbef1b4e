/** Follows Postgres' changes for as long as it runs: connects, resumes or begins anew, and connects again. */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { Database } from '../tables/database.ts';
import { ensurePublication } from '../tables/publish.ts';
import { Assembly, type StreamReader } from './assembly.ts';
import { ReplicationConnection } from './connection.ts';
import { dropSlot, findSlot, type Identity, type SlotState, whyNotResume } from './slot.ts';

export interface StreamKeeper extends StreamReader {
  /** Nothing that was known holds any more: changes were missed, or may have been. */
  onLost(reason: string): void;
  /** The last place in Postgres' log of which anything is kept. */
  readonly seen: bigint;
  readSlot(): SlotState | null;
  /** On the disk when it returns: Postgres is told only then. */
  writeSlot(state: SlotState): void;
}

export interface StreamOptions {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly slot: string;
  readonly publication: string;
  readonly transactionBytes: number;
  readonly keeper: StreamKeeper;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;
/** How often Postgres is told what it may forget. */
const REPORT_EVERY_MS = 1_000;
/** While catching up, how often it is asked how far it has got. */
const ASK_EVERY_MS = 25;
/** Postgres speaks at half of its `wal_sender_timeout` (60 s), and when asked: longer silence is a dead connection. */
const ASK_AFTER_MS = 40_000;
const SILENT_MS = 60_000;

export class ReplicationStream {
  readonly #options: StreamOptions;
  readonly #state: { isSlotSure: boolean; isCaughtUp: boolean } = { isSlotSure: false, isCaughtUp: false };
  #connection: ReplicationConnection | null = null;
  #isStopped = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: { readonly timer: Timer; readonly end: () => void } | null = null;
  #running: Promise<void> | null = null;
  #onCaughtUp: () => void = () => {};

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Whether a slot keeps every change from now on: only then may a shape begin. */
  get isSlotSure(): boolean {
    return this.#state.isSlotSure;
  }

  /** Whether everything that was committed before the first connection has come. */
  get isCaughtUp(): boolean {
    return this.#state.isCaughtUp;
  }

  /** Begins; resolves once caught up. Never fails: it tries again and again. */
  start(): Promise<void> {
    const caughtUp = new Promise<void>((resolve) => {
      this.#onCaughtUp = resolve;
    });
    this.#running = this.#run();
    return caughtUp;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#isStopped) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.log.warn({ reason, againInMs: this.#pauseMs }, 'the changes of Postgres do not come');
      }
      await this.#rest();
    }
  }

  /** One connection, from its begin to its end, which is always an error. */
  async #follow(): Promise<void> {
    const { databaseUrl, database, publication, slot } = this.#options;
    const connection = new ReplicationConnection(databaseUrl);
    this.#connection = connection;
    try {
      await ensurePublication(database, publication);
      await connection.connect();
      const identity = await connection.identify();
      const state = await this.#settle(connection, identity);
      const session = new Session(this.#options, connection, state, identity.end, () => this.#caughtUp());
      connection.follow(slot, publication, session);
      await session.untilEnd();
    } finally {
      await connection.close();
    }
  }

  /** Goes on with the slot that is there, or gives up all shapes and makes a new one. */
  async #settle(connection: ReplicationConnection, now: Identity): Promise<SlotState> {
    const { database, slot, keeper, log } = this.#options;
    const state = keeper.readSlot();
    const found = await findSlot(database, slot);
    const reason = whyNotResume(state, found, now, keeper.seen);
    if (state && reason === null) {
      this.#state.isSlotSure = true;
      return state;
    }
    log.info({ reason }, 'a new replication slot; shapes begin anew');
    this.#state.isSlotSure = false;
    keeper.onLost(reason ?? '');
    if (found) await dropSlot(database, slot);
    await connection.createSlot(slot);
    const { system, timeline, database: name } = now;
    const fresh = { system, timeline, database: name, slot, confirmed: String(now.end) };
    // The slot begins where Postgres says, which may be further on than where it stood when we asked.
    const made = await findSlot(database, slot);
    const confirmed = made && made.confirmed > now.end ? made.confirmed : now.end;
    keeper.writeSlot({ ...fresh, confirmed: String(confirmed) });
    this.#state.isSlotSure = true;
    return { ...fresh, confirmed: String(confirmed) };
  }

  #caughtUp(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#state.isCaughtUp = true;
    this.#onCaughtUp();
  }

  async #rest(): Promise<void> {
    if (this.#isStopped) return;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    await new Promise<void>((resolve) => {
      this.#pause = { timer: this.#options.clock.after(pauseMs, resolve), end: resolve };
    });
  }
}

/** What is to do on one connection: hand on, confirm, notice silence. */
class Session {
  readonly #options: StreamOptions;
  readonly #connection: ReplicationConnection;
  readonly #assembly: Assembly;
  readonly #target: bigint;
  readonly #onCaughtUp: () => void;
  #state: SlotState;
  #isCaughtUp = false;
  /** Up to here everything was handed on. */
  #processed: bigint;
  #heardMs: number;
  #timer: Timer | undefined;

  constructor(
    options: StreamOptions,
    connection: ReplicationConnection,
    state: SlotState,
    target: bigint,
    onCaughtUp: () => void,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#state = state;
    this.#target = target;
    this.#onCaughtUp = onCaughtUp;
    this.#processed = BigInt(state.confirmed);
    this.#heardMs = options.clock.monotonicMs();
    this.#assembly = new Assembly(options.keeper, options.transactionBytes);
  }

  get #silentMs(): number {
    return this.#options.clock.monotonicMs() - this.#heardMs;
  }

  async untilEnd(): Promise<never> {
    const silent = new Promise<never>((_resolve, reject) => {
      const look = () => {
        if (this.#silentMs > SILENT_MS) reject(new Error('Postgres fell silent'));
        else {
          this.#confirm();
          this.#timer = this.#options.clock.after(this.#isCaughtUp ? REPORT_EVERY_MS : ASK_EVERY_MS, look);
        }
      };
      this.#timer = this.#options.clock.after(ASK_EVERY_MS, look);
    });
    try {
      return await Promise.race([this.#connection.ended, silent]);
    } finally {
      this.#timer?.cancel();
    }
  }

  onData(payload: Buffer): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    const end = this.#assembly.take(payload);
    if (end !== null) this.#advance(end);
  }

  onKeepalive(end: bigint, isReplyWanted: boolean): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    // Between transactions it says that nothing for us lies before `end`.
    if (!this.#assembly.isWithin) this.#advance(end);
    if (isReplyWanted) this.#report(false);
  }

  #advance(end: bigint): void {
    if (end > this.#processed) this.#processed = end;
    if (this.#isCaughtUp || this.#processed < this.#target) return;
    this.#isCaughtUp = true;
    this.#onCaughtUp();
  }

  #confirm(): void {
    if (this.#processed > BigInt(this.#state.confirmed)) {
      this.#state = { ...this.#state, confirmed: String(this.#processed) };
      this.#options.keeper.writeSlot(this.#state);
      this.#report(!this.#isCaughtUp);
    } else if (!this.#isCaughtUp || this.#silentMs > ASK_AFTER_MS) this.#report(true);
  }

  #report(wantsReply: boolean): void {
    this.#connection.report(BigInt(this.#state.confirmed), wantsReply, this.#options.clock.wallMs());
  }
}
