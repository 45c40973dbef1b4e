/** The pauses between tries: doubling up to a cap, each drawn by chance, for as long as it takes. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';

const FIRST_MS = 1_000;
/** A cloud that comes back after an hour has every hub back within this, spread evenly. */
const LAST_MS = 60_000;

export class Backoff {
  readonly #random: Random;
  #next = FIRST_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  /** It went well: the next failure begins anew. */
  reset(): void {
    this.#next = FIRST_MS;
  }

  /**
   * How long to wait now. "Full jitter" with a floor of a half (Amazon's "Exponential Backoff And Jitter"), so that
   * buildings which failed together do not return together.
   *
   * @param atLeastMs what the other side asked for
   */
  pauseMs(atLeastMs = 0): number {
    const pauseMs = this.#next * (0.5 + fraction(this.#random) / 2);
    this.#next = Math.min(this.#next * 2, LAST_MS);
    return Math.max(pauseMs, atLeastMs);
  }
}
