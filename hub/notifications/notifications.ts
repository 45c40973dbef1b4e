/**
 * Sends what waits. The queue is the log's: whatever happens to this process, a queued message is found again, and
 * nothing waits in memory. At least once: a kill right after the sending sends it a second time.
 *
 * A person's messages go out one after the other, each by the first of their contacts that takes it. A channel that is
 * away is left alone for a pause that grows, and then asked with few letters, not with all that wait.
 */
import type { ChannelName } from '@lockerhub/protocol/http/messages.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Logger } from 'pino';
import type { NotifierCommand } from '../deliveries/command.ts';
import { StoreError } from '../store/store-error.ts';
import { kindOf, type Notifier, NotifierError } from './notifier.ts';
import type { LetterSource, Waiting, Written } from './waiting.ts';

/** Letters looked at in one go, and sent at once. */
const BATCH = 500;
const AT_ONCE = 4;
/** The pause after the first failure; it triples up to `LONGEST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 10_000;
const PAUSE_GROWTH = 3;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** A letter that its channels refuse for now again and again is given up and becomes a case: after about a day. */
export const MAX_ATTEMPTS = 50;
/** What failed without a reason of the notifier's own. */
const UNKNOWN_REASON = 'the notifier failed';
const UNWRITTEN_REASON = 'the letter could not be written';

export interface NotificationsOptions {
  /** Whose letters wait; those of the first go before those of the next. */
  readonly sources: readonly LetterSource[];
  /** The channels that are set. Whoever can be reached by none of them finds theirs in the outbox, through the desk. */
  readonly notifiers: {
    get(channel: ChannelName): Promise<Notifier | undefined>;
    stop(): void;
  };
  readonly clock: Clock;
  readonly log: Logger;
  readonly execute: (command: NotifierCommand) => Promise<unknown>;
}

interface Pause {
  readonly attempts: number;
  readonly notBeforeMs: number;
}
/** A message that failed; `never`: the contacts that will never take it. Each is bounded by a contact list. */
interface Failed extends Pause {
  readonly never: readonly string[];
}

/** A contact, and by whom it is reached. */
interface Way {
  readonly notifier: Notifier;
  readonly to: string;
  readonly name: string;
}

export class Notifications {
  readonly #options: NotificationsOptions;
  /** What failed, by message: bounded by `BATCH` a source, because only what was looked at is here. */
  readonly #failed = new Map<string, Failed>();
  readonly #away = new Map<ChannelName, Pause & { readonly reason: string }>();
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

  /** A channel was set anew: what it was before says nothing of it now. */
  changed(channel: ChannelName): void {
    this.#away.delete(channel);
    this.#failed.clear();
    this.wake();
  }

  /** Why a channel does not work just now; null: it does, or was not tried. */
  trouble(channel: ChannelName): string | null {
    return this.#away.get(channel)?.reason ?? null;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
    this.#options.notifiers.stop();
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    const { sources, clock, log } = this.#options;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const rows = (await Promise.all(sources.map((source) => source.queued(BATCH)))).flat();
        this.#forgetOthers(rows);
        const due = firstOfEach(rows).filter((row) => this.#waitMs(this.#failed.get(row.message)) <= 0);
        for (let from = 0; from < due.length && !this.#stopped; from += AT_ONCE) {
          await Promise.all(due.slice(from, from + AT_ONCE).map((row) => this.#send(row)));
        }
        // Somebody's next one may be due now.
        if (due.length > 0 && rows.length > due.length) this.#again = true;
      } catch (error) {
        log.error({ err: error }, 'messages wait: they could not be read');
        this.#timer = clock.after(FIRST_PAUSE_MS, () => this.wake());
        return;
      }
    }
    const waits = [...this.#failed.values()].map((failed) => this.#waitMs(failed));
    if (waits.length > 0 && !this.#stopped) {
      this.#timer = clock.after(Math.max(0, Math.min(...waits)), () => this.wake());
    }
  }

  async #send(row: Waiting): Promise<void> {
    const { execute } = this.#options;
    const ways = await this.#ways(row);
    const [first] = ways;
    if (!first) {
      await this.#nobodyTakes(row);
      return;
    }
    let written: Written | null;
    try {
      written = await row.write();
    } catch (error) {
      await this.#notWritten(row, first, error);
      return;
    }
    if (!written) {
      await execute({ type: 'message-void', message: row.message });
      return;
    }
    for (const { notifier, to, name } of ways) {
      const away = this.#away.get(notifier.channel);
      if (this.#waitMs(away) > 0) continue;
      try {
        await notifier.send({ message: row.message, to, ...written });
      } catch (error) {
        if (await this.#refused(row, notifier.channel, name, error)) return;
        continue;
      }
      this.#away.delete(notifier.channel);
      this.#failed.delete(row.message);
      await execute({ type: 'message-sent', message: row.message, channel: notifier.channel });
      return;
    }
    await this.#wait(row);
  }

  /** One letter that can't be written fails for itself alone: the others go on. What the store says is about them all. */
  async #notWritten(row: Waiting, { notifier, name }: Way, error: unknown): Promise<void> {
    if (error instanceof StoreError) throw error;
    this.#options.log.error({ err: error, message: row.message }, 'a message could not be written');
    const fault = new NotifierError(UNWRITTEN_REASON, { permanent: false }, { cause: error });
    if (!(await this.#refused(row, notifier.channel, name, fault))) await this.#wait(row);
  }

  /** The contacts that may still take it, in their order. */
  async #ways(row: Waiting): Promise<Way[]> {
    const { notifiers } = this.#options;
    const never = this.#failed.get(row.message)?.never ?? [];
    const ways: Way[] = [];
    for (const { channel, to } of row.contacts()) {
      const name = `${channel} ${to}`;
      if (never.includes(name) || row.without.includes(channel)) continue;
      const notifier = await notifiers.get(channel);
      if (notifier) ways.push({ notifier, to, name });
    }
    return ways;
  }

  /** No contact is left: it stays in the outbox, as sent to the desk if none was ever tried. */
  async #nobodyTakes(row: Waiting): Promise<void> {
    const failed = this.#failed.get(row.message);
    if (!failed) {
      await this.#options.execute({ type: 'message-sent', message: row.message, channel: 'outbox' });
      return;
    }
    this.#failed.delete(row.message);
    await this.#options.execute({
      type: 'message-failed',
      message: row.message,
      channel: row.channel ?? 'outbox',
      attempt: failed.attempts,
      final: true,
      reason: row.reason ?? UNKNOWN_REASON,
    });
  }

