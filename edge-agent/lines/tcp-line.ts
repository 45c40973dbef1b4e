import type { Slug } from '@lockerhub/protocol/ids.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import { fraction, type Random } from '@lockerhub/protocol/time/random.ts';
import { CheckedPort } from './checked-port.ts';
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
import { isOnline, type LineEvent, type LineState, nextState } from './line-state.ts';
import { LineTimer } from './line-timer.ts';
import { reconnectPauseMs } from './reconnect-pause.ts';
import { type PendingRequest, RequestQueue } from './request-queue.ts';

/** What asks a device whether it is in step. Any whole answer will do, an exception too. */
type LineProbe = LineRequest & { readonly kind: 'read' };

/** Options of `createTcpLine`. */
export interface TcpLineOptions {
  readonly id: Slug;
  readonly host: string;
  readonly port: number;
  /** How long one request may take from being sent to being answered. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs?: number;
  /**
   * What follows a request without a good answer. `reconnect`: a fresh connection. `resynchronise`: the same one is
   * drained and probed first, for devices that take one connection and keep a dead one for many minutes.
   */
  readonly onFault?: 'reconnect' | 'resynchronise';
  /** Reads to probe with, in turn: one for each unit. */
  readonly probes?: readonly [LineProbe, ...LineProbe[]];
  /** How long a connection must be silent to count as drained. */
  readonly quietMs?: number;
  /** How long to try to re-synchronise before reconnecting after all. */
  readonly resynchroniseForMs?: number;
  readonly clock: Clock;
  readonly random: Random;
}

const CONNECT_TIMEOUT_MS = 3_000;
const QUIET_MS = 250;
/** A device that has not found its step by then has most likely forgotten the connection. */
const RESYNCHRONISE_FOR_MS = 30_000;
const PROBES = [{ unit: 1, kind: 'read', area: 'coils', address: 0, count: 1 }] as const;

/**
 * A Modbus TCP line: one connection, one request in flight, each with a timeout. See SPEC.md for its states.
 * Does nothing until `start`.
 */
export function createTcpLine(options: TcpLineOptions): Line {
  return new TcpLine(options);
}

interface Session {
  readonly port: CheckedPort;
  readonly client: ModbusClient;
}

