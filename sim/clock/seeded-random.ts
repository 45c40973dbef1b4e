import type { Random } from '@lockerhub/protocol/time/random.ts';

/**
 * Random numbers from a seed: the same seed gives the same run.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand), warmed up by 12 rounds as its author advises.
 */
export class SeededRandom implements Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed >>> 0, 0x9e3779b9, 0x243f6a88, 1);
    for (let round = 0; round < 12; round++) this.#next();
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 4) {
      let word = this.#next();
      for (let byte = at; byte < Math.min(at + 4, length); byte++) {
        bytes[byte] = word & 0xff;
        word >>>= 8;
      }
    }
    return bytes;
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    return this.#next() / 0x100000000;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  /** True once in `times` on average. */
  oneIn(times: number): boolean {
    return this.fraction() * times < 1;
  }

  /** One of the items. @throws Error on an empty list. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A generator of its own, so that one part's draws do not shift another's. */
  fork(): SeededRandom {
    return new SeededRandom(this.#next());
  }

  #next(): number {
    const state = this.#state as Uint32Array & { 0: number; 1: number; 2: number; 3: number };
    const result = (state[0] + state[1] + state[3]) >>> 0;
    state[3] += 1;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = state[2] + (state[2] << 3);
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + result;
    return result;
  }
}
