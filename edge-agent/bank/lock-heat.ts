/** How warm a pulsed lock is: no row of pulses, however short each is, may burn it. */

/** Cabinet locks are sold with a duty cycle of about 10 %: one part on, nine parts off. */
const COOLING_PER_MS = 1 / 9;
/**
 * How long a cold lock may be energised in one go or in a row: half again the cap of a single pulse (findings,
 * section 4: cap 1 s). Five common pulses of 300 ms, then one each 2.7 s.
 */
export const HEAT_MAX_MS = 1_500;
/**
 * What a new process assumes of its locks, since its predecessor may just have used them: room for one common pulse.
 * Five starts in a row, after which a supervisor gives up (systemd's StartLimitBurst), then add 1.5 s to what a lock has
 * at most: 3 s, three times the cap of a pulse, and what a simulated one bears.
 */
const HEAT_AT_START_MS = HEAT_MAX_MS - 300;

/** Counts the time of one lock under current, less what it has cooled since. Times are monotonic. */
export class LockHeat {
  #heatMs = HEAT_AT_START_MS;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Can the lock take a pulse of `pulseMs` now? */
  bears(pulseMs: number, nowMs: number): boolean {
    return this.#at(nowMs) + pulseMs <= HEAT_MAX_MS;
  }

  /** The lock is energised for `pulseMs` from now on, or may be. */
  add(pulseMs: number, nowMs: number): void {
    this.#heatMs = this.#at(nowMs) + pulseMs;
    // It cools only once the current has ended.
    this.#atMs = nowMs + pulseMs;
  }

  #at(nowMs: number): number {
    return Math.max(0, this.#heatMs - Math.max(0, nowMs - this.#atMs) * COOLING_PER_MS);
  }
}
