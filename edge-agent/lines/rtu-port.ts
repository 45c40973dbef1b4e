import { EventEmitter } from 'node:events';
import { MODBUS_SERIAL_TRANSACTION, type ModbusPort } from './exchange.ts';
import { answerLength, bodyOf, FRAME_BYTES_MAX, findAnswer, framesIn, isEcho, sealed } from './rtu-frame.ts';
import type { SerialSettings } from './serial-timing.ts';
import type { OpenSerialWire, SerialWire } from './serial-wire.ts';

/** Of what was heard the last so many bytes are kept: an answer that ends now began within them. */
const HEARD_BYTES_MAX = 2 * FRAME_BYTES_MAX;
const NO_BYTES = Buffer.alloc(0);

/** What the port tells its line. None is called after `destroy`. */
export interface RtuPortEvents {
  /** The port is gone or never opened. `error` is what the system said, if it said something. */
  lost(message: string, error?: Error): void;
  /** Something came that is not, or not yet, the answer. */
  heard(): void;
  /** Whether what looks like the answer can be it, now: request and answer have so many bytes together. */
  accepts(bytes: number): boolean;
}

/**
 * The port that modbus-serial runs on for a serial bus. Its own counts bytes and takes what comes; this one looks for
 * the one frame that answers the request in flight (unit, function, length, echo, checksum), whatever noise is around
 * it, and keeps the rest for whoever wants to know who spoke.
 *
 * The members that start with an underscore are what modbus-serial reads of its ports.
 */
export class RtuPort extends EventEmitter implements ModbusPort {
  _transactionIdRead = MODBUS_SERIAL_TRANSACTION;
  _transactionIdWrite = MODBUS_SERIAL_TRANSACTION;
  readonly #events: RtuPortEvents;
  readonly #openWire: () => SerialWire;
  #whenOpen: () => void = () => {};
  #wire: SerialWire | undefined;
  /** The request in flight, without its checksum. */
  #asked: Buffer | undefined;
  #answer: Buffer = NO_BYTES;
  #heard: Buffer = NO_BYTES;
  #open = false;
  #echoes = false;

  constructor(settings: SerialSettings, openWire: OpenSerialWire, events: RtuPortEvents) {
    super();
    this.#events = events;
    this.#openWire = () =>
      openWire(settings, {
        opened: () => {
          this.#open = true;
          this.#whenOpen();
        },
        heard: (bytes) => this.#receive(bytes),
        lost: (message, error) => this.#lose(message, error),
      });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** How many bytes the request in flight and its right answer have; 0 if there is none. */
  get bytesUnderWay(): number {
    return this.#asked ? sealed(this.#asked).length + answerLength(this.#asked) : 0;
  }

  /** Whether the request in flight came back as it was sent, so that nothing that comes can be trusted. */
  get echoes(): boolean {
    return this.#echoes;
  }

  /** Whether anything came since the last request was sent. */
  get hasHeard(): boolean {
    return this.#heard.length > 0;
  }

  /** Opens; `callback` is called once, when that worked. A failure goes to `lost`. */
  open(callback: () => void): void {
    this.#whenOpen = callback;
    this.#wire = this.#openWire();
  }

  /** Sends a frame and looks for its answer from now on. Called by modbus-serial. */
  write(rtuFrame: Buffer): void {
    this.#asked = bodyOf(rtuFrame);
    this.#heard = NO_BYTES;
    this.#answer = NO_BYTES;
    this.#echoes = false;
    this.#wire?.write(rtuFrame);
  }

  /**
   * Which units said something, since the last request or call, that nobody had asked for. Exact copies of the last
   * answer don't count: whoever says it twice is still in step.
   */
  takeSpeakers(): readonly number[] {
    const frames = framesIn(this.#heard).filter((frame) => !frame.equals(this.#answer));
    this.#heard = NO_BYTES;
    return [...new Set(frames.map((frame) => frame.readUInt8(0)))];
  }

  /** Called by modbus-serial's `close`. */
  close(callback?: () => void): void {
    this.destroy(callback);
  }

  /** Closes at once. */
  destroy(callback: () => void = () => {}): void {
    const wire = this.#wire;
    this.#wire = undefined;
    this.#open = false;
    this.#asked = undefined;
    if (wire) wire.close(callback);
    else callback();
  }

  #lose(message: string, error?: Error): void {
    this.#wire = undefined;
    this.#open = false;
    this.#asked = undefined;
    this.#events.lost(message, error);
  }

  #receive(bytes: Buffer): void {
    this.#heard = Buffer.concat([this.#heard, bytes]).subarray(-HEARD_BYTES_MAX);
    const asked = this.#asked;
    if (asked) {
      // A write's answer is its echo; only a read can tell an adapter that hears itself.
      this.#echoes ||= asked.readUInt8(1) <= 4 && isEcho(asked, this.#heard);
      const found = this.#echoes ? null : findAnswer(asked, this.#heard);
      if (found && this.#events.accepts(sealed(asked).length + found.frame.length)) {
        this.#asked = undefined;
        this.#answer = found.frame;
        this.#heard = Buffer.concat([found.before, found.after]);
        this.emit('data', found.frame);
        return;
      }
    }
    this.#events.heard();
  }
}
