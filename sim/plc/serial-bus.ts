/** What a serial bus of the simulator is: bytes at one end, and how long they take. */

/** The devices' end of a serial connection. Bytes arrive and leave without any pace of their own. */
export interface BusEnd {
  write(bytes: Buffer): void;
  /** Calls `listener` with what the other end sends. One listener. */
  onBytes(listener: (bytes: Buffer) => void): void;
}

/** How the bus is set. */
export interface BusSettings {
  readonly baud: number;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly stopBits?: 1 | 2;
}

/** How long one character takes: a start bit, eight data bits, parity and stop bits. */
export function characterMs({ baud, parity = 'none', stopBits = 1 }: BusSettings): number {
  return ((9 + (parity === 'none' ? 0 : 1) + stopBits) * 1_000) / baud;
}

/** The silence that ends a frame: 3.5 characters, a fixed time above 19200 (MODBUS over Serial Line V1.02, 2.5.1.1). */
export function silenceMs(settings: BusSettings): number {
  return settings.baud > 19_200 ? 1.75 : 3.5 * characterMs(settings);
}

/** CRC-16/MODBUS, bit by bit (MODBUS over Serial Line V1.02, section 6.2.2). Of a frame with its checksum it is 0. */
export function checksum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** `body` with its checksum behind it. */
export function withChecksum(body: Uint8Array): Buffer {
  const crc = checksum(body);
  return Buffer.from([...body, crc & 0xff, crc >> 8]);
}

/**
 * The two ends of a bus within one process, for simulations on a virtual clock. `openWire` is what an agent's serial
 * line takes in the place of a port.
 */
export class MemoryBus implements BusEnd {
  /** Whether the adapter hears what it sends itself. */
  hearsItself = false;
  #events: MemoryWireEvents | undefined;
  #plugged = true;
  #listener: (bytes: Buffer) => void = () => {};

  write(bytes: Buffer): void {
    const events = this.#events;
    queueMicrotask(() => {
      if (this.#events === events) events?.heard(Buffer.from(bytes));
    });
  }

  onBytes(listener: (bytes: Buffer) => void): void {
    this.#listener = listener;
  }

  /** Pulls the adapter: the open port is lost, and none can be opened. */
  unplug(): void {
    this.#plugged = false;
    const events = this.#events;
    this.#events = undefined;
    events?.lost('the serial port is gone');
  }

  plug(): void {
    this.#plugged = true;
  }

  readonly openWire = (_settings: unknown, events: MemoryWireEvents): MemoryWire => {
    queueMicrotask(() => {
      if (!this.#plugged) return events.lost('there is no such serial port');
      this.#events = events;
      events.opened();
    });
    return {
      write: (bytes) => {
        if (this.#events !== events) return;
        if (this.hearsItself) this.write(bytes);
        this.#listener(Buffer.from(bytes));
      },
      close: (done) => {
        if (this.#events === events) this.#events = undefined;
        queueMicrotask(done);
      },
    };
  };
}

interface MemoryWireEvents {
  opened(): void;
  heard(bytes: Buffer): void;
  lost(message: string): void;
}

interface MemoryWire {
  write(bytes: Buffer): void;
  close(done: () => void): void;
}
