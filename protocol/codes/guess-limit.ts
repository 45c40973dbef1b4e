import type { Clock } from '../time/clock.ts';
import { CODE_SPACE } from './read-code.ts';

const DAY_MS = 24 * 60 * 60_000;
/** So many wrong codes on one screen within that time pause it. A building may choose others. */
export interface WrongCodes {
  readonly wrongCodes: number;
  readonly wrongWithinMs: number;
  readonly wrongPauseMs: number;
}
export const WRONG_CODES: WrongCodes = { wrongCodes: 5, wrongWithinMs: 5 * 60_000, wrongPauseMs: 5 * 60_000 };

/**
 * The design's bound is 0.1 % a day that somebody who guesses all day hits any living code. The hub's screens may use up
 * seven tenths of it, phones that are anywhere a tenth, each agent that answers alone a fiftieth: ten banks at once.
 */
export const HUB_HITS_PER_DAY = 0.0007;
export const AWAY_HITS_PER_DAY = 0.0001;
export const AGENT_HITS_PER_DAY = 0.00002;

/** How the day's chance is parted; the sum is 1. */
const SHARES = { alone: 1 / 2, units: 1 / 4, carriers: 1 / 8, reserves: 1 / 8 } as const;

/** Screens remembered; a building has tens. The one that failed longest ago is forgotten first. */
const MAX_SCREENS = 1_000;

/** A typed code that is about to be looked at, or was wrong. */
export interface Guess {
  /** Where it was typed: a terminal, or the phones before one. */
  readonly screen: string;
  /** How many codes it could hit. */
  readonly living: number;
  /** Whose code it is said to be (`ownerName`); null if nothing was said. */
  readonly owner: Owner | null;
}

/** A unit, or a carrier: all codes whose owner has this name. */
export interface Owner {
  readonly name: string;
  /** How many codes of this owner live. */
  readonly living: number;
  readonly isCarrier: boolean;
}

/** `owner-needed`: a code alone is not enough now; with its owner's name it is looked at. */
export type Verdict =
  | { readonly is: 'go' }
  | { readonly is: 'wait'; readonly ms: number }
  | { readonly is: 'owner-needed' };

/** How full each bucket is of what was guessed, 0 to 1: to be kept, so that a restart gives nobody new guesses. */
export interface GuessesUsed {
  readonly alone: number;
  readonly units: number;
  readonly carriers: number;
  readonly reserves: Readonly<Record<string, number>>;
}
export const NOTHING_GUESSED: GuessesUsed = { alone: 0, units: 0, carriers: 0, reserves: {} };

interface Attempts {
  /** When the wrong codes of the present window were typed. */
  readonly wrongMs: readonly number[];
  readonly pausedUntilMs: number;
}

/**
 * Counts wrong codes on the monotonic clock, so that P(hit) stays within `hitsPerDay` and nobody who guesses keeps
 * others out (the sum and who is kept out when: `hub/codes/SPEC.md`).
 *
 * A screen pauses after a few. A code alone is looked at while the first bucket has room; from then on its owner has to
 * be said too, which leaves a guess only that owner's codes to hit. Such guesses draw on a bucket for all units, or
 * all carriers, and on a reserve of that owner's own when the bucket is used up. A scanned QR code is not counted: its
 * tag of 64 bits cannot be guessed.
 */
export class GuessLimit {
  readonly #clock: Clock;
  readonly #limits: () => WrongCodes;
  readonly #hitsPerDay: number;
  readonly #screens = new Map<string, Attempts>();
  readonly #alone: Bucket;
  readonly #units: Bucket;
  readonly #carriers: Bucket;
  /** By owner; only those that are not full. No more than the building has owners, for none counts without a code. */
  readonly #reserves: Map<string, Bucket>;

