/** Keeps strangers from trying codes: few failures an address, and a bound over all, which bounds the memory too. */
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../error.ts';

/** An installer mistypes a code now and then; 80 random bits are not found by trying, this keeps the noise down. */
const FAILURES_AN_ADDRESS = 10;
const FAILURES_IN_ALL = 1_000;
const WINDOW_S = 600;
const ALL = 'all';
/** RFC 6177: a site has at least a /64, so that its addresses count as one. */
const SITE_GROUPS = 4;

export class GuessLimit {
  readonly #byAddress = new RateLimiterMemory({ points: FAILURES_AN_ADDRESS, duration: WINDOW_S });
  readonly #inAll = new RateLimiterMemory({ points: FAILURES_IN_ALL, duration: WINDOW_S });

  /**
   * Runs `attempt`; a wrong code counts as a failure of this address.
   *
   * @throws GatewayError `too-many-attempts` before it is tried; else what `attempt` throws
   */
  async guard<Result>(address: string, attempt: () => Promise<Result>): Promise<Result> {
    const key = siteOf(address);
    await this.#requireFree(key);
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'code-unknown') await this.#count(key);
      throw error;
    }
  }

  async #requireFree(key: string): Promise<void> {
    for (const [limiter, name] of [
      [this.#inAll, ALL],
      [this.#byAddress, key],
    ] as const) {
      const state = await limiter.get(name);
      if (state && state.remainingPoints <= 0 && state.msBeforeNext > 0) {
        throw new GatewayError('too-many-attempts', 'too many wrong codes; wait, then type it once more', {
          retryAfterMs: state.msBeforeNext,
        });
      }
    }
  }

  async #count(key: string): Promise<void> {
    for (const [limiter, name] of [
      [this.#inAll, ALL],
      [this.#byAddress, key],
    ] as const) {
      await limiter.consume(name).catch((full: unknown) => {
        // Attempts that ran side by side may go over the limit; the next one is refused.
        if (!(full instanceof RateLimiterRes)) throw full;
      });
    }
  }
}

function siteOf(address: string): string {
  return isIPv6(address) ? expand(address).slice(0, SITE_GROUPS).join(':') : address;
}

/** The first groups of an IPv6 address, with `::` filled in as far as they reach. */
function expand(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  return [...left, ...Array<string>(SITE_GROUPS).fill('0')];
}
