/** Follows the chains of the buildings' logs in the background, one building at a time, page by page. */
import { type Clock, delay, type Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Gateway } from '../api/api.ts';
import { CLAIM_MS, claimDue, type DueCheck, dropClaim, keepVerdict, renewClaim } from './log-checks.ts';
import { verifyLog } from './verify-log.ts';

/** Between two looks for a building that is due: an operator who asked waits this long. */
const LOOK_EVERY_MS = 5_000;
/** Rests for as long as a page of 1,000 entries took, and no shorter than this: half of one connection at most. */
const REST_MS = 20;

/** The gateway stops: what was checked so far is checked again by the next one. */
class Stopped extends Error {}

export class LogChecking {
  readonly #gateway: Pick<Gateway, 'database' | 'clock' | 'log'>;
  #timer: Timer | undefined;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(gateway: Pick<Gateway, 'database' | 'clock' | 'log'>) {
    this.#gateway = gateway;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = this.#gateway.clock.after(LOOK_EVERY_MS, () => {
      this.#working = this.#look().then(() => this.start());
    });
  }

  /** Ends after the page that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#working;
  }

  /** All that is due, one after the other. */
  async #look(): Promise<void> {
    const { database, clock, log } = this.#gateway;
    try {
      for (let more = true; more && !this.#isStopped; ) {
        const due = await database.transaction((client) => claimDue(client, clock.wallMs()));
        more = due !== null && (await this.#check(due));
      }
    } catch (error) {
      log.warn({ err: error }, 'logs to check could not be looked for');
    }
  }

  /** False if it did not come to its end: the next look tries again. */
  async #check(due: DueCheck): Promise<boolean> {
    const { database, clock, log } = this.#gateway;
    const { building } = due;
    try {
      const verdict = await verifyLog(database, building, { onPage: this.#breath(building, clock) });
      await database.transaction((client) => keepVerdict(client, due, verdict, clock.wallMs()));
      if (verdict.kind === 'damaged') log.error({ building, ...verdict }, 'a log is not as it was chained');
      return true;
    } catch (error) {
      if (!(error instanceof Stopped)) log.error({ err: error, building }, 'a log could not be checked');
      await database.transaction((client) => dropClaim(client, building));
      return false;
    }
  }

  /** Called behind each page: rests, keeps the claim, and ends when the gateway stops. */
  #breath(building: string, clock: Clock): () => Promise<void> {
    const { database } = this.#gateway;
    let pageMs = clock.monotonicMs();
    let claimedMs = pageMs;
    return async () => {
      if (this.#isStopped) throw new Stopped();
      await delay(clock, Math.max(REST_MS, clock.monotonicMs() - pageMs));
      pageMs = clock.monotonicMs();
      if (pageMs - claimedMs < CLAIM_MS / 2) return;
      await database.transaction((client) => renewClaim(client, building, clock.wallMs()));
      claimedMs = pageMs;
    };
  }
}
