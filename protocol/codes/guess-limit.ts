import type { Clock } from '../time/clock.ts';
import { CODE_SPACE } from './read-code.ts';

/** The design's bound: the chance that somebody who guesses all day hits any living code. */
const HIT_PER_DAY = 0.001;
const DAY_MS = 24 * 60 * 60_000;
/** Wrong codes on one terminal within `WINDOW_MS` before it pauses. */
export const WRONG_PER_TERMINAL = 5;
export const WINDOW_MS = 5 * 60_000;
export const PAUSE_MS = 5 * 60_000;
/** A building never allows more, however few codes live. */
const MOST_PER_DAY = 2_000;
/** A building always allows this many: at 50,000 living codes, ten times the largest building we know of. */
const LEAST_PER_DAY = 2;
/** Terminals remembered; a building has tens. The one that failed longest ago is forgotten first. */
const MAX_TERMINALS = 1_000;

/**
 * How many wrong codes a building takes in a day, so that P(hit) ≤ 0.1 %.
 *
 * Each guess hits one of N living codes with N / 10^8, so G guesses a day hit with at most G · N / 10^8. With
 * G = 0.001 · 10^8 / N = 10^5 / N that is 0.1 %. At full occupancy of a building with 500 compartments, every one
 * for another resident, and 100 couriers: N = 600, G = 166. Terminals alone would not do: 5 in each 5 minutes are
 * up to 1,440 a day each.
 */
export function guessesPerDay(livingCodes: number): number {
  const allowed = Math.floor((HIT_PER_DAY * CODE_SPACE) / Math.max(1, livingCodes));
  return Math.min(MOST_PER_DAY, Math.max(LEAST_PER_DAY, allowed));
}

interface Attempts {
  /** When the wrong codes of the present window were typed. */
  readonly wrongMs: readonly number[];
  readonly pausedUntilMs: number;
}

/**
 * Counts wrong codes, per terminal and for the whole building, on the monotonic clock.
 *
 * The building's budget is a bucket of half a day's guesses and refills with the other half
 * over the day: no 24 hours ever see more than the whole. A scanned QR code is not counted: its tag of 64 bits
 * cannot be guessed, so a vandal's wrong codes stop those who type, never those who scan.
 */
export class GuessLimit {
  readonly #clock: Clock;
  readonly #terminals = new Map<string, Attempts>();
  /** The part of the bucket that is used up: 0 = full, 1 = empty. */
  #used = 0;
  #usedAtMs: number;

  /** @param used what `used` said when an earlier process kept it. */
  constructor(clock: Clock, used = 0) {
    this.#clock = clock;
    this.#used = used;
    this.#usedAtMs = clock.monotonicMs();
  }

  /** The part of the bucket that is used up: to be kept, so that a restart gives nobody new guesses. */
  get used(): number {
    return this.#usedNow(this.#clock.monotonicMs());
  }

  /** How long this terminal must wait before the next typed code; 0: now. */
  waitMs(terminal: string, livingCodes: number): number {
    const now = this.#clock.monotonicMs();
    const pausedMs = (this.#terminals.get(terminal)?.pausedUntilMs ?? 0) - now;
    const overMs = (this.#usedNow(now) + 1 / capacity(livingCodes) - 1) * DAY_MS;
    return Math.max(0, Math.ceil(pausedMs), Math.ceil(overMs));
  }

  /** Counts a wrong code. */
  wrong(terminal: string, livingCodes: number): void {
    const now = this.#clock.monotonicMs();
    this.#used = Math.min(1, this.#usedNow(now) + 1 / capacity(livingCodes));
    this.#usedAtMs = now;
    const before = this.#terminals.get(terminal)?.wrongMs ?? [];
    const wrongMs = [...before.filter((at) => at > now - WINDOW_MS), now];
    const paused = wrongMs.length >= WRONG_PER_TERMINAL;
    this.#terminals.delete(terminal);
    this.#terminals.set(
      terminal,
      paused ? { wrongMs: [], pausedUntilMs: now + PAUSE_MS } : { wrongMs, pausedUntilMs: 0 },
    );
    if (this.#terminals.size > MAX_TERMINALS) this.#forgetOldest();
  }

  #usedNow(now: number): number {
    return Math.max(0, this.#used - (now - this.#usedAtMs) / DAY_MS);
  }

  #forgetOldest(): void {
    for (const terminal of this.#terminals.keys()) {
      this.#terminals.delete(terminal);
      return;
    }
  }
}

/** Half a day's guesses at once; the other half comes back over the day. */
function capacity(livingCodes: number): number {
  return guessesPerDay(livingCodes) / 2;
}
