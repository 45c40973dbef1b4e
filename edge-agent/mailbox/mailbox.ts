/** Drives one PLC by the mailbox contract (devices/MAILBOX.md): beats, asks for openings, and proves what can't act. */
import { type Clock, delay } from '@lockerhub/protocol/time/clock.ts';
import { Turns } from '@lockerhub/protocol/time/turns.ts';
import { Cadence } from '../bank/cadence.ts';
import type { UnitGuard } from '../bank/unit-guard.ts';
import { MAILBOX, MAILBOX_RESULT } from '../devices/mailbox-registers.ts';
import { type Line, LineError } from '../lines/line.ts';
import {
  commandWords,
  type Fate,
  fateOf,
  isNewer,
  type MailboxCommand,
  type MailboxStatus,
  readStatus,
  sequenceAfter,
} from './mailbox-frame.ts';
import { type MailboxEvent, type MailboxState, nextMailboxState } from './mailbox-state.ts';

/** A command holds so long: a line's usual time-out and as much again, well within what the PLC takes (10 s). */
const OPEN_HOLDS_MS = 2_000;
/** A status that old still tells the PLC's clock well enough: its drift is microseconds, its boot number it checks. */
const STATUS_FRESH_MS = 500;
/** A program takes a scan or two to answer, some 10 ms each. */
const ECHO_PAUSE_MS = 10;
const ECHO_WITHIN_MS = 1_000;
/** How long an opening waits to learn what became of it before its door counts as unknown. */
const SETTLE_WITHIN_MS = 3_000;
const FENCE_PAUSE_MS = 100;
/** Beats within the time-out, so that one may be lost. */
const BEATS_IN_TIMEOUT = 3;

export interface MailboxOptions {
  readonly unit: number;
  /** The mailbox's first register. */
  readonly address: number;
  readonly heartbeatTimeoutMs: number;
  readonly line: Line;
  readonly clock: Clock;
  /** Reads the status now, ahead of the polls; `note` is told before this resolves. False: it was not answered. */
  readonly look: () => Promise<boolean>;
}

/** A status, when it came, and on which connection of the line. */
interface Known {
  readonly status: MailboxStatus;
  readonly atMs: number;
  readonly connection: number;
}

type Named = Pick<MailboxCommand, 'boot' | 'sequence'>;

/** A turn at the mailbox: nobody else's command comes before its end. */
export interface MailboxTurn {
  /** The name that its command will have: to be written down before that is given. */
  readonly asked: Named;
  /**
   * Asks for one pulse. Resolves once the PLC has said that it energised the lock.
   *
   * @throws LineError: `mayStillAct` only if even that could not be learnt in time, or the PLC restarted meanwhile
   */
  open(compartment: number, pulseMs: number): Promise<void>;
}

export class Mailbox implements UnitGuard {
  readonly #options: MailboxOptions;
  readonly #cadence: Cadence;
  #state: MailboxState = 'doubtful';
  #status: Known | null = null;
  /** The last sequence that this process used under a boot number. */
  #sent = { boot: 0, sequence: 0 };
  /** What the PLC said when the last fence was consumed. */
  #proof: MailboxStatus | null = null;
  /** The lock that may have been energised just before the last proof. */
  #acted: { readonly compartment: number; readonly atMs: number } | null = null;
  #heartbeat = 0;
  /** One exchange with the mailbox at a time; one door and the beat are all that ever wait. */
  readonly #turns = new Turns();
  #fenceWaits = false;
  #stopped = false;

  /** Does nothing until `start`. */
  constructor(options: MailboxOptions) {
    this.#options = options;
    const periodMs = Math.floor(options.heartbeatTimeoutMs / BEATS_IN_TIMEOUT);
    this.#cadence = new Cadence(options.clock, periodMs, () => this.#beat());
  }

