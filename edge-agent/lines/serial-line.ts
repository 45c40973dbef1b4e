import type { Slug } from '@lockerhub/protocol/ids.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import {
  assertSendable,
  clientOn,
  type ExchangeResult,
  exceptionError,
  exchange,
  type ModbusClient,
  unansweredError,
} from './exchange.ts';
import { type Line, LineError, type LineErrorCode, type LineLane, type LineRequest } from './line.ts';
import { LineTimer } from './line-timer.ts';
import { reconnectPauseMs } from './reconnect-pause.ts';
import { type PendingRequest, RequestQueue } from './request-queue.ts';
import { RtuPort } from './rtu-port.ts';
import { isServing, nextSerialState, type SerialEvent, type SerialState } from './serial-state.ts';
import { frameGapMs, type SerialSettings, transmissionMs } from './serial-timing.ts';
import { type OpenSerialWire, openSerialPort } from './serial-wire.ts';
import { UnitShare } from './unit-share.ts';

/** What tries whether a unit is there and in step. Any whole answer will do, an exception too. */
type UnitTrial = LineRequest & { readonly kind: 'read' };

/** Bauds of both sides may differ by a few per cent before bytes are misread; no answer is faster than this. */
const FASTEST_ANSWER = 0.9;

/** Options of `createSerialLine`. */
export interface SerialLineOptions extends SerialSettings {
  readonly id: Slug;
  /** How long a unit may take from the end of a request to the beginning of its answer. */
  readonly timeoutMs: number;
  /** Silence between two frames that the slowest device on the bus needs, beyond the standard's. */
  readonly frameGapMs: number;
  /** One harmless read for each unit on the bus. Only these units can be asked. */
  readonly trials: readonly UnitTrial[];
  readonly clock: Clock;
  readonly random: Random;
  /** Instead of a port of this machine. */
  readonly openWire?: OpenSerialWire;
}

/** A bus without silence for so long is drowned: about twice the longest frame at 1200 baud. */
const NEVER_QUIET_MS = 5_000;

/**
 * A serial bus of Modbus RTU units: one request in flight, silence before each, each with a timeout. See SPEC.md for
 * its states and for what a unit that does not answer costs the others. Does nothing until `start`.
 */
export function createSerialLine(options: SerialLineOptions): Line {
  return new SerialLine(options);
}

interface Session {
  readonly port: RtuPort;
  readonly client: ModbusClient;
}

/** What was sent last: a request, or a trial (which nobody waits for). */
interface Asked {
  readonly request: LineRequest;
  readonly pending: PendingRequest | null;
  readonly sentAtMs: number;
}