  /** @param used what `used` said when an earlier process kept it. @param limits read at each wrong code */
  constructor(
    clock: Clock,
    hitsPerDay: number,
    used: GuessesUsed = NOTHING_GUESSED,
    limits: () => WrongCodes = () => WRONG_CODES,
  ) {
    const nowMs = clock.monotonicMs();
    this.#clock = clock;
    this.#hitsPerDay = hitsPerDay;
    this.#limits = limits;
    this.#alone = new Bucket(nowMs, used.alone);
    this.#units = new Bucket(nowMs, used.units);
    this.#carriers = new Bucket(nowMs, used.carriers);
    this.#reserves = new Map(
      Object.entries(used.reserves).map(([owner, part]) => [owner, new Bucket(nowMs, part)]),
    );
  }

  get used(): GuessesUsed {
    const nowMs = this.#clock.monotonicMs();
    this.#forgetFull(nowMs);
    return {
      alone: this.#alone.used(nowMs),
      units: this.#units.used(nowMs),
      carriers: this.#carriers.used(nowMs),
      reserves: Object.fromEntries(
        [...this.#reserves].map(([owner, bucket]) => [owner, bucket.used(nowMs)] as const),
      ),
    };
  }

  /** Whether a typed code may be looked at now. */
  check(guess: Guess): Verdict {
    const nowMs = this.#clock.monotonicMs();
    const pausedMs = (this.#screens.get(guess.screen)?.pausedUntilMs ?? 0) - nowMs;
    if (pausedMs > 0) return { is: 'wait', ms: Math.ceil(pausedMs) };
    const waitMs = Math.min(...this.#waysOf(guess).map(({ bucket, cost }) => bucket.waitMs(nowMs, cost)));
    if (waitMs === 0) return { is: 'go' };
    return guess.owner === null ? { is: 'owner-needed' } : { is: 'wait', ms: waitMs };
  }

  /** Counts a wrong code that was looked at. */
  wrong(guess: Guess): void {
    const nowMs = this.#clock.monotonicMs();
    const ways = this.#waysOf(guess);
    const way = ways.find(({ bucket, cost }) => bucket.waitMs(nowMs, cost) === 0) ?? ways[0];
    way?.bucket.take(nowMs, way.cost);
    if (way?.reserve !== undefined && way.cost > 0) this.#reserves.set(way.reserve, way.bucket);
    this.#wrongAt(guess.screen, nowMs);
  }

  /** The buckets that may pay for a guess, the first one first, and what part of each it takes. */
  #waysOf({ living, owner }: Guess): readonly Way[] {
    if (owner === null) return [{ bucket: this.#alone, cost: this.#cost(living, SHARES.alone) }];
    const { name, isCarrier } = owner;
    const share = isCarrier ? SHARES.carriers : SHARES.units;
    return [
      {
        bucket: isCarrier ? this.#carriers : this.#units,
        cost: this.#cost(owner.living, share),
      },
      {
        bucket: this.#reserves.get(name) ?? new Bucket(this.#clock.monotonicMs(), 0),
        // An owner's part of the reserves is its part of the codes: what a guess takes does not depend on the owner.
        cost: owner.living === 0 ? 0 : this.#cost(living, SHARES.reserves),
        reserve: name,
      },
    ];
  }

  /** The part of a bucket that a guess takes which could hit so many codes. */
  #cost(living: number, share: number): number {
    return living / CODE_SPACE / (this.#hitsPerDay * share * AT_ONCE);
  }

  #wrongAt(screen: string, nowMs: number): void {
    const { wrongCodes, wrongWithinMs, wrongPauseMs } = this.#limits();
    const before = this.#screens.get(screen)?.wrongMs ?? [];
    const wrongMs = [...before.filter((at) => at > nowMs - wrongWithinMs), nowMs];
    const paused = wrongMs.length >= wrongCodes;
    this.#screens.delete(screen);
    this.#screens.set(
      screen,
      paused ? { wrongMs: [], pausedUntilMs: nowMs + wrongPauseMs } : { wrongMs, pausedUntilMs: 0 },
    );
    const [oldest] = this.#screens.keys();
    if (this.#screens.size > MAX_SCREENS && oldest !== undefined) this.#screens.delete(oldest);
  }

  #forgetFull(nowMs: number): void {
    for (const [owner, bucket] of this.#reserves) {
      if (bucket.used(nowMs) === 0) this.#reserves.delete(owner);
    }
  }
}

interface Way {
  readonly bucket: Bucket;
  readonly cost: number;
  /** Whose reserve it is. */
  readonly reserve?: string;
}

/** Half a day's guesses at once; the other half comes back over the day: no 24 hours ever see more than the whole. */
const AT_ONCE = 1 / 2;

/** What was guessed, as a part of what may be guessed at once; it runs out over a day. */
class Bucket {
  #used: number;
  #atMs: number;

  constructor(nowMs: number, used: number) {
    this.#used = used;
    this.#atMs = nowMs;
  }

  used(nowMs: number): number {
    return Math.max(0, this.#used - (nowMs - this.#atMs) / DAY_MS);
  }

  /** How long until so much has room; a day for what is more than the whole. */
  waitMs(nowMs: number, cost: number): number {
    if (cost > 1) return DAY_MS;
    return Math.max(0, Math.ceil((this.used(nowMs) + cost - 1) * DAY_MS));
  }

  take(nowMs: number, cost: number): void {
    this.#used = Math.min(1, this.used(nowMs) + cost);
    this.#atMs = nowMs;
  }
}