  get ready(): boolean {
    const known = this.#status;
    return (
      (this.#state === 'sure' || this.#state === 'asking') &&
      known !== null &&
      known.connection === this.#options.line.connection &&
      known.status.agentHeard
    );
  }

  /** No command given before can act any more, and what one may just have done to this lock has shown by now. */
  isSettled(compartment: number, showsWithinMs: number): boolean {
    if (this.#state !== 'sure') return false;
    const acted = this.#acted;
    if (acted?.compartment !== compartment) return true;
    return this.#options.clock.monotonicMs() - acted.atMs >= showsWithinMs;
  }

  start(): void {
    this.#stopped = false;
    this.#cadence.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#cadence.stop();
  }

  /** The status registers were read, by a poll or a look. */
  note(words: readonly number[]): void {
    const { line, clock } = this.#options;
    const status = readStatus(words);
    // A status that can't be read is a program that is not there, or not yet again.
    const isAnother = this.#status !== null && this.#status.status.boot !== status?.boot;
    if (isAnother) this.#step('boot-changed');
    this.#status = status && { status, atMs: clock.monotonicMs(), connection: line.connection };
  }

  /** What became of a command of this process or an earlier one; null: no fence behind it was consumed yet. */
  fate(asked: Named, compartment: number): Fate | null {
    return this.#proof && fateOf(asked, compartment, this.#proof);
  }

  /** Does it in a turn of its own; null: the mailbox is not ready. */
  take<Result>(act: (turn: MailboxTurn | null) => Promise<Result>): Promise<Result> {
    return this.#turns.take(async () => act(await this.#turn()));
  }

  async #turn(): Promise<MailboxTurn | null> {
    const known = this.ready ? await this.#fresh() : null;
    if (!known || this.#state !== 'sure') return null;
    const asked = { boot: known.status.boot, sequence: this.#nextSequence(known.status) };
    return { asked, open: (compartment, pulseMs) => this.#open(asked, compartment, pulseMs) };
  }

  async #open({ boot, sequence }: Named, compartment: number, pulseMs: number): Promise<void> {
    const known = this.#status;
    // The PLC may have restarted since the turn began.
    if (known?.status.boot !== boot || this.#state !== 'sure')
      throw this.#error('line-offline', 'its mailbox is not ready', false);
    const expiryMs = this.#clockOf(known) + OPEN_HOLDS_MS;
    this.#step('open-sent');
    const echo = await this.#command({ boot, sequence, compartment, pulseMs, expiryMs }).catch(
      (error: unknown) => {
        if (error instanceof LineError && error.mayStillAct) return null;
        this.#step('open-answered');
        throw error;
      },
    );
    if (echo?.consumed.sequence !== sequence) return this.#settle(boot, sequence);
    this.#step('open-answered');
    if (echo.consumed.result === MAILBOX_RESULT.opened) return;
    throw this.#error('device-refused', `it refuses: ${inWords(echo.consumed.result)}`, false);
  }

  /** The fate of an open is not known: a newer command for no door makes sure of it, and its echo tells. */
  async #settle(boot: number, sequence: number): Promise<void> {
    const { clock } = this.#options;
    this.#step('open-lost');
    const untilMs = clock.monotonicMs() + SETTLE_WITHIN_MS;
    await this.#fence();
    while (this.#state !== 'sure' && clock.monotonicMs() < untilMs && !this.#stopped) {
      await delay(clock, FENCE_PAUSE_MS);
      await this.#fence();
    }
    if (this.#state !== 'sure') throw this.#error('line-timeout', 'its mailbox did not say', true);
    const now = this.#status?.status;
    if (now?.boot !== boot) throw this.#error('line-reset', 'it restarted meanwhile', true);
    if (now.opened.sequence === sequence) return;
    throw this.#error('line-timeout', 'it never took the command', false);
  }

  async #beat(): Promise<void> {
    const { line, unit, address } = this.#options;
    if (!line.reaches(unit)) return;
    this.#heartbeat = sequenceAfter(this.#heartbeat);
    const value = this.#heartbeat;
    try {
      await line.request(
        { unit, kind: 'write-register', address: address + MAILBOX.heartbeat, value },
        'command',
      );
    } catch (error) {
      // A beat that is lost is followed by the next; the line tells its trouble itself.
      if (!(error instanceof LineError)) throw error;
    }
    if (this.#state !== 'doubtful' || this.#fenceWaits) return;
    // Not awaited: beats go on meanwhile.
    this.#fenceWaits = true;
    void this.#turns
      .take(() => this.#fence())
      .finally(() => {
        this.#fenceWaits = false;
      });
  }

  async #fence(): Promise<void> {
    if (this.#state !== 'doubtful') return;
    const known = await this.#fresh();
    if (!known) return;
    const { boot } = known.status;
    const sequence = this.#nextSequence(known.status);
    this.#step('fence-sent');
    const fence = { boot, sequence, compartment: 0, pulseMs: 0, expiryMs: known.status.clockMs };
    const echo = await this.#command(fence).catch(nullIfUnanswered);
    const { consumed, opened } = echo ?? {};
    const isConsumed =
      consumed?.sequence === sequence && consumed.result === MAILBOX_RESULT['opened-nothing'];
    if (isConsumed && echo && opened) {
      this.#proof = echo;
      this.#acted =
        opened.sequence === 0
          ? null
          : { compartment: opened.compartment, atMs: this.#options.clock.monotonicMs() };
    }
    this.#step(isConsumed ? 'fence-consumed' : 'fence-lost');
  }

  /**
   * Writes a command and reads until the status says something of it; null if it does not.
   *
   * @throws LineError if the write itself got no good answer
   */
  async #command(command: Parameters<typeof commandWords>[0]): Promise<MailboxStatus | null> {
    const { line, unit, address, clock, look } = this.#options;
    const { boot, sequence } = command;
    this.#sent = { boot, sequence };
    const values = commandWords(command);
    const before = this.#status?.status.answered;
    await line.request({ unit, kind: 'write-registers', address, values }, 'command');
    const untilMs = clock.monotonicMs() + ECHO_WITHIN_MS;
    while (await look()) {
      const status = this.#status?.status;
      if (status?.boot !== boot) return null;
      if (status.consumed.sequence === sequence || isAnswer(status, sequence, before)) return status;
      if (clock.monotonicMs() >= untilMs) return null;
      await delay(clock, ECHO_PAUSE_MS);
    }
    return null;
  }

  async #fresh(): Promise<Known | null> {
    const { line, clock, look } = this.#options;
    const known = this.#status;
    const isFresh =
      known?.connection === line.connection && clock.monotonicMs() - known.atMs <= STATUS_FRESH_MS;
    if (isFresh) return known;
    return (await look()) ? this.#status : null;
  }

  #clockOf({ status, atMs }: Known): number {
    return Math.floor(status.clockMs + this.#options.clock.monotonicMs() - atMs);
  }

  #nextSequence({ boot, consumed }: MailboxStatus): number {
    const sent = this.#sent;
    const isAhead = sent.boot === boot && isNewer(sent.sequence, consumed.sequence);
    return sequenceAfter(isAhead ? sent.sequence : consumed.sequence);
  }

  #step(event: MailboxEvent): void {
    this.#state = nextMailboxState(this.#state, event);
  }

  #error(code: LineError['code'], message: string, mayStillAct: boolean): LineError {
    const { line, unit } = this.#options;
    return new LineError(code, `line ${line.id}: unit ${unit}: ${message}`, mayStillAct);
  }
}

/** An answer to that sequence, and not an old one to a frame of an earlier life that had the same number. */
function isAnswer(
  { answered }: MailboxStatus,
  sequence: number,
  before: MailboxStatus['answered'] | undefined,
): boolean {
  if (answered.sequence !== sequence) return false;
  return answered.sequence !== before?.sequence || answered.result !== before.result;
}

function nullIfUnanswered(error: unknown): null {
  if (error instanceof LineError) return null;
  throw error;
}

function inWords(result: number): string {
  const name = Object.entries(MAILBOX_RESULT).find(([, code]) => code === result)?.[0];
  return `${name ?? 'for a reason not known'} (result ${result})`;
}
