/**
 * Whether the hub's pages answer: its heart may beat over MQTT while whoever stands at the kiosk waits for a page that
 * never comes. Asks again and again, one question at a time.
 */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/** Four questions fit into the time after which the agent takes over. */
const ASK_EVERY_MS = 2_500;
/** A hub on the same LAN that needs longer for its simplest answer is of no use to a kiosk. */
const ANSWER_WITHIN_MS = 2_000;
/** From this status on the hub itself says that it does not work (RFC 9110, 15.6). */
const SERVER_ERROR = 500;

export interface PageWatchOptions {
  readonly clock: Clock;
  /** The hub's pages, as now known: `http://host:port`. */
  readonly hub: () => string | undefined;
  /** Called after each answer. */
  readonly answered: () => void;
}

export class PageWatch {
  readonly #options: PageWatchOptions;
  #timer: Timer | undefined;
  #asking: AbortController | undefined;

  constructor(options: PageWatchOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#ask();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#asking?.abort();
    this.#asking = undefined;
  }

  async #ask(): Promise<void> {
    const { clock, hub, answered } = this.#options;
    const asking = new AbortController();
    this.#asking = asking;
    const isAnswering = await answers(hub(), asking.signal);
    if (this.#asking !== asking) return;
    if (isAnswering) answered();
    this.#timer = clock.after(ASK_EVERY_MS, () => void this.#ask());
  }
}

/** False for whatever is no answer; why is of no interest here, since the kiosk's own requests log it. */
async function answers(hub: string | undefined, stopped: AbortSignal): Promise<boolean> {
  if (hub === undefined) return false;
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const response = await fetch(new URL('/healthz', hub), { signal });
    await response.arrayBuffer();
    return response.status < SERVER_ERROR;
  } catch {
    return false;
  }
}