  /** Notes what failed. @returns whether the message was given up. */
  async #refused(row: Waiting, channel: ChannelName, name: string, error: unknown): Promise<boolean> {
    const { log, execute } = this.#options;
    const known = error instanceof NotifierError ? error : undefined;
    const reason = known?.message ?? UNKNOWN_REASON;
    if (known?.away) this.#away.set(channel, { ...this.#pause(this.#away.get(channel)), reason });
    const before = this.#failed.get(row.message);
    const attempt = (before?.attempts ?? 0) + 1;
    const never = [...(before?.never ?? []), ...(known?.permanent ? [name] : [])];
    this.#failed.set(row.message, { attempts: attempt, notBeforeMs: before?.notBeforeMs ?? 0, never });
    const left = known?.permanent ? (await this.#ways(row)).length : 1;
    // A channel that is away says nothing against the letter.
    const final = left === 0 || (attempt >= MAX_ATTEMPTS && !known?.away);
    if (final) this.#failed.delete(row.message);
    const cause = known ? undefined : kindOf(error);
    log.warn({ message: row.message, channel, attempt, final, reason, cause }, 'a message did not go out');
    await execute({ type: 'message-failed', message: row.message, channel, attempt, final, reason });
    return final;
  }

  /** Lets it wait, for its own pause or until the first of its channels may be asked again. */
  async #wait(row: Waiting): Promise<void> {
    const failed = this.#failed.get(row.message) ?? { attempts: 0, notBeforeMs: 0, never: [] };
    const channels = new Set((await this.#ways(row)).map(({ notifier }) => notifier.channel));
    const awayMs = [...channels].map((channel) => this.#away.get(channel)?.notBeforeMs ?? Infinity);
    const own = this.#pause({ ...failed, attempts: Math.max(0, failed.attempts - 1) }).notBeforeMs;
    const notBeforeMs = Math.min(own, ...awayMs);
    this.#failed.set(row.message, { ...failed, notBeforeMs });
  }

  #pause(before: Pause | undefined): Pause {
    const attempts = (before?.attempts ?? 0) + 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS * PAUSE_GROWTH ** (attempts - 1), LONGEST_PAUSE_MS);
    return { attempts, notBeforeMs: this.#options.clock.monotonicMs() + pauseMs };
  }

  #waitMs(pause: Pause | undefined): number {
    return pause ? pause.notBeforeMs - this.#options.clock.monotonicMs() : 0;
  }

  #forgetOthers(rows: readonly Waiting[]): void {
    const queued = new Set(rows.map((row) => row.message));
    for (const message of this.#failed.keys()) if (!queued.has(message)) this.#failed.delete(message);
  }
}

/** The oldest letter to each person: the next one waits for it. */
function firstOfEach(rows: readonly Waiting[]): Waiting[] {
  const seen = new Set<string>();
  return rows.filter(({ whom }) => !seen.has(whom) && seen.add(whom));
}
