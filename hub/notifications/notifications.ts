/**
 * Sends what waits. The queue is the table: whatever happens to this process, a queued message is found again, and
 * nothing waits in memory. At least once: a kill right after the sending sends it a second time.
 */
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { NotifierCommand } from '../deliveries/command.ts';
import type { Register } from '../log/register.ts';
import { writeLetter } from './letter.ts';
import { type Notifier, NotifierError } from './notifier.ts';
import type { MessageRow, Outbox } from './outbox.ts';

/** Letters looked at in one go, and sent at once. */
const BATCH = 500;
const AT_ONCE = 4;
/** The pause after the first failure; it triples up to `LONGEST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 10_000;
const PAUSE_GROWTH = 3;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** Then it is given up and becomes a case: with the pauses above about a day without a mail server. */
export const MAX_ATTEMPTS = 50;
/** What failed without a reason of the notifier's own. */
const UNKNOWN_REASON = 'the notifier failed';

export interface NotificationsOptions {
  readonly outbox: Outbox;
  readonly register: Register;
  /** Mail, if a server is configured. Residents without an address find theirs in the outbox, through the desk. */
  readonly mail: Notifier | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly execute: (command: NotifierCommand) => Promise<unknown>;
}

export class Notifications {
  readonly #options: NotificationsOptions;
  /** What failed, by message: bounded by `BATCH`, because only what was looked at is here. */
  readonly #failed = new Map<string, { attempts: number; notBeforeMs: number }>();
  #running: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: NotificationsOptions) {
    this.#options = options;
  }

  /** Something waits: at start, and whenever a message was queued. */
  wake(): void {
    this.#again = true;
    if (this.#running || this.#stopped) return;
    this.#timer?.cancel();
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
    this.#options.mail?.stop();
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const rows = await outbox.queued(BATCH);
        this.#forgetOthers(rows);
        const due = rows.filter((row) => this.#waitMs(row) <= 0);
        for (let from = 0; from < due.length && !this.#stopped; from += AT_ONCE) {
          await Promise.all(due.slice(from, from + AT_ONCE).map((row) => this.#send(row)));
        }
        if (due.length === BATCH) this.#again = true;
      } catch (error) {
        log.error({ err: error }, 'messages wait: they could not be read');
        this.#timer = clock.after(FIRST_PAUSE_MS, () => this.wake());
        return;
      }
    }
    const waits = [...this.#failed.values()].map(({ notBeforeMs }) => notBeforeMs - clock.monotonicMs());
    if (waits.length > 0 && !this.#stopped) {
      this.#timer = clock.after(Math.max(0, Math.min(...waits)), () => this.wake());
    }
  }

  async #send(row: MessageRow): Promise<void> {
    const { outbox, register, mail, execute } = this.#options;
    const to = register.get('residents', row.resident)?.email;
    const channel = mail && to ? mail.channel : 'outbox';
    try {
      if (mail && to) {
        const facts = await outbox.facts(row);
        await mail.send(to, writeLetter(facts, false), facts.qr);
      }
    } catch (error) {
      await this.#retryOrGiveUp(row, channel, error);
      return;
    }
    this.#failed.delete(row.message);
    await execute({ type: 'message-sent', message: row.message, channel });
  }

  async #retryOrGiveUp(row: MessageRow, channel: string, error: unknown): Promise<void> {
    const { clock, log, execute } = this.#options;
    const attempt = (this.#failed.get(row.message)?.attempts ?? 0) + 1;
    const final = attempt >= MAX_ATTEMPTS || (error instanceof NotifierError && error.permanent);
    const reason = error instanceof NotifierError ? error.message : UNKNOWN_REASON;
    log.warn({ message: row.message, channel, attempt, final, reason }, 'a message did not go out');
    const pauseMs = Math.min(FIRST_PAUSE_MS * PAUSE_GROWTH ** (attempt - 1), LONGEST_PAUSE_MS);
    if (final) this.#failed.delete(row.message);
    else this.#failed.set(row.message, { attempts: attempt, notBeforeMs: clock.monotonicMs() + pauseMs });
    await execute({ type: 'message-failed', message: row.message, channel, attempt, final, reason });
  }

  #waitMs(row: MessageRow): number {
    const failed = this.#failed.get(row.message);
    return failed ? failed.notBeforeMs - this.#options.clock.monotonicMs() : 0;
  }

  #forgetOthers(rows: readonly MessageRow[]): void {
    const queued = new Set(rows.map((row) => row.message));
    for (const message of this.#failed.keys()) if (!queued.has(message)) this.#failed.delete(message);
  }
}
