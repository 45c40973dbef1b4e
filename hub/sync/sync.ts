/**
 * The hub's side of the cloud: what waits goes up, what changed there comes down, for ever, with pauses. Nothing in the
 * building waits for it.
 */

import { LIVE_SHAPES, type ShapeName } from '@lockerhub/protocol/sync/shapes.ts';
import { SYNCED_TABLES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { Logger } from 'pino';
import type { BuildingLog } from '../log/building-log.ts';
import type { SyncFigures } from '../metrics/sync-metrics.ts';
import type { Store } from '../store/store.ts';
import { Backoff } from './backoff.ts';
import type { CloudPush, ShapeRow, ShapeSource } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';
import { Downlink } from './downlink.ts';
import { LastHeard } from './last-heard.ts';
import { nextSyncState, type SyncEvent, type SyncState } from './sync-state.ts';
import { Uplink, type UplinkOptions } from './uplink.ts';

/** A fenced hub is woken by what is written to it; this is only so that no timer is without an end. */
const LOOK_AGAIN_MS = 3_600_000;

export interface SyncOptions {
  readonly push: CloudPush;
  readonly shapes: ShapeSource;
  readonly store: Store;
  readonly log: BuildingLog;
  readonly instance: string;
  readonly epoch: number;
  /** Another hub speaks for the building, as an earlier process was told. */
  readonly isFenced: boolean;
  readonly condition: UplinkOptions['condition'];
  readonly envelope: UplinkOptions['envelope'];
  readonly certificate: UplinkOptions['certificate'];
  readonly onRefused: UplinkOptions['onRefused'];
  /** `HEARTBEAT_EVERY_MS`, but where a test does not want to wait so long. */
  readonly heartbeatEveryMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Rows of this table are not what they were. */
  readonly onArrived: (table: SyncedTableName, ids: readonly string[]) => void;
  /** Rows of the shapes that are no synced table: commands of operators, entries of fenced hubs. */
  readonly onOther: (shape: ShapeName, rows: readonly ShapeRow[]) => Promise<void>;
  /** The state changed for good: another hub speaks for the building, or the logs differ. */
  readonly onState: (state: SyncState, fault: CloudFault | null) => void;
}

/** How the hub stands with the cloud. */
export interface SyncView {
  readonly state: SyncState;
  readonly entries: number;
  readonly rows: number;
  /** Time since the cloud was heard, over restarts too (`last-heard.ts`); null: not known. */
  readonly heardAgoMs: number | null;
  readonly lastFault: { readonly code: string; readonly message: string } | null;
  /** Opening from afar is frozen by the cloud. */
  readonly isFrozen: boolean;
}

export class Sync {
  readonly #options: SyncOptions;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  readonly #upPauses: Backoff;
  readonly #ends = new AbortController();
  /** Also when the hub is fenced: what the cloud says then is for another one. */
  readonly #shapesEnd = new AbortController();
  readonly #running: Promise<void>[] = [];
  #state: SyncState = 'connecting';
  #lastFault: CloudFault | null = null;
  readonly #heard: LastHeard;
  #reconnects = 0;
  #isFrozen = false;
  /** Something was written since the last look at what waits. */
  #isStale = false;
  #wake: (() => void) | null = null;
  #stopListening: () => void = () => {};

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#upPauses = new Backoff(options.random);
    this.#uplink = new Uplink({
      ...options,
      onTold: (answer) => this.#told(answer),
    });
    this.#downlink = new Downlink(options);
    this.#heard = new LastHeard({
      ...options,
      clockTrust: async () => (await options.condition()).clock,
    });
  }

  start(): void {
    this.#stopListening = this.#options.log.onAppended(() => {
      this.#isStale = true;
      this.#wake?.();
    });
    if (this.#options.isFenced) {
      this.#state = 'fenced';
      this.#running.push(this.#handOver());
      return;
    }
    this.#running.push(this.#goUp(), ...LIVE_SHAPES.map((shape) => this.#goDown(shape)));
  }

  /** Ends what is under way; what was not acknowledged is sent again by the next start. */
  async stop(): Promise<void> {
    this.#stopListening();
    this.#shapesEnd.abort();
    this.#ends.abort();
    this.#wake?.();
    await Promise.all(this.#running);
  }

  async view(): Promise<SyncView> {
    const { entries, rows } = await this.#uplink.waiting();
    return {
      state: this.#state,
      entries,
      rows,
      heardAgoMs: await this.#heard.agoMs(),
      lastFault: this.#lastFault && { code: this.#lastFault.code, message: this.#lastFault.message },
      isFrozen: this.#isFrozen,
    };
  }

  /** The gateway's time now, by its last answer; null before the first one of this process. */
  gatewayMs(): number | null {
    return this.#heard.gatewayMs();
  }

  /** For `/metrics`. @throws StoreError */
  async figures(): Promise<SyncFigures> {
    const { state, entries, rows, heardAgoMs } = await this.view();
    const { clock, wallMs } = await this.#options.condition();
    const oldestAtMs = clock === 'trusted' ? await this.#uplink.oldestAtMs() : null;
    return {
      isLive: state === 'live',
      entries,
      rows,
      oldestMs: oldestAtMs === null ? null : Math.max(0, wallMs - oldestAtMs),
      heardAgoMs,
      reconnects: this.#reconnects,
      refused: this.#uplink.refused,
    };
  }

  async #goUp(): Promise<void> {
    let nextBeatMs = 0;
    const { clock, heartbeatEveryMs } = this.#options;
    while (!this.#ends.signal.aborted) {
      try {
        this.#isStale = false;
        if (clock.monotonicMs() >= nextBeatMs) {
          await this.#uplink.heartbeat();
          await this.#heard.keep();
          nextBeatMs = clock.monotonicMs() + heartbeatEveryMs;
        }
        // After each batch a heartbeat may be due: a long catch-up must not look like a dead hub.
        if (await this.#uplink.sendSome()) continue;
        this.#upPauses.reset();
        // What was written while the last of it was sent goes at once, not with the next heartbeat.
        if (!this.#isStale) await this.#sleep(nextBeatMs - clock.monotonicMs(), true);
      } catch (error) {
        // The next try begins by asking where the cloud stands.
        nextBeatMs = 0;
        await this.#failed(error);
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    const fault = asFault(error);
    this.#lastFault = fault;
    if (!(error instanceof CloudFault)) this.#options.logger.error({ err: error }, 'sync: sending failed');
    this.#step(EVENT_OF[fault.code] ?? 'failed', fault);
    if (this.#state === 'fenced') await this.#handOver();
    else await this.#sleep(this.#upPauses.pauseMs(fault.retryAfterMs), false);
  }

  /** A fenced hub gives what it still holds, and what still happens there, to the cloud, for the hub that speaks now. */
  async #handOver(): Promise<void> {
    while (!this.#ends.signal.aborted) {
      try {
        this.#isStale = false;
        await this.#uplink.sendOrphans();
        this.#upPauses.reset();
        if (!this.#isStale) await this.#sleep(LOOK_AGAIN_MS, true);
      } catch (error) {
        const fault = asFault(error);
        this.#options.logger.warn(
          { code: fault.code, why: fault.message },
          'sync: what this fenced hub still holds was not taken',
        );
        await this.#sleep(this.#upPauses.pauseMs(fault.retryAfterMs), false);
      }
    }
  }

  async #goDown(shape: ShapeName): Promise<void> {
    const pauses = new Backoff(this.#options.random);
    const { shapes, logger } = this.#options;
    while (!this.#shapesEnd.signal.aborted) {
      try {
        const place = await this.#downlink.place(shape);
        await shapes.follow(
          shape,
          place,
          async (rows, next) => {
            await this.#arrived(shape, rows, next);
            pauses.reset();
          },
          this.#shapesEnd.signal,
        );
      } catch (error) {
        const why = error instanceof CloudFault ? whyOf(error) : { err: error };
        logger.warn({ shape, ...why }, 'sync: a shape cannot be followed; trying again');
        await this.#sleep(pauses.pauseMs(), false);
      }
    }
  }

  #arrived(shape: ShapeName, rows: readonly ShapeRow[], next: { handle: string; offset: string }) {
    if (isSynced(shape)) return this.#downlink.apply(shape, rows, next);
    return this.#options.onOther(shape, rows).then(() => this.#downlink.keepPlace(shape, next));
  }

  #told({ gatewayMs, frozen }: { readonly gatewayMs: number; readonly frozen?: boolean }): void {
    this.#heard.told(gatewayMs);
    if (frozen !== undefined) this.#isFrozen = frozen;
    this.#lastFault = null;
    this.#step('heard', null);
  }

  #step(event: SyncEvent, fault: CloudFault | null): void {
    const before = this.#state;
    this.#state = nextSyncState(before, event);
    if (this.#state === before) return;
    if (before === 'offline' && this.#state === 'live') this.#reconnects += 1;
    if (this.#state === 'fenced') this.#shapesEnd.abort();
    this.#options.logger.info({ from: before, to: this.#state, code: fault?.code }, 'sync');
    this.#options.onState(this.#state, fault);
  }

  /** @param isWoken whether an entry of the log ends the pause */
  #sleep(pauseMs: number, isWoken: boolean): Promise<void> {
    if (this.#ends.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const over = () => {
        timer?.cancel();
        this.#wake = null;
        this.#ends.signal.removeEventListener('abort', over);
        resolve();
      };
      timer = this.#options.clock.after(Math.max(0, pauseMs), over);
      if (isWoken) this.#wake = over;
      this.#ends.signal.addEventListener('abort', over, { once: true });
    });
  }
}

/** What a fault of the cloud means for how the hub stands with it; any other is a failure that passes. */
const EVENT_OF: Readonly<Record<string, SyncEvent>> = {
  'epoch-fenced': 'fenced',
  fork: 'forked',
  'epoch-clash': 'clashed',
  'chain-broken': 'forked',
  'token-unknown': 'shut-out',
};

/** A fault of the cloud in one line: it comes often, and has no stack worth reading. */
function whyOf({ code, message, cause }: CloudFault) {
  return { code, why: `${message}${cause instanceof Error ? `: ${cause.message}` : ''}`.slice(0, 500) };
}

function asFault(error: unknown): CloudFault {
  if (error instanceof CloudFault) return error;
  return new CloudFault('store', 'the hub’s own store did not answer', { cause: error });
}

function isSynced(shape: ShapeName): shape is SyncedTableName {
  return Object.hasOwn(SYNCED_TABLES, shape);
}
