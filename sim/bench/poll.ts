/**
 * Polls 64 banks of 4 blocks each every 100 ms: this project's lines beside plain modbus-serial, on the same simulated
 * PLCs in another process.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Line, LineRequest } from '@lockerhub/edge-agent/lines/line.ts';
import { createTcpLine } from '@lockerhub/edge-agent/lines/tcp-line.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import modbusSerial from 'modbus-serial';
import { waitFor } from '../testing/wait-for.ts';
import type { Row } from './table.ts';

const { default: ModbusRTU } = modbusSerial;

const BANKS = 64;
const INTERVAL_MS = 100;
const WARM_UP_CYCLES = 20;
const CYCLES = 50;
const ROUNDS = 5;
const QUICK_ROUNDS = 1;
const TIMEOUT_MS = 1_000;
const START_DEADLINE_MS = 20_000;
/** Four blocks as a 64-door bank of one unit has them: outputs, sensors, and two runs of registers. */
const BLOCKS = [
  { area: 'coils', count: 64 },
  { area: 'discrete-inputs', count: 64 },
  { area: 'holding-registers', count: 16 },
  { area: 'input-registers', count: 16 },
] as const;

/** Cores (design of the first issue, "Speed"). */
const AIM = 0.2;

/** What one way of polling costs, the median of the rounds. */
interface PollCost {
  readonly what: string;
  /** CPU time (user and system) of the polling process, as a share of one core. */
  readonly coreShare: number;
  /** Cycles of a bank that were not begun because the one before was still under way. */
  readonly skipped: number;
  readonly cycles: number;
}

interface Poller {
  readonly what: string;
  /** Reads the four blocks of one bank. */
  cycle(bank: number): Promise<void>;
  stop(): Promise<void>;
}

/** Runs the bench, the two ways interleaved. */
export async function benchPoll(say: (words: string) => void, quick: boolean): Promise<Row[]> {
  const [product, peer] = await race(say, quick ? QUICK_ROUNDS : ROUNDS);
  if (!product || !peer) throw new RangeError('a way of polling is missing');
  return [
    {
      what: `poll, ${BANKS} banks of ${BLOCKS.length} blocks each ${INTERVAL_MS} ms`,
      product: product.coreShare,
      peer: peer.coreShare,
      unit: 'cores',
      digits: 3,
      aim: `≤ ${AIM.toFixed(2)} cores`,
      met: product.coreShare <= AIM,
    },
    {
      what: `poll, cycles skipped of ${product.cycles}`,
      product: product.skipped,
      peer: peer.skipped,
      unit: '',
      digits: 0,
      aim: 'none',
      met: product.skipped === 0,
    },
  ];
}

async function race(say: (words: string) => void, rounds: number): Promise<readonly PollCost[]> {
  const farm = spawn(
    process.execPath,
    [fileURLToPath(new URL('./plc-farm.ts', import.meta.url)), String(BANKS)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  try {
    const ports = await portsOf(farm);
    const rows: PollCost[] = [];
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      for (const start of [startLines, startPlain]) {
        const poller = await start(ports);
        rows.push(await measure(poller));
        await poller.stop();
      }
    }
    return [...new Set(rows.map((row) => row.what))].map((what) =>
      median(rows.filter((row) => row.what === what)),
    );
  } finally {
    const gone = once(farm, 'exit');
    farm.stdin.end();
    await gone;
  }
}

async function portsOf(farm: ChildProcessByStdio<Writable, Readable, null>): Promise<number[]> {
  for await (const line of createInterface(farm.stdout)) return JSON.parse(line);
  throw new Error('the simulated PLCs ended before they served');
}

async function startLines(ports: readonly number[]): Promise<Poller> {
  const lines = ports.map((port, index) => {
    const line = createTcpLine({
      id: `bank-${index}`,
      host: '127.0.0.1',
      port,
      timeoutMs: TIMEOUT_MS,
      clock: systemClock,
      random: systemRandom,
    });
    line.start();
    return line;
  });
  await waitFor(() => lines.every((line) => line.online), START_DEADLINE_MS, 'all lines to be online');
  const requests: LineRequest[] = BLOCKS.map((block) => ({ unit: 1, kind: 'read', address: 0, ...block }));
  return {
    what: 'line of this project',
    cycle: async (bank) => {
      const line = lines[bank] as Line;
      for (const request of requests) await line.request(request, 'poll');
    },
    stop: async () => {
      await Promise.all(lines.map((line) => line.stop()));
    },
  };
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
    what: 'plain modbus-serial',
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

async function measure(poller: Poller): Promise<PollCost> {
  await run(poller, WARM_UP_CYCLES);
  const cpu = process.cpuUsage();
  const skipped = await run(poller, CYCLES);
  const { user, system } = process.cpuUsage(cpu);
  const cycles = CYCLES * BANKS;
  // Per cycle that was run, so that a busy machine that skips some does not make polling look cheaper.
  const fullTimeMs = ((cycles - skipped) / BANKS) * INTERVAL_MS;
  return { what: poller.what, coreShare: (user + system) / 1_000 / fullTimeMs, skipped, cycles };
}

/** Begins a cycle of every bank on an absolute cadence, spread over the interval. Counts those it had to skip. */
async function run(poller: Poller, cycles: number): Promise<number> {
  const busy = new Set<number>();
  const open: Promise<void>[] = [];
  const steps = 10;
  const began = performance.now();
  let skipped = 0;
  for (let step = 0; step < cycles * steps; step++) {
    for (let bank = step % steps; bank < BANKS; bank += steps) {
      if (busy.has(bank)) {
        skipped++;
        continue;
      }
      busy.add(bank);
      open.push(poller.cycle(bank).finally(() => busy.delete(bank)));
    }
    await pause(Math.max(0, began + ((step + 1) * INTERVAL_MS) / steps - performance.now()));
  }
  await Promise.all(open);
  return skipped;
}

function median(rows: readonly PollCost[]): PollCost {
  const sorted = rows.toSorted((a, b) => a.coreShare - b.coreShare);
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new RangeError('no rounds');
  return { ...middle, skipped: Math.max(...rows.map((row) => row.skipped)) };
}
