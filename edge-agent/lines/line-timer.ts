import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/** The one timer of a line: what it is set for now is all that it waits for. */
export class LineTimer {
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Acts after that time, and forgets what it was set for before. */
  set(delayMs: number, act: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(delayMs, act);
  }

  /** The same, to the point (see `Clock.punctually`). */
  setPunctually(delayMs: number, act: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.punctually(delayMs, act);
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
