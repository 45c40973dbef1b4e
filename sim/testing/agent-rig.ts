/** An agent's surroundings on this machine: a simulated PLC behind Modbus TCP, and a hub of `bank-hub.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { Plc, type PlcDoorOptions } from '../plc/plc.ts';
import type { PlcRequest } from '../plc/request.ts';
import { type PlcServer, startPlcServer } from '../plc/tcp-server.ts';
import { startAgentOn } from './agent-on-hub.ts';
import { AgentProcess } from './agent-process.ts';
import { BankHub, DEADLINE_MS } from './bank-hub.ts';
import { waitFor } from './wait-for.ts';

/** The last so many doors of the rig have no sensor. */
const UNSENSED = 1;

/** Long enough for a stalled machine: a heartbeat that is late there must not look like a dead agent. */
const HEARTBEAT_TIMEOUT_MS = 6_000;

/** The unit of the sensors, on a line of its own, if they are apart. */
const INPUT_UNIT = 2;

/** A coupler's watchdog is at registers 0x1000 to 0x100A. */
const WATCHDOG_REGISTERS = 0x100b;

const COILS = {
  outputs: { area: 'coils', first: 1, address: 0, count: 32 },
  sensors: { area: 'discrete-inputs', first: 1, address: 0, count: 32, closed: 1 },
} as const;
/** What the agent is told of each device. */
const PROFILES = {
  'waveshare-relay': {
    ...COILS,
    pulse: { method: 'timed-coil', address: 0x200, unitMs: 100, lengthMs: 100 },
  },
  'held-coils': { ...COILS, pulse: { method: 'held-coil', on: 0xff00, off: 0, lengthMs: 100 } },
  'watchdog-coils': {
    ...COILS,
    pulse: { method: 'held-coil', on: 0xff00, off: 0, lengthMs: 100 },
    watchdog: {
      timeoutMs: 1_000,
      arm: [
        { register: 0x1008, value: 0xaa55 },
        { register: 0x1000, value: 10 },
        { register: 0x100a, value: 1 },
      ],
      check: [{ register: 0x1006, holds: 1 }],
    },
  },
  mailbox: {
    outputs: { area: 'mailbox', first: 1, count: 32 },
    sensors: { area: 'register-bits', first: 1, address: 32, count: 32, closed: 1 },
    pulse: { method: 'mailbox', lengthMs: 100, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS },
  },
} as const;

export interface RigOptions {
  readonly doors?: number;
  readonly device?: keyof typeof PROFILES;
  readonly lockLatencyMs?: number;
  readonly jamAfterMs?: number;
  readonly quarantineMs?: number;
  readonly timeoutMs?: number;
  /** The doors are sensed by a board of its own, at another address than the one that opens them. */
  readonly sensorsApart?: boolean;
  /** A fire contact at input 32. */
  readonly emergency?: boolean;
  /** A controller that takes one connection and keeps a dead one until its program has heard nothing for so long. */
  readonly keepsDeadForMs?: number | null;
  /** How many connections the profile says that the device takes. */
  readonly connections?: number;
  /** Takes pickup lists. */
  readonly pickups?: boolean;
}

/** Starts PLC and broker; the agent is started by the test. */
export async function startRig(options: RigOptions = {}): Promise<AgentRig> {
  const rig = new AgentRig(options);
  await rig.begin();
  return rig;
}

export class AgentRig extends BankHub {
  readonly options: Required<RigOptions>;
  readonly plc: Plc;
  folder = '';
  #server: PlcServer | undefined;
  #inputs: PlcServer | undefined;
  #agent: Agent | undefined;
  #process: AgentProcess | undefined;

