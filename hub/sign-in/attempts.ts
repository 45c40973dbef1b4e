import type { Clock } from '@lockerhub/protocol/time/clock.ts';

/** Keys watched at once; beyond, the longest known is forgotten, so that strangers cannot fill the memory. */
const MAX_KEYS = 10_000;

/** Counts failures by key (an address, a login) in a window of monotonic time that starts with the first one. */
export class Attempts {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #failures = new Map<string, { count: number; untilMs: number }>();

  constructor(clock: Clock, limit: number, windowMs: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** How long this key still has to wait; 0 if it may try. */
  blockedForMs(key: string): number {
    const failures = this.#failures.get(key);
    if (!failures) return 0;
    const leftMs = failures.untilMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#failures.delete(key);
    return leftMs > 0 && failures.count >= this.#limit ? leftMs : 0;
  }

  failed(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#failures.get(key);
    if (known && known.untilMs > nowMs) {
      known.count += 1;
      return;
    }
    this.#failures.delete(key);
    if (this.#failures.size >= MAX_KEYS) {
      const [oldest] = this.#failures.keys();
      if (oldest !== undefined) this.#failures.delete(oldest);
    }
    this.#failures.set(key, { count: 1, untilMs: nowMs + this.#windowMs });
  }

  /** A success clears the key. */
  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
