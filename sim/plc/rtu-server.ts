import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { answerBody, type RequestBody, readBody } from './frames.ts';
import type { Plc } from './plc.ts';
import { EXCEPTION, type PlcAnswer } from './request.ts';
import { babble, isFrame, type RtuFault, spoilOnBus } from './rtu-faults.ts';
import { type BusEnd, type BusSettings, characterMs, silenceMs, withChecksum } from './serial-bus.ts';

/** Options of `startRtuServer`. */
export interface RtuServerOptions extends BusSettings {
  /** Its units are the ones on the bus. */
  readonly plc: Plc;
  readonly end: BusEnd;
  readonly clock: Clock;
  /** Silence that the units need before a frame, or they do not hear it; the standard's unless it is said. */
  readonly gapMs?: number;
}

/** A request as the bus carried it. */
export interface BusRequest {
  /** When its last byte had been sent. */
  readonly atMs: number;
  readonly unit: number;
  readonly functionCode: number;
}

/** Units on a running bus. */
export interface RtuServer {
  readonly faults: RtuServerFaults;
  /** The last whole requests, oldest first, whoever they were for. */
  readonly requests: readonly BusRequest[];
  /** Frames that no unit heard: no silence before them, a unit was talking, or a wrong checksum. */
  readonly unheard: number;
  stop(): void;
}

/** What goes wrong on the bus, chosen from outside. */
interface RtuServerFaults {
  /** The next `times` requests to existing units meet this fault, after those already queued. */
  next(fault: RtuFault, times?: number): void;
  /**
   * Every request to this unit (to all, without one) meets this fault, after those of `next`; null ends it.
   *
   * @param nth only each nth request does
   */
  always(fault: RtuFault | null, unit?: number, nth?: number): void;
  /** Nothing of what was queued by `next` happens any more. */
  clear(): void;
  /** Sends the answers that `late` holds, and those behind them, in order. */
  release(): void;
  /** How many answers are held. */
  readonly held: number;
  /** Somebody talks without being asked. */
  send(bytes: Uint8Array): void;
  /** Bytes without a pause until it is called with false. */
  babble(on: boolean): void;
}

/** Requests kept in `requests`; older ones are dropped. */
const REQUESTS_KEPT = 10_000;
/** Answers that `late` may hold; the oldest is dropped at the limit. */
const HELD_LIMIT = 1_000;
/** Bytes that `babble` adds whenever the last of them have gone out. */
const BABBLE_STEP_BYTES = 64;
/** Faults of all units are kept under this number; 0 is the broadcast, which nobody answers. */
const ALL_UNITS = 0;

/**
 * Puts the units of a PLC model on a serial bus. Whatever carries the bytes, they take as long as the baud rate says:
 * a request counts as heard when its last byte would have come, and answers go out byte by byte.
 */
export function startRtuServer(options: RtuServerOptions): RtuServer {
  return new RtuBus(options);
}

class RtuBus implements RtuServer, RtuServerFaults {
  readonly requests: BusRequest[] = [];
  unheard = 0;
  readonly #options: RtuServerOptions;
  readonly #characterMs: number;
  readonly #silenceMs: number;
  readonly #always = new Map<number, { readonly fault: RtuFault; readonly nth: number; count: number }>();
  #queued: RtuFault[] = [];
  #held: { readonly unit: number; readonly send: () => void }[] = [];
  /** What is being received, when its last byte will have come, and whether it began without a silence. */
  #incoming: Buffer[] = [];
  #incomingEndsMs = 0;
  #runIn = false;
  #frameEnd: Timer | undefined;
  /** What is being sent. */
  #outgoing: Buffer[] = [];
  #sending: Timer | undefined;
  #sendsSinceMs = 0;
  #sent = 0;
  #lastActivityMs = Number.NEGATIVE_INFINITY;
  #babbles = false;

  constructor(options: RtuServerOptions) {
    this.#options = options;
    this.#characterMs = characterMs(options);
    this.#silenceMs = silenceMs(options);
    options.end.onBytes((bytes) => this.#receive(bytes));
  }

  get faults(): RtuServerFaults {
    return this;
  }

  get held(): number {
    return this.#held.length;
  }

  next(fault: RtuFault, times = 1): void {
    for (let time = 0; time < times; time++) this.#queued.push(fault);
  }

  always(fault: RtuFault | null, unit = ALL_UNITS, nth = 1): void {
    if (fault === null) this.#always.delete(unit);
    else this.#always.set(unit, { fault, nth, count: 0 });
  }

  clear(): void {
    this.#queued = [];
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const { send } of held) send();
  }

  send(bytes: Uint8Array): void {
    this.#transmit(Buffer.from(bytes));
  }

  babble(on: boolean): void {
    this.#babbles = on;
    if (on) this.#transmit(babble(BABBLE_STEP_BYTES));
  }

