/** Looks at the locks' figures now and then, and calls a person for one that wears: once in a month. */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { HubCommand } from '../deliveries/command.ts';
import type { Store } from '../store/store.ts';
import { lockFigures } from './lock-figures.ts';
import { wearOf, wearWords } from './trend.ts';

/** Locks wear over weeks. */
const LOOK_EACH_MS = 3_600_000;
/** A lock that staff have looked at is not named again for so long. */
const AGAIN_AFTER_MS = 30 * 24 * 3_600_000;

export interface LockWatchOptions {
  readonly store: Pick<Store, 'query'>;
  readonly banks: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly execute: (command: HubCommand) => Promise<unknown>;
}

export class LockWatch {
  readonly #options: LockWatchOptions;
  #timer: Timer | undefined;

  constructor(options: LockWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, log } = this.#options;
    this.#timer = clock.after(LOOK_EACH_MS, () => {
      this.start();
      this.look().catch((error: unknown) => log.warn({ err: error }, 'the figures of the locks'));
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Looks at every bank once. */
  async look(): Promise<void> {
    for (const bank of this.#options.banks()) await this.#lookAt(bank);
  }

  async #lookAt(bank: string): Promise<void> {
    const { store, clock, execute } = this.#options;
    const nowMs = clock.wallMs();
    const { locks } = await lockFigures(store, bank, nowMs);
    const named = await store.query<{ compartment: number }>(
      `select compartment from cases
        where kind = 'lock-wearing' and bank = $1 and (state = 'open' or opened_at > $2::bigint)`,
      [bank, Math.trunc(nowMs - AGAIN_AFTER_MS)],
    );
    for (const lock of locks) {
      if (named.some(({ compartment }) => compartment === lock.compartment)) continue;
      const wear = wearOf(lock, locks);
      if (wear === null) continue;
      const detail = wearWords(lock.compartment, wear);
      await execute({ type: 'lock-wearing', bank, compartment: lock.compartment, detail });
    }
  }
}