class TcpLine implements Line {
  readonly id: Slug;
  readonly #options: Required<TcpLineOptions>;
  readonly #queue = new RequestQueue();
  readonly #listeners = new Set<() => void>();
  readonly #timer: LineTimer;
  /** What begins with each state. */
  readonly #enter: Readonly<Record<LineState, () => void>> = {
    stopped: () => this.#endSession(),
    connecting: () => this.#connect(),
    probing: () => this.#probe(),
    idle: () => this.#takeNext(),
    asking: () => this.#timer.setDeadline(this.#options.timeoutMs, this.#timedOut),
    draining: () => this.#drain(),
    pausing: () => this.#pause(),
  };
  #state: LineState = 'stopped';
  #trouble = 'not started';
  #connection = 0;
  #session: Session | undefined;
  #inFlight: PendingRequest | undefined;
  #failures = 0;
  #probes = 0;
  #outOfStepSinceMs: number | undefined;

  constructor(options: TcpLineOptions) {
    this.id = options.id;
    this.#timer = new LineTimer(options.clock);
    this.#options = {
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      onFault: 'reconnect',
      probes: PROBES,
      quietMs: QUIET_MS,
      resynchroniseForMs: RESYNCHRONISE_FOR_MS,
      ...options,
    };
  }

  get online(): boolean {
    return isOnline(this.#state);
  }

  /** One connection reaches all units or none; that one behind a gateway is silent is known only by asking it. */
  reaches(): boolean {
    return this.online;
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
    this.#fall('stop', 'line-offline', 'the line was stopped');
    if (port) await new Promise<void>((resolve) => port.destroy(resolve));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  request(request: LineRequest, lane: LineLane): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      assertSendable(request);
      const pending = { request, resolve, reject };
      if (this.#state === 'idle') {
        this.#send(pending);
      } else if (!this.online) {
        reject(new LineError('line-offline', this.#message(this.#trouble), false));
      } else if (!this.#queue.push(pending, lane)) {
        reject(new LineError('line-busy', this.#message(`too many requests wait (lane ${lane})`), false));
      }
    });
  }

  #on(event: LineEvent): void {
    const before = this.#state;
    const state = nextState(before, event);
    if (state === before) return;
    this.#state = state;
    this.#enter[state]();
    if (isOnline(before) === isOnline(state)) return;
    for (const listener of this.#listeners) listener();
  }

  #connect(): void {
    const { host, port: tcpPort, random, connectTimeoutMs } = this.#options;
    const firstTransaction = Math.floor(fraction(random) * 0x10000);
    const port = new CheckedPort({ host, port: tcpPort }, firstTransaction, {
      lost: (message, error) => this.#fall('lost', 'line-reset', message, error),
      garbage: (message) => this.#fault('line-garbage', `the device sent ${message}`),
      heard: () => {
        if (this.#state === 'draining') this.#drain();
      },
    });
    const client = clientOn(port);
    this.#session = { port, client };
    this.#timer.set(connectTimeoutMs, () =>
      this.#fall('lost', 'line-timeout', `no connection within ${connectTimeoutMs} ms`),
    );
    client.open(() => {
      this.#connection++;
      this.#on('connected');
    });
  }

  /** A device is trusted only once it has answered on this connection: one that only accepts it stays offline. */
  #probe(): void {
    this.#session?.port.discard(false);
    const { probes, timeoutMs } = this.#options;
    const probe = probes[this.#probes++ % probes.length] ?? probes[0];
    this.#timer.setDeadline(timeoutMs, this.#timedOut);
    this.#exchange(probe, (result) => {
      if (result.kind === 'failure') this.#fault('line-garbage', result.error.message, result.error);
      else this.#on('answered');
    });
  }

  #takeNext(): void {
    this.#timer.clear();
    this.#failures = 0;
    this.#outOfStepSinceMs = undefined;
    const next = this.#queue.shift();
    if (next) this.#send(next);
  }

  #send(pending: PendingRequest): void {
    this.#inFlight = pending;
    this.#on('ask');
    this.#exchange(pending.request, (result) => this.#settle(pending, result));
  }

  #settle(pending: PendingRequest, result: ExchangeResult): void {
    if (result.kind === 'failure') {
      this.#fault('line-garbage', result.error.message, result.error);
      return;
    }
    this.#inFlight = undefined;
    if (result.kind === 'values') pending.resolve(result.values);
    else pending.reject(exceptionError(pending.request, result.code, this.#message));
    this.#on('answered');
  }

  #exchange(request: LineRequest, done: (result: ExchangeResult) => void): void {
    const client = this.#session?.client;
    if (client) exchange(client, request, done);
  }

  readonly #timedOut = (): void => {
    this.#fault('line-timeout', `no answer within ${this.#options.timeoutMs} ms`);
  };

  /** No good answer came. The connection is given up, or kept and drained if the device is better served so. */
  #fault(code: LineErrorCode, message: string, cause?: Error): void {
    const { onFault, clock } = this.#options;
    this.#outOfStepSinceMs ??= clock.monotonicMs();
    this.#fall(onFault === 'resynchronise' ? 'out-of-step' : 'lost', code, message, cause);
  }

  #fall(event: LineEvent, code: LineErrorCode, message: string, cause?: Error): void {
    const pending = this.#inFlight;
    this.#inFlight = undefined;
    this.#trouble = message;
    this.#timer.clear();
    this.#on(event);
    pending?.reject(unansweredError(pending.request, { code, message: this.#message(message), cause }));
    this.#queue.refuseAll(this.#message(message));
  }

  /** Waits until the device has said nothing for a while; what it says meanwhile is thrown away. */
  #drain(): void {
    const { clock, resynchroniseForMs, quietMs } = this.#options;
    this.#session?.port.discard(true);
    const since = this.#outOfStepSinceMs ?? clock.monotonicMs();
    if (clock.monotonicMs() - since < resynchroniseForMs) this.#timer.set(quietMs, () => this.#on('quiet'));
    else
      this.#fall('lost', 'line-garbage', `the device did not find its step within ${resynchroniseForMs} ms`);
  }

  #pause(): void {
    this.#endSession();
    const pauseMs = reconnectPauseMs(this.#failures++, this.#options.random);
    this.#timer.set(pauseMs, () => this.#on('pause-over'));
  }

  #endSession(): void {
    this.#session?.port.destroy();
    this.#session = undefined;
    this.#outOfStepSinceMs = undefined;
  }

  readonly #message = (what: string): string =>
    `line ${this.id} (${this.#options.host}:${this.#options.port}): ${what}`;
}
