/**
 * What a program says to systemd that started it (`Type=notify`, sd_notify(3)): that it is ready, that it is alive, that
 * it is stopping. Node can't write to a datagram socket of the file system, so `systemd-notify`, which comes with
 * systemd, does it; a few milliseconds, twice in each watchdog time.
 */
import { execFile } from 'node:child_process';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';

/** `systemd-notify` writes one datagram; one that hangs must not pile up. */
const TELL_WITHIN_MS = 5_000;
/** sd_watchdog_enabled(3): half of the time that systemd waits. */
const FEEDS_IN_TIME = 2;

export interface SystemdOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Tells systemd; for tests. */
  readonly tell?: (words: string) => Promise<void>;
}

export class Systemd {
  readonly #options: SystemdOptions;
  readonly #isThere: boolean;
  #stopped = false;

  constructor(options: SystemdOptions) {
    this.#options = options;
    this.#isThere = options.environment.NOTIFY_SOCKET !== undefined;
  }

  /** The program does what it is there for. */
  ready(): Promise<void> {
    return this.#say('READY=1');
  }

  /** The watchdog is fed no more, and the end is no failure. */
  stopping(): Promise<void> {
    this.#stopped = true;
    return this.#say('STOPPING=1');
  }

  /**
   * Feeds the watchdog as long as `progress` resolves in time: a program that hangs or can't do its work is ended by
   * systemd, and started again. Without a watchdog nothing is done.
   */
  watch(progress: () => Promise<unknown>): void {
    const { environment, clock } = this.#options;
    const withinMs = Number(environment.WATCHDOG_USEC ?? 0) / 1_000;
    if (!this.#isThere || !(withinMs > 0)) return;
    const everyMs = withinMs / FEEDS_IN_TIME;
    const feed = async () => {
      const isFine = await this.#hasProgress(progress, everyMs);
      if (this.#stopped) return;
      if (isFine) await this.#say('WATCHDOG=1');
      clock.after(everyMs, () => void feed());
    };
    void feed();
  }

  async #hasProgress(progress: () => Promise<unknown>, withinMs: number): Promise<boolean> {
    const { clock, log } = this.#options;
    const late = Promise.withResolvers<false>();
    const timer = clock.after(withinMs, () => late.resolve(false));
    const made = progress().then(
      () => true,
      (error: unknown) => {
        log.error({ err: error }, 'no progress: the watchdog is not fed');
        return false;
      },
    );
    try {
      const isFine = await Promise.race([made, late.promise]);
      if (!isFine) log.error({ withinMs }, 'no progress in time: the watchdog is not fed');
      return isFine;
    } finally {
      timer.cancel();
    }
  }

  async #say(words: string): Promise<void> {
    if (!this.#isThere) return;
    try {
      await (this.#options.tell ?? tellSystemd)(words);
    } catch (error) {
      this.#options.log.warn({ err: error, words }, 'systemd could not be told');
    }
  }
}

function tellSystemd(words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('systemd-notify', [words], { timeout: TELL_WITHIN_MS }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
