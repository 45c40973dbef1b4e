import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/** A timer so late means that this process stood still: an SD card, a paused machine, a long collection of garbage. */
const STOOD_STILL_MS = 20;
/** How long what came meanwhile may take to be read: some turns of the event loop and, of a serial port, a thread. */
const READ_WITHIN_MS = 50;

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

  /**
   * For an answer that has to come by then. If this process stood still the answer may lie unread in its socket or port,
   * and timers fire before what came is read: so it is given a moment more, once.
   */
  setDeadline(delayMs: number, act: () => void): void {
    const dueMs = this.#clock.monotonicMs() + delayMs;
    this.set(delayMs, () => {
      if (this.#clock.monotonicMs() - dueMs > STOOD_STILL_MS) this.set(READ_WITHIN_MS, act);
      else act();
    });
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
