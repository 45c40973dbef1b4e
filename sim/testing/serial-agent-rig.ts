/**
 * An agent's surroundings with a serial bank: boards of different make on one bus behind a pty, as an installer would
 * describe them, and a hub of `bank-hub.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { stringify } from 'yaml';
import { Plc, type PlcUnitOptions } from '../plc/plc.ts';
import { type PtyBus, startPtyBus } from '../plc/pty-bus.ts';
import { type RtuServer, startRtuServer } from '../plc/rtu-server.ts';
import { startAgentOn } from './agent-on-hub.ts';
import { BankHub, DEADLINE_MS } from './bank-hub.ts';
import { waitFor } from './wait-for.ts';

const BAUD = 9_600;
/** Long enough for a stalled machine: a heartbeat that is late there must not look like a dead agent. */
const HEARTBEAT_TIMEOUT_MS = 6_000;
/** The unit whose inputs see all doors. */
const INPUTS_UNIT = 1;

/** Two doors each; a board's outputs are numbered from `first`, and door 2n - 1 hangs on the first of board n. */
interface Board {
  readonly plc: Omit<PlcUnitOptions, 'unit'>;
  /** The name of one that comes with the agent, or a whole one. */
  readonly profile: string | object;
  readonly first: number;
  /** Where output `first` is at the device. */
  readonly coil: number;
}

const BOARDS = {
  'timed-coil': {
    plc: { device: 'waveshare-relay', coils: 16, discreteInputs: 16 },
    profile: 'waveshare-relay-16-inputs',
    first: 1,
    coil: 0,
  },
  'timed-register': {
    plc: { device: 'timed-register', coils: 0, holdingRegisters: 9 },
    profile: 'eletechsup-r4d-8',
    first: 1,
    coil: 1,
  },
  // Their board is shipped at another speed, so the bus has to say its own.
  'trigger-coil': {
    plc: { device: { kind: 'trigger-coil', on: 0xff00, pulseMs: 500 }, coils: 48 },
    profile: 'kerong-cu48',
    first: 0,
    coil: 0,
  },
  'held-coil': { plc: { device: 'held-coils' }, profile: 'generic-coils', first: 1, coil: 0 },
  mailbox: {
    plc: {
      device: { kind: 'mailbox', compartments: 2, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS },
      coils: 0,
      holdingRegisters: 33,
    },
    profile: {
      profile: 'rig-mailbox',
      title: 'Mailbox',
      outputs: { area: 'mailbox', first: 1, count: 2 },
      pulse: { method: 'mailbox', lengthMs: 300, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS },
      serial: { baud: BAUD },
    },
    first: 1,
    coil: 1,
  },
} as const satisfies Record<string, Board>;
/** A kind of board, by how it is pulsed. */
export type BoardKind = keyof typeof BOARDS;

/** Starts boards (unit 1 is the first of them, and so on) and broker; the agent is started by the test. */
export async function startSerialAgentRig(
  kinds: readonly ['timed-coil', ...BoardKind[]] = ['timed-coil', 'timed-register'],
): Promise<SerialAgentRig> {
  const rig = new SerialAgentRig(kinds);
  await rig.begin();
  return rig;
}

export class SerialAgentRig extends BankHub {
  readonly plc: Plc;
  readonly #boards: readonly Board[];
  #folder = '';
  #adapter: PtyBus | undefined;
  #bus: RtuServer | undefined;
  #agent: Agent | undefined;

  constructor(kinds: readonly BoardKind[]) {
    super();
    this.#boards = kinds.map((kind) => BOARDS[kind]);
    this.plc = new Plc({
      clock: systemClock,
      units: this.#boards.map(({ plc }, index) => ({ ...plc, unit: index + 1 })),
      doors: this.#doors.map(({ number, unit, board, output }) => ({
        number,
        unit,
        coil: board.coil + output - board.first,
        sensor: { unit: INPUTS_UNIT, area: 'discrete-inputs', address: number - 1, closed: 1 },
        // The register board's shortest pulse is a second.
        lock: { duty: 'hardware-limited' },
      })),
    });
  }

  get #doors(): { number: number; unit: number; board: Board; output: number }[] {
    return this.#boards.flatMap((board, index) =>
      [0, 1].map((at) => ({ number: 2 * index + at + 1, unit: index + 1, board, output: board.first + at })),
    );
  }

  async begin(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'lockerhub-bus-'));
    this.#adapter = await startPtyBus(join(this.#folder, 'ttyUSB0'));
    this.#bus = startRtuServer({ plc: this.plc, end: this.#adapter, clock: systemClock, baud: BAUD });
    await this.startBroker();
  }

  get adapter(): PtyBus {
    if (!this.#adapter) throw new Error('the rig has not begun');
    return this.#adapter;
  }

  get bus(): RtuServer {
    if (!this.#bus) throw new Error('the rig has not begun');
    return this.#bus;
  }

  get bankFile(): string {
    const [own, ...others] = this.#boards.map(({ profile }, index) => ({ unit: index + 1, profile }));
    return stringify({
      layout: {
        bank: this.bank,
        name: 'Basement',
        depthMm: 500,
        columns: [
          {
            widthMm: 400,
            cells: this.#doors.map(({ number }) => ({ number, size: 'M', heightMm: 200 })),
          },
        ],
      },
      lines: [
        {
          id: 'bus',
          serial: { path: this.adapter.path, baud: BAUD },
          profile: own?.profile,
          units: others,
          locks: 'hardware-limited',
        },
      ],
      wiring: this.#doors.map(({ number, unit, output }) => ({
        compartment: number,
        line: 'bus',
        unit,
        output,
        sensor: { unit: INPUTS_UNIT, point: number },
      })),
    });
  }

  async startAgent(): Promise<void> {
    this.#agent = await startAgentOn(this, {
      bankFile: this.bankFile,
      folder: join(this.#folder, 'agent'),
    });
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  /** Waits until the agent is online and sees every door. */
  ready(): Promise<void> {
    return this.allSeen(this.#doors.length);
  }

  /** A hand pushes a door shut as soon as its latch holds. */
  async close(door: number): Promise<void> {
    await waitFor(() => this.plc.hand.close(door), DEADLINE_MS, `door ${door} to latch`);
  }

  /** How often the lock of a door was energised. */
  pulses(door: number): number {
    return this.plc.record.filter((event) => event.kind === 'energised' && event.door === door).length;
  }

  async end(): Promise<void> {
    await this.stopAgent();
    await this.stopBroker();
    this.bus.stop();
    await this.adapter.unplug();
    await rm(this.#folder, { recursive: true });
  }
}
