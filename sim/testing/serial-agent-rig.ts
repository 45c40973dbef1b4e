/**
 * An agent's surroundings with a serial bank: two boards of different make on one bus behind a pty, as an installer
 * would describe them, and a hub of `bank-hub.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { startAgent } from '@lockerhub/edge-agent/agent/start-agent.ts';
import { plainWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { pino } from 'pino';
import { Plc } from '../plc/plc.ts';
import { type PtyBus, startPtyBus } from '../plc/pty-bus.ts';
import { type RtuServer, startRtuServer } from '../plc/rtu-server.ts';
import { BankHub, DEADLINE_MS } from './bank-hub.ts';
import { waitFor } from './wait-for.ts';

const BAUD = 9_600;
/** Doors 1 and 2 hang on unit 1, doors 3 and 4 on unit 2; all are sensed by unit 1. */
const DOORS = [1, 2, 3, 4] as const;
const RELAY_UNIT = 1;
const REGISTER_UNIT = 2;

/** Starts boards and broker; the agent is started by the test. */
export async function startSerialAgentRig(): Promise<SerialAgentRig> {
  const rig = new SerialAgentRig();
  await rig.begin();
  return rig;
}

export class SerialAgentRig extends BankHub {
  readonly plc = new Plc({
    clock: systemClock,
    units: [
      { unit: RELAY_UNIT, device: 'waveshare-relay', coils: 8, discreteInputs: 8 },
      { unit: REGISTER_UNIT, device: 'timed-register', coils: 0, holdingRegisters: 9 },
    ],
    doors: DOORS.map((number) => ({
      number,
      unit: unitOf(number),
      coil: unitOf(number) === RELAY_UNIT ? number - 1 : number - 2,
      sensor: { area: 'discrete-inputs' as const, address: number - 1, closed: 1 as const, unit: RELAY_UNIT },
      // The register board's shortest pulse is a second.
      lock: { duty: 'hardware-limited' as const },
    })),
  });
  #folder = '';
  #adapter: PtyBus | undefined;
  #bus: RtuServer | undefined;
  #agent: Agent | undefined;

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
    return `
layout:
  bank: ${this.bank}
  name: Basement
  depthMm: 500
  columns:
    - widthMm: 400
      cells:
${DOORS.map((number) => `        - { number: ${number}, size: M, heightMm: 200 }`).join('\n')}
lines:
  - id: bus
    serial: { path: ${this.adapter.path} }
    profile: waveshare-relay-8-inputs
    units:
      - { unit: ${REGISTER_UNIT}, profile: eletechsup-r4d-8 }
    locks: hardware-limited
wiring:
  - { compartment: 1, line: bus, unit: 1, output: 1, sensor: { point: 1 } }
  - { compartment: 2, line: bus, unit: 1, output: 2, sensor: { point: 2 } }
  - { compartment: 3, line: bus, unit: 2, output: 1, sensor: { unit: 1, point: 3 } }
  - { compartment: 4, line: bus, unit: 2, output: 2, sensor: { unit: 1, point: 4 } }
`;
  }

  async startAgent(): Promise<void> {
    this.#agent = await startAgent({
      bankFile: this.bankFile,
      bankFileName: 'bank.yaml',
      way: plainWay({
        url: `mqtt://127.0.0.1:${this.brokerPort}`,
        building: this.building,
        username: this.bank,
        password: 'rig',
      }),
      folder: join(this.#folder, 'agent'),
      software: 'rig',
      log: pino({ level: 'silent' }),
    });
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  /** Waits until the agent is online and sees every door. */
  ready(): Promise<void> {
    return this.allSeen(DOORS.length);
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

function unitOf(door: number): number {
  return door <= 2 ? RELAY_UNIT : REGISTER_UNIT;
}
