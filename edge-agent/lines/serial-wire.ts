/** A serial port of this machine as bare bytes. The only module that knows the serialport library. */
import { SerialPort } from 'serialport';
import type { SerialSettings } from './serial-timing.ts';

/** What a wire tells its line. Nothing is told once `close` was called. */
export interface SerialWireEvents {
  opened(): void;
  heard(bytes: Buffer): void;
  /** The port is gone or could not be opened. `error` is what the system said. */
  lost(message: string, error?: Error): void;
}

/** Bytes to and from a bus. */
export interface SerialWire {
  write(bytes: Buffer): void;
  /** Closes at once; `done` is called when that is over, whatever the port did. */
  close(done: () => void): void;
}

/** Opens a wire; says so by an event. */
export type OpenSerialWire = (settings: SerialSettings, events: SerialWireEvents) => SerialWire;

/** Opens a serial port of this machine, for this process alone. */
export const openSerialPort: OpenSerialWire = (settings, events) => new PortWire(settings, events);

class PortWire implements SerialWire {
  readonly #port: SerialPort;
  readonly #events: SerialWireEvents;
  #over = false;
  #opening = true;
  #whenOpened: () => void = () => {};

  constructor({ path, baud, parity, stopBits }: SerialSettings, events: SerialWireEvents) {
    this.#events = events;
    const port = new SerialPort({ path, baudRate: baud, dataBits: 8, parity, stopBits, autoOpen: false });
    this.#port = port;
    port.on('data', (bytes: Buffer) => {
      if (!this.#over) events.heard(bytes);
    });
    port.on('error', (error) => this.#lose(inWords(error), error));
    // With an error: the port went away by itself. Without: it was closed here.
    port.on('close', (error?: Error) => this.#lose('the serial port is gone', error));
    port.open((error) => {
      this.#opening = false;
      if (this.#over) this.#end(this.#whenOpened);
      else if (error) this.#lose(inWords(error), error);
      else events.opened();
    });
  }

  write(bytes: Buffer): void {
    // A write that fails is told as `error` as well.
    this.#port.write(bytes);
  }

  close(done: () => void): void {
    this.#over = true;
    this.#end(done);
  }

  #lose(message: string, error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#end(() => {});
    this.#events.lost(message, error);
  }

  #end(done: () => void): void {
    // A port can be closed only once it is open.
    if (this.#opening) this.#whenOpened = done;
    // What an error of closing says does not matter any more: the port is given up either way.
    else if (this.#port.isOpen) this.#port.close(() => done());
    else done();
  }
}

/** What the system says when a port cannot be opened, and what that means to an installer. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/no such file|file not found/i, 'there is no such serial port; is the adapter plugged in?'],
  [
    /cannot lock|busy|access denied/i,
    'another program has this serial port open (an agent, or a scan); end that one first',
  ],
  [/permission denied/i, 'this program may not open the serial port; add its user to the group "dialout"'],
];

function inWords(error: Error): string {
  const found = WORDS.find(([pattern]) => pattern.test(error.message));
  return found ? found[1] : `the serial port failed: ${error.message}`;
}
