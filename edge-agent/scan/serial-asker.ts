/** Asks on a serial port: one question, then whatever is heard until the line is silent again. */
import type { ScanSpeed } from '@lockerhub/protocol/bank/scan.ts';
import type { Clock, Timer } from '@lockerhub/protocol/time/clock.ts';
import { AgentError } from '../error.ts';
import { frameGapMs, transmissionMs } from '../lines/serial-timing.ts';
import type { OpenSerialWire, SerialWire } from '../lines/serial-wire.ts';
import type { Asker } from './asker.ts';
import { type Hearing, hearingOf } from './hearing.ts';
import { frameOfQuestion, type Question } from './question.ts';

/**
 * What is heard so soon is not counted: the noise of opening, and answers to the agent's own line, which had the port
 * until then. Devices answer within tens of milliseconds.
 */
const SETTLE_MS = 250;
/** Then it is listened for so long before the first question: some of a USB adapter's latencies. */
const LISTEN_MS = 250;
/**
 * An answer is over when nothing came for so long: USB adapters hand over what they heard each 16 ms (FTDI, AN232B-04),
 * and a second device with the same id may begin as late.
 */
const AFTER_MS = 30;
/** Silence that the slowest device of `devices/profiles` needs before a frame (findings: 5 ms mended a bus). */
const DEVICE_GAP_MS = 5;
/** A line that is not silent for so long is never silent: twice the longest frame at 1200 baud. */
const NEVER_QUIET_MS = 5_000;
/** Of what is heard so many bytes are kept, twice the longest frame: more is no answer whatever it says. */
const HEARD_BYTES_MAX = 512;
/** An answer to one value, checksum included. */
const ANSWER_BYTES = 7;
/** A question's echo, its answer and an adapter's noise have fewer bytes together. */
const ONE_ANSWER_BYTES_MAX = 24;
const NO_BYTES = Buffer.alloc(0);

export interface SerialAskerOptions {
  readonly path: string;
  readonly speed: ScanSpeed;
  readonly clock: Clock;
  readonly openWire: OpenSerialWire;
}

/**
 * Opens the port, for this process alone, and listens.
 *
 * @throws AgentError `scan-failed`: it cannot be opened (an agent may have it), or the line is never silent
 */
export async function openSerialAsker(options: SerialAskerOptions): Promise<Asker> {
  const asker = new SerialAsker(options);
  try {
    await asker.listen();
  } catch (error) {
    await asker.close();
    throw error;
  }
  return asker;
}

class SerialAsker implements Asker {
  unasked: Asker['unasked'] = 'nothing';
  readonly #options: SerialAskerOptions;
  readonly #gapMs: number;
  readonly #wire: SerialWire;
  #heard: Buffer = NO_BYTES;
  /** When the last byte came, or was sent. */
  #lastMs: number;
  #failure: AgentError | undefined;
  #isOpen = false;
  #wake: () => void = () => {};

  constructor(options: SerialAskerOptions) {
    this.#options = options;
    this.#gapMs = frameGapMs(options.speed, DEVICE_GAP_MS);
    this.#lastMs = options.clock.monotonicMs();
    this.#wire = options.openWire(
      { path: options.path, ...options.speed },
      {
        opened: () => {
          this.#isOpen = true;
          this.#wake();
        },
        heard: (bytes) => {
          this.#heard = Buffer.concat([this.#heard, bytes]).subarray(0, HEARD_BYTES_MAX);
          this.#lastMs = this.#nowMs();
          this.#wake();
        },
        lost: (message, cause) => {
          this.#failure = failed(options.path, message, cause);
          this.#wake();
        },
      },
    );
  }

  /** Waits for the port and hears what is said unasked. */
  async listen(): Promise<void> {
    while (!this.#isOpen) await this.#somethingWithin(NEVER_QUIET_MS);
    await this.#pass(SETTLE_MS);
    this.#heard = NO_BYTES;
    await this.#pass(LISTEN_MS);
    if (this.#heard.length > 0) this.unasked = this.#heard.every((byte) => byte === 0) ? 'break' : 'noise';
  }

  async #pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs() + ms;
    for (let stillMs = ms; stillMs > 0; stillMs = untilMs - this.#nowMs()) {
      await this.#somethingWithin(stillMs);
    }
  }

  async ask(question: Question, withinMs: number): Promise<Hearing> {
    await this.#silence();
    this.#heard = NO_BYTES;
    const frame = frameOfQuestion(question);
    const sentMs = this.#nowMs();
    this.#wire.write(frame);
    const { speed } = this.#options;
    const dueMs = sentMs + transmissionMs(speed, frame.length + ANSWER_BYTES) + withinMs;
    const endMs = sentMs + withinMs + NEVER_QUIET_MS;
    for (;;) {
      const isAnswered =
        this.#heard.length <= ONE_ANSWER_BYTES_MAX && hearingOf(question, this.#heard).kind === 'answer';
      const quietMs = this.#heard.length > 0 ? this.#lastMs + AFTER_MS : 0;
      const overMs = Math.min(endMs, isAnswered ? quietMs : Math.max(dueMs, quietMs));
      const stillMs = overMs - this.#nowMs();
      if (stillMs <= 0) return hearingOf(question, this.#heard);
      await this.#somethingWithin(stillMs);
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#wire.close(resolve));
  }

  async #silence(): Promise<void> {
    const giveUpMs = this.#nowMs() + NEVER_QUIET_MS;
    for (;;) {
      const nowMs = this.#nowMs();
      const stillMs = this.#lastMs + this.#gapMs - nowMs;
      if (stillMs <= 0) return;
      if (nowMs >= giveUpMs) {
        throw new AgentError(
          'scan-noise',
          `the line at ${this.#options.path} is never silent: a device babbles, or another master polls; unplug it`,
        );
      }
      await this.#somethingWithin(stillMs);
    }
  }

  /** Resolves when something was heard, or after that time. */
  async #somethingWithin(ms: number): Promise<void> {
    if (this.#failure) throw this.#failure;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = this.#options.clock.after(ms, resolve);
    });
    timer?.cancel();
    this.#wake = () => {};
    if (this.#failure) throw this.#failure;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}

function failed(path: string, message: string, cause: Error | undefined): AgentError {
  return new AgentError('scan-failed', `${path}: ${message}`, cause ? { cause } : undefined);
}
