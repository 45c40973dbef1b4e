import { type Line, LineError, type LineLane, type LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import type { Plc } from '../../plc/plc.ts';
import type { PlcAnswer } from '../../plc/request.ts';

/** As the product's TCP line: a request without an answer for so long has failed. */
const TIMEOUT_MS = 1_000;
/** A broken line tries again after this long. */
const RECONNECT_MS = 2_000;
/** One way over a quiet LAN. */
const TRANSIT_MS = 1;
/** As the product's line: more requests than this are refused with `line-busy`. */
const QUEUE_LIMIT = 256;

interface Waiting {
  readonly request: LineRequest;
  readonly resolve: (values: readonly number[]) => void;
  readonly reject: (error: LineError) => void;
}

/**
 * A line to a simulated PLC on a virtual clock: one request in flight, commands ahead of polls, a fresh connection
 * after a fault. Its faults are those of a wire: cut (nothing arrives any more, in either direction) and lost answers.
 */
export class VirtualLine implements Line {
  readonly id: string;
  connection = 0;
  readonly #clock: Clock;
  readonly #plc: Plc;
  readonly #listeners: (() => void)[] = [];
  readonly #lanes: Record<LineLane, Waiting[]> = { command: [], poll: [] };
  #inFlight: Waiting | undefined;
  #timeout: Timer | undefined;
  #reconnect: Timer | undefined;
  #running = false;
  #online = false;
  #cut = false;
  #losesAnswers = 0;

  constructor(options: { id: string; clock: Clock; plc: Plc }) {
    this.id = options.id;
    this.#clock = options.clock;
    this.#plc = options.plc;
  }

  get online(): boolean {
    return this.#online;
  }

  reaches(): boolean {
    return this.#online;
  }

  get reason(): string | null {
    return this.#online ? null : 'the simulated wire is cut';
  }

  start(): void {
    this.#running = true;
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#reconnect?.cancel();
    this.#fail('line-offline', 'the line was stopped');
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  request(request: LineRequest, lane: LineLane): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      if (!this.#online) return reject(new LineError('line-offline', 'not connected', false));
      if (this.#lanes.command.length + this.#lanes.poll.length >= QUEUE_LIMIT) {
        return reject(new LineError('line-busy', 'too many requests wait', false));
      }
      this.#lanes[lane].push({ request, resolve, reject });
      this.#next();
    });
  }

  /** Pulls the cable. */
  cut(): void {
    this.#cut = true;
  }

  /** Puts the cable back in. */
  mend(): void {
    this.#cut = false;
  }

  /** The next `count` writes reach the device, and their answers get lost: the worst moment for a wire to fail. */
  loseAnswers(count: number): void {
    this.#losesAnswers = count;
  }

  #connect(): void {
    if (!this.#running || this.#online) return;
    if (this.#cut || !this.#plc.powered || this.#plc.frozen) {
      this.#reconnect = this.#clock.after(RECONNECT_MS, () => this.#connect());
      return;
    }
    this.connection += 1;
    this.#setOnline(true);
  }

  #next(): void {
    if (this.#inFlight || !this.#online) return;
    const waiting = this.#lanes.command.shift() ?? this.#lanes.poll.shift();
    if (!waiting) return;
    this.#inFlight = waiting;
    this.#timeout = this.#clock.after(TIMEOUT_MS, () => this.#fail('line-timeout', 'no answer in time'));
    this.#clock.after(TRANSIT_MS, () => this.#arrive(waiting));
  }

  /** The request reaches the device, also when nobody waits for it any more. */
  #arrive(waiting: Waiting): void {
    if (this.#cut) return;
    this.#plc.receive(waiting.request, (answer) => {
      if (this.#losesAnswers > 0 && waiting.request.kind !== 'read') this.#losesAnswers -= 1;
      else this.#clock.after(TRANSIT_MS, () => this.#answered(waiting, answer));
    });
  }

  #answered(waiting: Waiting, answer: PlcAnswer): void {
    if (this.#cut || this.#inFlight !== waiting) return;
    this.#timeout?.cancel();
    this.#inFlight = undefined;
    if (answer.kind === 'values') waiting.resolve(answer.values);
    else waiting.reject(new LineError('line-exception', `exception ${answer.code}`, false));
    this.#next();
  }

  #fail(code: 'line-timeout' | 'line-offline', message: string): void {
    this.#timeout?.cancel();
    const sent = this.#inFlight;
    this.#inFlight = undefined;
    const unsent = [...this.#lanes.command.splice(0), ...this.#lanes.poll.splice(0)];
    sent?.reject(new LineError(code, message, sent.request.kind !== 'read'));
    for (const waiting of unsent) waiting.reject(new LineError('line-offline', message, false));
    this.#setOnline(false);
    if (this.#running) this.#reconnect = this.#clock.after(RECONNECT_MS, () => this.#connect());
  }

  #setOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    for (const listener of this.#listeners) listener();
  }
}
