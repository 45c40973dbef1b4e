import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from '@lockerhub/edge-agent/lines/line.ts';
import { createSerialLine, type SerialLineOptions } from '@lockerhub/edge-agent/lines/serial-line.ts';
import { type Clock, systemClock } from '@lockerhub/protocol/time/clock.ts';
import { SeededRandom } from '../clock/seeded-random.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { Plc } from '../plc/plc.ts';
import { type PtyBus, startPtyBus } from '../plc/pty-bus.ts';
import { type RtuServer, type RtuServerOptions, startRtuServer } from '../plc/rtu-server.ts';
import { type BusEnd, MemoryBus } from '../plc/serial-bus.ts';
import { waitFor } from './wait-for.ts';

/** How long something over a pty may take on a busy machine. */
const PTY_DEADLINE_MS = 30_000;
/** How much virtual time something may take: no trial waits for longer than a minute on the rig's buses. */
const VIRTUAL_DEADLINE_MS = 120_000;

/** How long a unit of the rig may take to answer. */
export const RIG_ANSWERS_WITHIN_MS = 200;

export interface SerialRigOptions {
  readonly baud?: number;
  readonly units?: readonly number[];
  readonly line?: Partial<SerialLineOptions>;
  readonly server?: Partial<RtuServerOptions>;
}

/** A serial line and the units on its bus. */
interface SerialRig<Time extends Clock> {
  readonly clock: Time;
  readonly plc: Plc;
  readonly bus: RtuServer;
  readonly line: Line;
  stop(): Promise<void>;
}

/** On a virtual clock: every byte has its time, and nothing else takes any. */
export interface VirtualSerialRig extends SerialRig<VirtualClock> {
  /** The adapter. */
  readonly adapter: MemoryBus;
  /** Lets virtual time pass until it is so. */
  pass(until: () => boolean, what: string): Promise<void>;
  /** Lets virtual time pass until it is settled. */
  settled<T>(request: Promise<T>): Promise<T>;
}

/** Over a pty of this machine, on its own clock. */
export interface PtySerialRig extends SerialRig<Clock> {
  readonly adapter: PtyBus;
}

/** Holding register `address` of a unit holds this, so that an answer of another unit or request is seen. */
export function busRegister(unit: number, address: number): number {
  return unit * 1_000 + address * 7;
}

/** Starts units on a bus in memory, and a line whose units have all answered. */
export async function startVirtualSerialRig(options: SerialRigOptions = {}): Promise<VirtualSerialRig> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const adapter = new MemoryBus();
  const plc = modelOf(options, clock);
  const bus = busOf(options, plc, adapter, clock);
  const line = lineOf(options, clock, { path: 'memory', openWire: adapter.openWire });
  const pass = async (until: () => boolean, what: string): Promise<void> => {
    const deadlineMs = clock.monotonicMs() + VIRTUAL_DEADLINE_MS;
    while (!until()) {
      if (clock.monotonicMs() > deadlineMs) throw new Error(`still waiting for ${what}`);
      await clock.advance(1);
    }
  };
  line.start();
  for (const unit of unitsOf(options)) await pass(() => answered(bus, unit), `unit ${unit} to be asked`);
  // The answers to the last trials, and the rests behind them.
  await clock.advance(500);
  return {
    clock,
    adapter,
    plc,
    bus,
    line,
    pass,
    settled: async (request) => {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      request.then(over, over);
      await pass(() => isOver, 'the request to settle');
      return await request;
    },
    stop: async () => {
      await line.stop();
      bus.stop();
    },
  };
}

/** Starts units behind a pty, and a line that is online. */
export async function startPtySerialRig(options: SerialRigOptions = {}): Promise<PtySerialRig> {
  const clock = systemClock;
  const folder = await mkdtemp(join(tmpdir(), 'lockerhub-bus-'));
  const adapter = await startPtyBus(join(folder, 'bus'));
  const plc = modelOf(options, clock);
  const bus = busOf(options, plc, adapter, clock);
  const line = lineOf(options, clock, { path: adapter.path });
  line.start();
  await waitFor(() => line.online, PTY_DEADLINE_MS, 'the line to be online');
  return {
    clock,
    adapter,
    plc,
    bus,
    line,
    stop: async () => {
      await line.stop();
      bus.stop();
      await adapter.unplug();
      await rm(folder, { recursive: true });
    },
  };
}

function unitsOf({ units = [1, 2, 3] }: SerialRigOptions): readonly number[] {
  return units;
}

/** Relay boards with two doors each: unit 1 has doors 11 and 12, unit 2 has 21 and 22. */
function modelOf(options: SerialRigOptions, clock: Clock): Plc {
  const units = unitsOf(options);
  const plc = new Plc({
    clock,
    units: units.map((unit) => ({ unit, device: 'waveshare-relay' })),
    doors: units.flatMap((unit) =>
      [0, 1].map((coil) => ({
        number: unit * 10 + coil + 1,
        unit,
        coil,
        sensor: { area: 'discrete-inputs' as const, address: coil, closed: 1 as const },
      })),
    ),
  });
  for (const unit of units) {
    for (let address = 0; address < 64; address++) {
      plc.execute({ unit, kind: 'write-register', address, value: busRegister(unit, address) });
    }
  }
  return plc;
}

function busOf({ baud = 9_600, server }: SerialRigOptions, plc: Plc, end: BusEnd, clock: Clock): RtuServer {
  return startRtuServer({ plc, end, clock, baud, ...server });
}

function lineOf(
  options: SerialRigOptions,
  clock: Clock,
  port: Pick<SerialLineOptions, 'path' | 'openWire'>,
): Line {
  return createSerialLine({
    id: 'bus',
    baud: options.baud ?? 9_600,
    parity: 'none',
    stopBits: 1,
    timeoutMs: RIG_ANSWERS_WITHIN_MS,
    frameGapMs: 0,
    trials: unitsOf(options).map((unit) => ({
      unit,
      kind: 'read',
      area: 'discrete-inputs',
      address: 0,
      count: 2,
    })),
    clock,
    random: new SeededRandom(1),
    ...port,
    ...options.line,
  });
}

function answered({ requests }: RtuServer, unit: number): boolean {
  return requests.some((request) => request.unit === unit);
}