  constructor(options: RigOptions) {
    super();
    this.options = {
      doors: 4,
      device: 'waveshare-relay',
      lockLatencyMs: 5,
      jamAfterMs: 500,
      quarantineMs: 600,
      // A stall of a loaded machine must not look like a dead line.
      timeoutMs: 1_500,
      sensorsApart: false,
      emergency: false,
      keepsDeadForMs: null,
      pickups: false,
      connections: 1,
      ...options,
    };
    const { device, lockLatencyMs, keepsDeadForMs } = this.options;
    const duty = device === 'held-coils' ? ('continuous-duty' as const) : ('pulsed' as const);
    const program = {
      kind: 'mailbox',
      compartments: 32,
      heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS,
      ...(keepsDeadForMs === null ? {} : { idleMs: keepsDeadForMs }),
    } as const;
    this.plc = new Plc({
      clock: systemClock,
      units: [
        {
          unit: 1,
          device: device === 'mailbox' ? program : device,
          coils: 32,
          discreteInputs: 32,
          ...(device === 'watchdog-coils' ? { holdingRegisters: WATCHDOG_REGISTERS } : {}),
        },
        ...(this.options.sensorsApart
          ? [{ unit: INPUT_UNIT, device: 'held-coils' as const, coils: 0, discreteInputs: 32 }]
          : []),
      ],
      doors: this.#numbers.map((number) => ({
        number,
        unit: 1,
        coil: device === 'mailbox' ? number : number - 1,
        sensor: this.#sensorOf(number),
        lock: { latencyMs: lockLatencyMs, duty },
      })),
    });
  }

  get #numbers(): number[] {
    return Array.from({ length: this.options.doors }, (_, index) => index + 1);
  }

  #sensorOf(number: number): PlcDoorOptions['sensor'] {
    const { doors, device, sensorsApart } = this.options;
    if (number > doors - UNSENSED) return null;
    if (sensorsApart) {
      return { unit: INPUT_UNIT, area: 'discrete-inputs', address: number - 1, closed: 1 };
    }
    return device === 'mailbox'
      ? { area: 'program', address: number, closed: 1 }
      : { area: 'discrete-inputs', address: number - 1, closed: 1 };
  }

  async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'lockerhub-agent-'));
    const oneConnection = { connections: 'one-refuse', keepsDead: true } as const;
    this.#server = await startPlcServer({
      plc: this.plc,
      ...(this.options.keepsDeadForMs === null ? {} : oneConnection),
    });
    if (this.options.sensorsApart) this.#inputs = await startPlcServer({ plc: this.plc });
    await this.startBroker();
    await writeFile(join(this.folder, 'bank.yaml'), this.bankFile);
  }

  get line(): PlcServer {
    if (!this.#server) throw new Error('the rig has not begun');
    return this.#server;
  }

  /** The board of the sensors, if they are apart. */
  get inputs(): PlcServer {
    if (!this.#inputs) throw new Error('the sensors of this rig are not apart');
    return this.#inputs;
  }

  /** The bank file of this rig. */
  get bankFile(): string {
    const { doors, device, jamAfterMs, quarantineMs, timeoutMs, emergency, connections } = this.options;
    const inputs = this.#inputs;
    return JSON.stringify({
      layout: {
        bank: this.bank,
        name: 'Rig',
        depthMm: 500,
        columns: [
          {
            widthMm: 400,
            cells: this.#numbers.map((number) => ({ number, size: 'M', heightMm: 200 })),
          },
        ],
      },
      pollMs: 50,
      ...(emergency ? { emergency: { line: 'plc', unit: 1, point: 32, release: 1 } } : {}),
      lines: [
        {
          id: 'plc',
          host: '127.0.0.1',
          port: this.line.port,
          locks: device === 'held-coils' ? 'continuous-duty' : 'pulsed',
          timeoutMs,
          profile: {
            profile: 'rig',
            title: 'Rig',
            ...PROFILES[device],
            tcp: { connections },
            power: { solenoidsAtOnce: 1, pauseBetweenPulsesMs: 20 },
            jamAfterMs,
            lateWriteQuarantineMs: quarantineMs,
          },
        },
        ...(inputs
          ? [{ id: 'inputs', host: '127.0.0.1', port: inputs.port, timeoutMs, profile: 'generic-coils' }]
          : []),
      ],
      wiring: this.#numbers.map((number) => ({
        compartment: number,
        line: 'plc',
        unit: 1,
        output: number,
        sensor:
          number > doors - UNSENSED
            ? 'none'
            : { point: number, ...(inputs ? { line: 'inputs', unit: INPUT_UNIT } : {}) },
      })),
    });
  }

  /** Whether an update is about to stop the agent. */
  isHeld = false;

  async startAgent(): Promise<Agent> {
    this.#agent = await startAgentOn(this, {
      bankFile: this.bankFile,
      folder: this.folder,
      keepsPickups: this.options.pickups,
      isHeld: () => this.isHeld,
    });
    return this.#agent;
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  async end(): Promise<void> {
    await this.stopAgent();
    this.kill('SIGKILL');
    await this.ended;
    await this.stopBroker();
    await this.#server?.stop();
    await this.#inputs?.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Waits until the agent is online and sees every door. */
  ready(): Promise<void> {
    return this.allSeen(this.options.doors);
  }

  /** A hand pushes a door shut as soon as its latch holds. */
  async close(door: number): Promise<void> {
    await waitFor(() => this.plc.hand.close(door), DEADLINE_MS, `door ${door} to latch`);
  }

  /** Calls `act` when the next write reaches the PLC, before it is executed. False: the PLC never gets it. */
  atNextWrite(act: () => boolean): void {
    this.atNext(({ kind }) => kind !== 'read', act);
  }

  /** The same for the next request that `isIt`, which `act` is handed. */
  atNext(isIt: (request: PlcRequest) => boolean, act: (request: PlcRequest) => boolean): void {
    const receive = this.plc.receive.bind(this.plc);
    this.plc.receive = (request, answer) => {
      if (!isIt(request)) return receive(request, answer);
      this.plc.receive = receive;
      if (act(request)) receive(request, answer);
    };
  }

  /** Starts the agent as a process of its own, on the same ledger as `startAgent`. */
  async spawnAgent(): Promise<void> {
    this.#process = await AgentProcess.start(this.folder, this);
  }

  /** Sends a signal to the agent's process at once; `ended` tells when it is gone. */
  kill(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** The signal or exit code with which the agent's process ended. */
  get ended(): Promise<NodeJS.Signals | number | null> {
    return this.#process?.ended ?? Promise.resolve(null);
  }

  /** What the agent's process has printed. */
  get processOutput(): string {
    return this.#process?.output.join('') ?? '';
  }

  /** How often the lock of a door was energised. */
  pulses(door: number): number {
    return this.plc.record.filter((event) => event.kind === 'energised' && event.door === door).length;
  }
}
