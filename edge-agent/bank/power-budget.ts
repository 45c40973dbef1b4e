/** Shares one power supply among solenoids: so many at once, a pause after each. */
import type { Clock } from '@lockerhub/protocol/time/clock.ts';

/** Opens that may wait for power; a bank whose doors are opened faster than that by hand does not exist. */
const MAX_WAITING = 32;

export interface Supply {
  readonly atOnce: number;
  readonly pauseMs: number;
}

/** A place on the supply. Give it back exactly once. */
export interface PowerSlot {
  /** Frees the place after `energisedMs` more of current and the supply's pause. */
  releaseAfter(energisedMs: number): void;
  /** Frees the place at once: nothing was energised. */
  release(): void;
}

export class PowerBudget {
  readonly #clock: Clock;
  readonly #supply: Supply;
  #used = 0;
  #waiting: ((slot: PowerSlot) => void)[] = [];

  constructor(clock: Clock, supply: Supply) {
    this.#clock = clock;
    this.#supply = supply;
  }

  /** A place, first come, first served; null if too many wait already. */
  take(): Promise<PowerSlot> | PowerSlot | null {
    if (this.#used < this.#supply.atOnce) return this.#grant();
    if (this.#waiting.length >= MAX_WAITING) return null;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #grant(): PowerSlot {
    this.#used += 1;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      this.#used -= 1;
      const next = this.#waiting.shift();
      if (next) next(this.#grant());
    };
    return {
      release,
      releaseAfter: (energisedMs) => {
        this.#clock.after(energisedMs + this.#supply.pauseMs, release);
      },
    };
  }
}
