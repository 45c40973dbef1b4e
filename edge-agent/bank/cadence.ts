/** Beats on an absolute grid: a late beat never moves the next ones, and what can't be kept is skipped and counted. */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

export class Cadence {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #round: () => Promise<void>;
  #timer: Timer | undefined;
  #dueMs = 0;
  #busy = false;
  /** Rounds that began. */
  rounds = 0;
  /** Beats without a round: the last one was not over, or the process was late. */
  skipped = 0;

  /** @param round what to do at each beat; it must not reject. */
  constructor(clock: Clock, periodMs: number, round: () => Promise<void>) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#round = round;
  }

  /** The first beat comes at once. */
  start(): void {
    this.#dueMs = this.#clock.monotonicMs();
    this.#timer = this.#clock.after(0, () => this.#beat());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #beat(): void {
    const lateMs = this.#clock.monotonicMs() - this.#dueMs;
    const missed = Math.max(0, Math.floor(lateMs / this.#periodMs));
    this.skipped += missed;
    this.#dueMs += (missed + 1) * this.#periodMs;
    this.#timer = this.#clock.after(this.#dueMs - this.#clock.monotonicMs(), () => this.#beat());
    if (this.#busy) {
      this.skipped += 1;
      return;
    }
    this.#busy = true;
    this.rounds += 1;
    void this.#round().then(() => {
      this.#busy = false;
    });
  }
}
