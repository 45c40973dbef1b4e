import type { Random } from '@lockerhub/protocol/time/random.ts';
import { newToken, tokenHash } from '../sign-in/token.ts';

/** Phones at once; beyond, the one that came first has to prove again where it is. */
const MAX_PHONES = 200;

export interface PhoneVisit {
  readonly terminal: string;
  readonly visit: string;
}

/** Phones whose owners have proved that they stand at a terminal: each may act in its one visit there, and see no other. */
export class PhoneVisits {
  readonly #random: Random;
  readonly #byHash = new Map<string, PhoneVisit>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** A token for this visit. It is worth nothing once the visit is over. */
  admit(visit: PhoneVisit): string {
    const token = newToken(this.#random);
    this.#byHash.set(tokenHash(token), visit);
    for (const hash of this.#byHash.keys()) {
      if (this.#byHash.size <= MAX_PHONES) break;
      this.#byHash.delete(hash);
    }
    return token;
  }

  who(token: string): PhoneVisit | undefined {
    return this.#byHash.get(tokenHash(token));
  }
}