  stop(): void {
    this.#babbles = false;
    this.#frameEnd?.cancel();
    this.#sending?.cancel();
    this.#options.end.onBytes(() => {});
  }

  #receive(bytes: Buffer): void {
    const nowMs = this.#options.clock.monotonicMs();
    const gapMs = this.#options.gapMs ?? this.#silenceMs;
    if (this.#incoming.length === 0) this.#runIn = nowMs - this.#lastActivityMs < gapMs;
    this.#runIn ||= this.#sending !== undefined;
    this.#incoming.push(bytes);
    this.#incomingEndsMs = Math.max(nowMs, this.#incomingEndsMs) + bytes.length * this.#characterMs;
    this.#lastActivityMs = this.#incomingEndsMs;
    this.#frameEnd?.cancel();
    this.#frameEnd = this.#at(this.#incomingEndsMs + this.#silenceMs, () => this.#frame());
  }

  #frame(): void {
    const frame = Buffer.concat(this.#incoming);
    this.#incoming = [];
    if (this.#runIn || !isFrame(frame)) {
      this.unheard += 1;
      return;
    }
    const body = readBody(frame.subarray(0, -2));
    const { unit, functionCode } = body;
    this.requests.push({ atMs: this.#incomingEndsMs, unit, functionCode });
    if (this.requests.length > REQUESTS_KEPT) this.requests.splice(0, REQUESTS_KEPT / 2);
    this.#serve(body);
  }

  #serve(body: RequestBody): void {
    if (!this.#options.plc.hasUnit(body.unit)) return;
    const fault = this.#queued.shift() ?? this.#standing(body.unit);
    if (fault === 'deaf') return;
    // A program that stands still refuses nothing either.
    if (fault === 'exception' && this.#options.plc.frozen) return;
    if (fault === 'exception') {
      this.#answer(body, { kind: 'exception', code: EXCEPTION.deviceBusy }, null);
    } else if ('exception' in body.request) {
      this.#answer(body, { kind: 'exception', code: body.request.exception }, fault);
    } else {
      this.#options.plc.receive(body.request, (answer) => this.#answer(body, answer, fault));
    }
  }

  #standing(unit: number): RtuFault | null {
    const standing = this.#always.get(unit) ?? this.#always.get(ALL_UNITS);
    if (!standing) return null;
    standing.count += 1;
    return standing.count % standing.nth === 0 ? standing.fault : null;
  }

  #answer(body: RequestBody, answer: PlcAnswer, fault: RtuFault | null): void {
    const frame = withChecksum(answerBody(body, answer));
    const send = (): void => {
      for (const part of fault === null ? [frame] : spoilOnBus(fault, frame)) this.#transmit(part);
    };
    const { unit } = body;
    // A unit answers in order: what comes behind a held answer waits for it.
    if (fault !== 'late' && !this.#held.some((one) => one.unit === unit)) {
      send();
      return;
    }
    if (this.#held.length >= HELD_LIMIT) this.#held.shift();
    this.#held.push({ unit, send });
  }

  #transmit(bytes: Buffer): void {
    this.#outgoing.push(bytes);
    if (this.#sending === undefined) this.#begin();
  }

  #begin(): void {
    this.#sendsSinceMs = this.#options.clock.monotonicMs();
    this.#sent = 0;
    this.#sendOn();
  }

  /** Lets out the bytes whose time has come; between two frames there is a silence. */
  #sendOn(): void {
    const [frame] = this.#outgoing;
    if (!frame) {
      this.#sending = undefined;
      return;
    }
    const nowMs = this.#options.clock.monotonicMs();
    const due = Math.min(frame.length, Math.floor((nowMs - this.#sendsSinceMs) / this.#characterMs + 1e-9));
    if (due > this.#sent) {
      this.#options.end.write(frame.subarray(this.#sent, due));
      this.#sent = due;
      this.#lastActivityMs = nowMs;
    }
    if (due < frame.length) {
      this.#sending = this.#at(this.#sendsSinceMs + (due + 1) * this.#characterMs, () => this.#sendOn());
      return;
    }
    this.#outgoing.shift();
    if (this.#babbles && this.#outgoing.length === 0) this.#outgoing.push(babble(BABBLE_STEP_BYTES));
    const pauseMs = this.#babbles ? 0 : this.#silenceMs;
    if (this.#outgoing.length > 0) this.#sending = this.#at(nowMs + pauseMs, () => this.#begin());
    else this.#sending = undefined;
  }

  /** Acts at that time and never before, however early a timer fires. */
  #at(dueMs: number, act: () => void): Timer {
    const { clock } = this.#options;
    let timer: Timer;
    const perhaps = (): void => {
      const stillMs = dueMs - clock.monotonicMs();
      if (stillMs > 0) timer = clock.after(stillMs, perhaps);
      else act();
    };
    timer = clock.after(Math.max(0, dueMs - clock.monotonicMs()), perhaps);
    return { cancel: () => timer.cancel() };
  }
}
