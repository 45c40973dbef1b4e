/** How much may be under way at once, by building and in all; what finds no place is told to come again. */
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import { GatewayError } from '../error.ts';

export interface PlacesOptions {
  readonly inAll: number;
  readonly each: number;
  readonly random: Random;
}

/** Hubs that were refused together must not come again together. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

export class Places {
  readonly #options: PlacesOptions;
  readonly #taken = new Map<string, number>();
  #inAll = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#inAll;
  }

  /**
   * Takes a place for `key`.
   *
   * @returns What gives it back; calling it twice does nothing.
   * @throws GatewayError `overloaded` if there is none
   */
  take(key: string): () => void {
    const own = this.#taken.get(key) ?? 0;
    if (own >= this.#options.each || this.#inAll >= this.#options.inAll) {
      throw new GatewayError('overloaded', 'too much at once; try again in a moment', {
        retryAfterMs: RETRY_FROM_MS + fraction(this.#options.random) * RETRY_SPREAD_MS,
      });
    }
    this.#taken.set(key, own + 1);
    this.#inAll += 1;
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#giveBack(key);
    };
  }

  #giveBack(key: string): void {
    this.#inAll -= 1;
    const own = (this.#taken.get(key) ?? 1) - 1;
    if (own === 0) this.#taken.delete(key);
    else this.#taken.set(key, own);
  }
}
