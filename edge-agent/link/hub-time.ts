/** What an agent knows of its hub's monotonic time, from the heartbeats of one session. */
import { HEARTBEAT_LOST_MS, type Heartbeat, type HubTime } from '@lockerhub/protocol/bank/messages.ts';

/**
 * A pure estimate. A heartbeat is stamped before it arrives, so stamp + time since its arrival never runs ahead of
 * the hub; the largest of these is the nearest. Hence a link that froze and delivers old heartbeats late can't turn
 * the estimate back and make an old open look fresh.
 */
export class HubTimeEstimate {
  #bootId: string | null = null;
  /** Hub time minus own time: the largest seen, so the one that was delayed least. */
  #aheadMs = Number.NEGATIVE_INFINITY;
  #newestMs = Number.NEGATIVE_INFINITY;

  /**
   * Takes in a heartbeat.
   *
   * @param nowMs own monotonic time.
   * @returns false if it is of another boot of the hub than the first: then this session is void.
   */
  heartbeat({ hub }: Pick<Heartbeat, 'hub'>, nowMs: number): boolean {
    this.#bootId ??= hub.bootId;
    if (hub.bootId !== this.#bootId) return false;
    this.#aheadMs = Math.max(this.#aheadMs, hub.monotonicMs - nowMs);
    this.#newestMs = Math.max(this.#newestMs, hub.monotonicMs);
    return true;
  }

  /** Whether the newest heartbeat was sent, not only delivered, less than `HEARTBEAT_LOST_MS` ago. */
  alive(nowMs: number): boolean {
    return this.#bootId !== null && nowMs + this.#aheadMs - this.#newestMs < HEARTBEAT_LOST_MS;
  }

  /** Whether a deadline has passed; one of another boot of the hub always has. */
  passed(deadline: HubTime, nowMs: number): boolean {
    return deadline.bootId !== this.#bootId || nowMs + this.#aheadMs >= deadline.monotonicMs;
  }
}
