/** Ways to poll banks: this project's lines, plain modbus-serial, and a bare socket. Each reads the same four blocks. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Line, LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import { createTcpLine } from '@lockerhub/edge-agent/lines/tcp-line.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import modbusSerial from 'modbus-serial';
import { waitFor } from '../testing/wait-for.ts';

const { default: ModbusRTU } = modbusSerial;

/** How often each bank is polled. */
export const INTERVAL_MS = 100;
/** What a request may take. */
export const TIMEOUT_MS = 1_000;
const START_DEADLINE_MS = 20_000;
/** Each bank's cycle begins in one of so many parts of the interval. */
const STEPS = 10;
/** Four blocks as a 64-door bank of one unit has them: outputs, sensors, and two runs of registers. */
export const BLOCKS = [
  { area: 'coils', count: 64 },
  { area: 'discrete-inputs', count: 64 },
  { area: 'holding-registers', count: 16 },
  { area: 'input-registers', count: 16 },
] as const;

/** A way of polling, connected to its banks. */
export interface Poller {
  /** Reads the four blocks of one bank. */
  cycle(bank: number): Promise<void>;
  stop(): Promise<void>;
}

/** By name; `start` connects to one bank a port. */
export const POLLERS = {
  product: startLines,
  'modbus-serial': startPlain,
  'bare socket': startBare,
} as const satisfies Readonly<Record<string, (ports: readonly number[]) => Promise<Poller>>>;

/** Begins a cycle of every bank on an absolute cadence, spread over the interval. Counts those it had to skip. */
export async function runCycles(poller: Poller, banks: number, cycles: number): Promise<number> {
  const busy = new Set<number>();
  const open: Promise<void>[] = [];
  const began = performance.now();
  let skipped = 0;
  for (let step = 0; step < cycles * STEPS; step++) {
    for (let bank = step % STEPS; bank < banks; bank += STEPS) {
      if (busy.has(bank)) {
        skipped++;
        continue;
      }
      busy.add(bank);
      open.push(poller.cycle(bank).finally(() => busy.delete(bank)));
    }
    await pause(Math.max(0, began + ((step + 1) * INTERVAL_MS) / STEPS - performance.now()));
  }
  await Promise.all(open);
  return skipped;
}

async function startLines(ports: readonly number[]): Promise<Poller> {
  const lines = ports.map((port, index) => openLine(`bank-${index}`, port));
  await waitFor(() => lines.every((line) => line.online), START_DEADLINE_MS, 'all lines to be online');
  const requests: LineRequest[] = BLOCKS.map((block) => ({ unit: 1, kind: 'read', address: 0, ...block }));
  return {
    cycle: async (bank) => {
      const line = lines[bank] as Line;
      for (const request of requests) await line.request(request, 'poll');
    },
    stop: async () => {
      await Promise.all(lines.map((line) => line.stop()));
    },
  };
}

/** A line of this project, connecting. */
export function openLine(id: string, port: number): Line {
  const line = createTcpLine({
    id,
    host: '127.0.0.1',
    port,
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    random: systemRandom,
  });
  line.start();
  return line;
}

async function startPlain(ports: readonly number[]): Promise<Poller> {
  const clients = await Promise.all(
    ports.map(async (port) => {
      const client = new ModbusRTU();
      await client.connectTCP('127.0.0.1', { port });
      client.setID(1);
      client.setTimeout(TIMEOUT_MS);
      return client;
    }),
  );
  return {
    cycle: async (bank) => {
      const client = clients[bank];
      if (!client) throw new RangeError(`no bank ${bank}`);
      await client.readCoils(0, 64);
      await client.readDiscreteInputs(0, 64);
      await client.readHoldingRegisters(0, 16);
      await client.readInputRegisters(0, 16);
    },
    stop: async () => {
      await Promise.all(
        clients.map((client) => new Promise<void>((resolve) => client.close(() => resolve()))),
      );
    },
  };
}

async function startBare(ports: readonly number[]): Promise<Poller> {
  const clients = await Promise.all(ports.map((port) => BareClient.connect(port)));
  const frames = BLOCKS.map(({ area, count }) => readFrame(area, count));
  return {
    cycle: async (bank) => {
      const client = clients[bank] as BareClient;
      for (const frame of frames) await client.roundTrip(frame);
    },
    stop: async () => {
      for (const client of clients) client.end();
    },
  };
}

const READ_FUNCTIONS = {
  coils: 1,
  'discrete-inputs': 2,
  'holding-registers': 3,
  'input-registers': 4,
} as const;
/** Bytes before the unit in a Modbus TCP frame; the last two of them say how many follow. */
const HEADER_BYTES = 6;

/** A request to unit 1 for the first `count` points of an area, as Modbus TCP frames it. */
export function readFrame(area: keyof typeof READ_FUNCTIONS, count: number): Buffer {
  return Buffer.from([0, 1, 0, 0, 0, 6, 1, READ_FUNCTIONS[area], 0, 0, 0, count]);
}

/** One request in flight over a socket, its answer cut by its length and not looked at: what the wire costs by itself. */
export class BareClient {
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #answered: (answer: Buffer) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
  }

  static async connect(port: number): Promise<BareClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new BareClient(socket);
  }

  roundTrip(frame: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(frame);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#unread = this.#unread.length > 0 ? Buffer.concat([this.#unread, bytes]) : bytes;
    if (this.#unread.length < HEADER_BYTES) return;
    const length = HEADER_BYTES + this.#unread.readUInt16BE(HEADER_BYTES - 2);
    if (this.#unread.length < length) return;
    const answer = this.#unread.subarray(0, length);
    this.#unread = this.#unread.subarray(length);
    this.#answered(answer);
  }
}
