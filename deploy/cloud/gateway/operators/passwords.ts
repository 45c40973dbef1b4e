import { hash, verify } from '@node-rs/argon2';
import { GatewayError } from '../error.ts';

/** OWASP's password storage cheat sheet: argon2id (the library's default), 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;
/** Hashes computed at once: each takes 19 MiB and a thread of libuv's four. */
const MAX_AT_ONCE = 2;
/** Sign-ins that wait for a turn; further ones are refused (about 18 ms each, FINDINGS 6). */
const MAX_WAITING = 50;
const RETRY_MS = 1_000;

/** Hashes and checks passwords, a bounded number at once. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #decoy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return this.#turn(() => hash(password, ARGON2));
  }

  /** Checks a password; without a hash to check against it takes as long and says no. */
  async verify(hashed: string | undefined, password: string): Promise<boolean> {
    this.#decoy ??= hash('nobody has this password', ARGON2);
    const against = hashed ?? (await this.#decoy);
    const fits = await this.#turn(() => verify(against, password));
    return fits && hashed !== undefined;
  }

  async #turn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < MAX_AT_ONCE) this.#running += 1;
    else await this.#wait();
    try {
      return await work();
    } finally {
      // The next one takes this one's place; only without a next one does the count go down.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new GatewayError('overloaded', 'too many people sign in at once; try again in a moment', {
        retryAfterMs: RETRY_MS,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
