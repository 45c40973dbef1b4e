import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { MODBUS_SERIAL_TRANSACTION, type ModbusPort } from './exchange.ts';
import { bodyOf, mismatch, sealed } from './rtu-frame.ts';

/** Transaction, protocol and length (2 bytes each) come before what `length` counts. */
const PREFIX_BYTES = 6;
/** `length` counts a unit id and a PDU of 1 to 253 bytes (MODBUS Messaging on TCP/IP V1.0b, section 3.1.3). */
const LENGTH_MIN = 2;
const LENGTH_MAX = 254;
/** Silence after which the kernel asks whether the peer still lives; a half-open connection ends by that at last. */
const KEEP_ALIVE_MS = 10_000;
const NO_BYTES = Buffer.alloc(0);

/** What the port tells its line. None is called after `destroy`. */
export interface PortEvents {
  /** The connection is gone or never came. `error` is what the socket said, if it said something. */
  lost(message: string, error?: Error): void;
  /** Bytes that can't be the answer: the stream is no longer in step. */
  garbage(message: string): void;
  /** Something arrived, whatever it was. */
  heard(): void;
}

interface Awaited {
  readonly transaction: number;
  /** The request without its checksum: unit, function, address, … */
  readonly asked: Buffer;
}

/**
 * The port that modbus-serial runs on here instead of its own TCP port, which takes answers for the wrong request,
 * ignores the protocol id and byte counts, and can be wedged by eight bytes. This one uses 16-bit transaction ids and
 * hands on a frame only if protocol, length, unit, function, byte count and echo are what the request in flight calls
 * for. A well-formed answer to another transaction is dropped.
 *
 * The members that start with an underscore are what modbus-serial reads of its ports.
 */
export class CheckedPort extends EventEmitter implements ModbusPort {
  _transactionIdRead = MODBUS_SERIAL_TRANSACTION;
  _transactionIdWrite = MODBUS_SERIAL_TRANSACTION;
  readonly #socket = new Socket();
  readonly #address: { readonly host: string; readonly port: number };
  readonly #events: PortEvents;
  #transaction: number;
  #awaited: Awaited | undefined;
  #unread: Buffer = NO_BYTES;
  #open = false;
  #discarding = false;
  #over = false;

  /** @param firstTransaction 0 to 65535, the id of the first request */
  constructor(address: { host: string; port: number }, firstTransaction: number, events: PortEvents) {
    super();
    this.#address = address;
    this.#transaction = firstTransaction;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Connects; `callback` is called once, when that worked. A failure goes to `lost`. */
  open(callback: () => void): void {
    const socket = this.#socket;
    socket.on('connect', () => {
      this.#open = true;
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      callback();
    });
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('end', () => this.#lose('the device ended the connection'));
    socket.on('error', (error) => this.#lose(inWords(error), error));
    socket.on('close', () => this.#lose('the connection closed'));
    socket.connect(this.#address);
  }

  /** Sends an RTU frame (modbus-serial knows no other) as Modbus TCP and awaits its answer. Called by modbus-serial. */
  write(rtuFrame: Buffer): void {
    const asked = bodyOf(rtuFrame);
    this.#transaction = (this.#transaction + 1) & 0xffff;
    this.#awaited = { transaction: this.#transaction, asked };
    const frame = Buffer.allocUnsafe(PREFIX_BYTES + asked.length);
    frame.writeUInt16BE(this.#transaction, 0);
    frame.writeUInt16BE(0, 2);
    frame.writeUInt16BE(asked.length, 4);
    asked.copy(frame, PREFIX_BYTES);
    this.#socket.write(frame);
  }

  /** While on, everything that arrives is thrown away unread; turning it off starts at a frame's beginning. */
  discard(on: boolean): void {
    this.#discarding = on;
    this.#unread = NO_BYTES;
  }

  /** Called by modbus-serial's `close`. There is no orderly way that ends for sure, so this is `destroy`. */
  close(callback?: () => void): void {
    this.destroy(callback);
  }

  /** Closes at once, whatever the peer does. */
  destroy(callback?: () => void): void {
    this.#over = true;
    this.#open = false;
    this.#awaited = undefined;
    this.#socket.destroy();
    if (!callback) return;
    if (this.#socket.closed) callback();
    else this.#socket.once('close', () => callback());
  }

  #lose(message: string, error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#open = false;
    this.#socket.destroy();
    this.#events.lost(message, error);
  }

  #receive(bytes: Buffer): void {
    this.#events.heard();
    if (this.#discarding) return;
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (!this.#over && this.#unread.length >= PREFIX_BYTES) {
      const protocol = this.#unread.readUInt16BE(2);
      const length = this.#unread.readUInt16BE(4);
      if (protocol !== 0 || length < LENGTH_MIN || length > LENGTH_MAX) {
        this.#garbage(`a frame with protocol id ${protocol} and length ${length}`);
        return;
      }
      const end = PREFIX_BYTES + length;
      if (this.#unread.length < end) return;
      const frame = this.#unread.subarray(0, end);
      this.#unread = this.#unread.length === end ? NO_BYTES : this.#unread.subarray(end);
      this.#judge(frame);
    }
  }

  #judge(frame: Buffer): void {
    const awaited = this.#awaited;
    if (!awaited || frame.readUInt16BE(0) !== awaited.transaction) return;
    const answer = frame.subarray(PREFIX_BYTES);
    const fault = mismatch(awaited.asked, answer);
    if (fault !== null) {
      this.#garbage(fault);
      return;
    }
    this.#awaited = undefined;
    this.emit('data', sealed(answer));
  }

  #garbage(message: string): void {
    this.#awaited = undefined;
    this.#unread = NO_BYTES;
    this.#events.garbage(message);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the device refuses the connection',
  ECONNRESET: 'the device reset the connection',
  EPIPE: 'the device closed the connection',
  ETIMEDOUT: 'the device does not answer',
  EHOSTUNREACH: 'the device cannot be reached from this network',
  ENETUNREACH: 'the network of the device cannot be reached',
  ENOTFOUND: 'no device has this name',
  EAI_AGAIN: 'the name service does not answer',
};

function inWords(error: Error & { code?: string }): string {
  return (error.code && WORDS[error.code]) || `the connection failed: ${error.message}`;
}