class SerialLine implements Line {
  readonly id: Slug;
  readonly #options: SerialLineOptions;
  readonly #gapMs: number;
  readonly #share: UnitShare;
  readonly #queue = new RequestQueue();
  readonly #listeners = new Set<() => void>();
  readonly #timer: LineTimer;
  /** What begins with each state. */
  readonly #enter: Readonly<Record<SerialState, () => void>> = {
    stopped: () => this.#endSession(),
    opening: () => this.#open(),
    hushing: () => this.#hush(),
    idle: () => this.#takeNext(),
    asking: () => this.#timer.clear(),
    drowned: () => this.#drown(),
    pausing: () => this.#pause(),
  };
  #state: SerialState = 'stopped';
  #trouble = 'not started';
  #wasOnline = false;
  #connection = 0;
  #session: Session | undefined;
  #asked: Asked | undefined;
  /** Went without an answer; charged to its unit once the bus is silent. */
  #unanswered: Asked | undefined;
  #hushedSinceMs = 0;
  #silentSinceMs = 0;
  /** Trials were answered faster than the baud allows: this is no serial line, but a program or network that plays one. */
  #hasNoPace = false;
  #failures = 0;

  constructor(options: SerialLineOptions) {
    this.id = options.id;
    this.#options = options;
    this.#timer = new LineTimer(options.clock);
    this.#gapMs = frameGapMs(options, options.frameGapMs);
    this.#share = new UnitShare(
      options.trials.map(({ unit }) => unit),
      options.random,
    );
  }

  get online(): boolean {
    return isServing(this.#state) && this.#share.isAnyoneThere;
  }

  reaches(unit: number): boolean {
    return this.online && this.#share.isInUse(unit);
  }

  get reason(): string | null {
    return this.online ? null : this.#trouble;
  }

  get connection(): number {
    return this.#connection;
  }

  start(): void {
    this.#on('start');
  }

  async stop(): Promise<void> {
    const port = this.#session?.port;
    this.#session = undefined;
    this.#fall('stop', 'line-offline', 'the line was stopped');
    if (port) await new Promise<void>((resolve) => port.destroy(resolve));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  request(request: LineRequest, lane: LineLane): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      assertSendable(request);
      if (!this.#share.has(request.unit)) throw new RangeError(`line ${this.id} has no unit ${request.unit}`);
      if (!this.online) {
        reject(new LineError('line-offline', this.#message(this.#trouble), false));
      } else if (!this.#share.isInUse(request.unit)) {
        reject(new LineError('line-unit-silent', this.#message(silent(request.unit)), false));
      } else if (!this.#queue.push({ request, resolve, reject }, lane)) {
        reject(new LineError('line-busy', this.#message(`too many requests wait (lane ${lane})`), false));
      } else if (this.#state === 'idle') {
        this.#takeNext();
      } else if (this.#state === 'hushing' && lane === 'command') {
        this.#waitOut(this.#stillMs());
      }
    });
  }

  #on(event: SerialEvent): void {
    const before = this.#state;
    this.#state = nextSerialState(before, event);
    if (this.#state !== before) this.#enter[this.#state]();
    this.#tellIfChanged();
  }

  #tellIfChanged(): void {
    const { online } = this;
    if (online === this.#wasOnline) return;
    this.#wasOnline = online;
    for (const listener of this.#listeners) listener();
  }

  #open(): void {
    const { openWire = openSerialPort } = this.#options;
    const port = new RtuPort(this.#options, openWire, {
      lost: (message, error) => this.#fall('lost', 'line-reset', message, error),
      heard: () => this.#heard(),
      accepts: (bytes) => this.#accepts(bytes),
    });
    const client = clientOn(port);
    this.#session = { port, client };
    client.open(() => {
      this.#connection++;
      this.#failures = 0;
      this.#trouble = 'no unit has answered yet';
      this.#share.reset();
      this.#hasNoPace = false;
      this.#on('opened');
    });
  }

  #heard(): void {
    if (this.#state === 'asking') return;
    if (this.#state === 'hushing' && this.#nowMs() - this.#hushedSinceMs >= NEVER_QUIET_MS) {
      this.#on('never-quiet');
    } else if (this.#state === 'idle') {
      this.#on('noise');
    } else {
      this.#awaitSilence();
    }
  }

  /** What is complete before its bytes can have travelled was said by somebody who was not asked, or not for this. */
  #accepts(bytes: number): boolean {
    const asked = this.#asked;
    if (!asked) return false;
    const tookMs = this.#nowMs() - asked.sentAtMs;
    if (tookMs >= transmissionMs(this.#options, bytes) * FASTEST_ANSWER) return true;
    this.#hasNoPace ||= asked.pending === null;
    return this.#hasNoPace;
  }

  #hush(): void {
    this.#hushedSinceMs = this.#nowMs();
    this.#awaitSilence();
  }

  #awaitSilence(): void {
    this.#silentSinceMs = this.#nowMs();
    this.#waitOut(this.#gapMs);
  }

  /** How long the bus has to be silent yet. */
  #stillMs(): number {
    return this.#silentSinceMs + this.#gapMs - this.#nowMs();
  }

  /** A door waits for a command; a poll may go a millisecond or two late, so that a bank at rest costs no core. */
  #waitOut(stillMs: number): void {
    if (this.#queue.holdsCommands) this.#timer.setPunctually(stillMs, this.#perhapsQuiet);
    else this.#timer.set(stillMs, this.#perhapsQuiet);
  }

  /** A timer of Node may fire early by what its event loop was late. */
  readonly #perhapsQuiet = (): void => {
    const stillMs = this.#stillMs();
    if (stillMs > 0) {
      this.#waitOut(stillMs);
      return;
    }
    this.#judge();
    this.#on('quiet');
  };

  /** The bus is silent: who said what nobody had asked for, and what the last request has cost if it was in vain. */
  #judge(): void {
    const nowMs = this.#nowMs();
    for (const unit of this.#session?.port.takeSpeakers() ?? []) {
      const wasInUse = this.#share.isInUse(unit);
      this.#share.spoke(unit, nowMs);
      if (!wasInUse || this.#share.isInUse(unit)) continue;
      this.#trouble = babbles(unit);
      this.#giveUp(unit, this.#trouble);
    }
    this.#charge(nowMs);
  }

  #charge(nowMs: number): void {
    const unanswered = this.#unanswered;
    if (!unanswered) return;
    this.#unanswered = undefined;
    const { unit } = unanswered.request;
    this.#share.missed(unit, nowMs - unanswered.sentAtMs, nowMs);
    // Whoever waited for this trial has waited long enough; what waited behind a request may see its trial.
    if (!this.#share.isInUse(unit) || unanswered.pending === null) this.#giveUp(unit, silent(unit));
  }

  /** Nobody waits for this unit any more, and for no other if there is none left. */
  #giveUp(unit: number, why: string): void {
    this.#queue.refuseUnit(unit, this.#message(why));
    if (!this.#share.isAnyoneThere) this.#queue.refuseAll(this.#message(this.#trouble));
  }

  /** Who babbles cannot be told: nobody is charged for what goes on from here. */
  #drown(): void {
    this.#charge(this.#nowMs());
    this.#trouble = 'the bus is never silent: a device on it babbles, or its settings differ';
    this.#queue.refuseAll(this.#message(this.#trouble));
    this.#awaitSilence();
  }

  /**
   * Trials that a command waits for, commands, then the trial that has been due for longest, then polls. A unit is tried
   * once in its rest at most, so that its trials can't hold up the commands for others.
   */
  #takeNext(): void {
    const nowMs = this.#nowMs();
    this.#share.wake(nowMs);
    const isInStep = ({ unit }: LineRequest): boolean => this.#share.isInStep(unit);
    const awaited = this.#share.trialDue(nowMs, (unit) => this.#queue.holdsCommandFor(unit));
    const command = awaited === undefined ? this.#queue.take('command', isInStep) : undefined;
    const due = awaited ?? (command ? undefined : this.#share.trialDue(nowMs));
    const trial = this.#options.trials.find(({ unit }) => unit === due);
    const next = command ?? (trial ? undefined : this.#queue.take('poll', isInStep));
    if (next) this.#send(next.request, next);
    else if (trial) this.#send(trial, null);
    else this.#sleep(nowMs);
  }

  /** Until a request comes or somebody's rest is over. */
  #sleep(nowMs: number): void {
    const wakeAtMs = this.#share.nextRestOverMs();
    this.#timer.clear();
    if (wakeAtMs !== null) this.#timer.set(Math.max(0, wakeAtMs - nowMs), () => this.#takeNext());
  }

  #send(request: LineRequest, pending: PendingRequest | null): void {
    const asked = { request, pending, sentAtMs: this.#nowMs() };
    this.#asked = asked;
    this.#on('ask');
    const session = this.#session;
    if (!session) return;
    exchange(session.client, request, (result) => this.#settle(result));
    // A port that answers or fails at once has settled it already, and another timer runs.
    if (this.#asked !== asked) return;
    const underWayMs = transmissionMs(this.#options, session.port.bytesUnderWay);
    this.#timer.setDeadline(this.#options.timeoutMs + underWayMs, this.#timedOut);
  }

  #settle(result: ExchangeResult): void {
    const asked = this.#asked;
    if (!asked) return;
    if (result.kind === 'failure') {
      this.#miss('line-garbage', result.error.message, result.error);
      return;
    }
    this.#asked = undefined;
    this.#share.answered(asked.request.unit, this.#nowMs());
    if (result.kind === 'values') asked.pending?.resolve(result.values);
    else asked.pending?.reject(exceptionError(asked.request, result.code, this.#message));
    this.#on('over');
  }

  readonly #timedOut = (): void => {
    const port = this.#session?.port;
    const unit = this.#asked?.request.unit;
    const { timeoutMs } = this.#options;
    if (port?.echoes) {
      this.#miss('line-garbage', 'the adapter hears what it sends itself; switch its echo off');
    } else if (port?.hasHeard) {
      this.#miss(
        'line-garbage',
        `unit ${unit} gave no good answer within ${timeoutMs} ms, but something was heard`,
      );
    } else {
      this.#miss('line-timeout', `unit ${unit} gave no answer within ${timeoutMs} ms`);
    }
  };

  #miss(code: LineErrorCode, message: string, cause?: Error): void {
    this.#unanswered = this.#asked;
    this.#trouble = message;
    this.#reject(code, message, cause);
    this.#on('over');
  }

  /** The request in flight ends without a good answer. */
  #reject(code: LineErrorCode, message: string, cause?: Error): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.pending?.reject(unansweredError(asked.request, { code, message: this.#message(message), cause }));
  }

  #fall(event: SerialEvent, code: LineErrorCode, message: string, cause?: Error): void {
    this.#trouble = message;
    this.#unanswered = undefined;
    this.#timer.clear();
    this.#on(event);
    this.#reject(code, message, cause);
    this.#queue.refuseAll(this.#message(message));
  }

  #pause(): void {
    this.#endSession();
    this.#timer.set(reconnectPauseMs(this.#failures++, this.#options.random), () => this.#on('pause-over'));
  }

  #endSession(): void {
    this.#session?.port.destroy();
    this.#session = undefined;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  readonly #message = (what: string): string => `line ${this.id} (${this.#options.path}): ${what}`;
}

function silent(unit: number): string {
  return `unit ${unit} does not answer at present; it is tried again by itself`;
}

function babbles(unit: number): string {
  return `unit ${unit} speaks without being asked, so that its answers can't be told; it is tried again by itself`;
}
