import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import type { CodeProof } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import { Attempts } from '../sign-in/attempts.ts';
import { newToken, tokenHash } from '../sign-in/token.ts';

/** Phones at once; beyond, the one that came first has to show its code again. */
const MAX_PHONES = 200;
/** A code that was shown counts for so long: to look through a list and name a few people. */
export const SHOWN_FOR_MS = 15 * 60_000;
/** One resident names so many a day from phones: each may cost the building a text message. */
export const NAMED_A_DAY = 10;
const DAY_MS = 24 * 3_600_000;

/** Phones of residents who have shown their code, wherever they are. They open nothing. */
export class ResidentPhones {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #named: Attempts;
  readonly #byHash = new Map<string, { readonly proof: CodeProof; readonly untilMs: number }>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#named = new Attempts(clock, NAMED_A_DAY, DAY_MS);
  }

  /** A token for this phone. Whether the code still holds is looked at whenever it is used. */
  admit(proof: CodeProof): string {
    const token = newToken(this.#random);
    this.#byHash.set(tokenHash(token), { proof, untilMs: this.#clock.monotonicMs() + SHOWN_FOR_MS });
    for (const hash of this.#byHash.keys()) {
      if (this.#byHash.size <= MAX_PHONES) break;
      this.#byHash.delete(hash);
    }
    return token;
  }

  who(token: string): CodeProof | undefined {
    const known = this.#byHash.get(tokenHash(token));
    return known && known.untilMs > this.#clock.monotonicMs() ? known.proof : undefined;
  }

  /**
   * Counts that this resident names somebody.
   *
   * @throws HubError `too-many-requests`
   */
  countNamed(resident: string): void {
    const retryAfterMs = this.#named.blockedForMs(resident);
    if (retryAfterMs > 0) {
      const what = `a phone names ${NAMED_A_DAY} people a day at most; ask the staff`;
      throw new HubError('too-many-requests', what, { retryAfterMs });
    }
    this.#named.failed(resident);
  }
}
