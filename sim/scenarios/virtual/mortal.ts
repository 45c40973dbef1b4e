/** What a process has that dies with it: its timers, and its writes that were not yet on the disk. */

import type { Batch, Log } from '@lockerhub/hub/store/store.ts';
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';

/** A clock of one process: after its death no timer fires. Its monotonic time starts anew, as after a boot. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #bornMs: number;
  #dead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bornMs = clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs() - this.#bornMs;
  }

  after(delayMs: number, act: () => void): Timer {
    return this.#clock.after(delayMs, () => {
      if (!this.#dead) act();
    });
  }

  punctually(delayMs: number, act: () => void): Timer {
    return this.after(delayMs, act);
  }

  die(): void {
    this.#dead = true;
  }
}

/** What an fsync of the store takes, before and after the moment at which the batch is on the disk. */
const COMMIT_MS = 1;

/** A log whose commits take time, so that a process can die before one, and after it but before its answer. */
export class MortalLog implements Log {
  readonly #clock: MortalClock;
  readonly #log: Log;

  constructor(clock: MortalClock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  append(batch: Batch): Promise<readonly Entry[]> {
    return new Promise((resolve, reject) => {
      this.#clock.after(COMMIT_MS, () => {
        const committed = this.#log.append(batch);
        this.#clock.after(COMMIT_MS, () => committed.then(resolve, reject));
      });
    });
  }

  head(): Head {
    return this.#log.head();
  }

  living(): AsyncIterable<Entry> {
    return this.#log.living();
  }
}
