/** When the cloud was heard last: by monotonic time within a process, by the cloud's own clock over restarts. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { z } from 'zod';
import type { Log, Store } from '../store/store.ts';

const HEARD_MARK = 'heard';
/** How often it is kept: after a restart the page may say so much too long, and a disk takes 288 small writes a day. */
export const KEEP_EVERY_MS = 5 * 60_000;

/** ms since 1970 by the gateway's clock, so that a lying clock here keeps nothing wrong. */
const Kept = z.strictObject({ gatewayMs: z.number() });

export interface LastHeardOptions {
  readonly store: Pick<Store, 'query'>;
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  readonly clockTrust: () => Promise<'trusted' | 'untrusted'>;
}

export class LastHeard {
  readonly #options: LastHeardOptions;
  /** Of this process: monotonic time here, and the gateway's clock then. */
  #heard: { readonly atMs: number; readonly gatewayMs: number } | null = null;
  #keptAtMs: number | null = null;

  constructor(options: LastHeardOptions) {
    this.#options = options;
  }

  told(gatewayMs: number): void {
    this.#heard = { atMs: this.#options.clock.monotonicMs(), gatewayMs };
  }

  /** Writes it down, if that is due. @throws StoreError */
  async keep(): Promise<void> {
    const { clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (!this.#heard || (this.#keptAtMs !== null && nowMs - this.#keptAtMs < KEEP_EVERY_MS)) return;
    this.#keptAtMs = nowMs;
    const { gatewayMs } = this.#heard;
    await log.append({ payloads: [], marks: [{ name: HEARD_MARK, value: JSON.stringify({ gatewayMs }) }] });
  }

  /** Null: never, or before this process by a wall clock that is not trusted now. @throws StoreError */
  async agoMs(): Promise<number | null> {
    const { clock, clockTrust, store } = this.#options;
    if (this.#heard) return clock.monotonicMs() - this.#heard.atMs;
    const [mark] = await store.query<{ value: string }>('select value from sync_marks where name = $1', [
      HEARD_MARK,
    ]);
    if (!mark || (await clockTrust()) === 'untrusted') return null;
    return Math.max(0, clock.wallMs() - Kept.parse(JSON.parse(mark.value)).gatewayMs);
  }

  /** The gateway's time now, by its last answer; null before the first one of this process. */
  gatewayMs(): number | null {
    if (!this.#heard) return null;
    return this.#heard.gatewayMs + this.#options.clock.monotonicMs() - this.#heard.atMs;
  }
}
