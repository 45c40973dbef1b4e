import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import type { BankEventKind, OpenRequest } from '@lockerhub/protocol/bank/messages.ts';
import { startAgentOn } from '../testing/agent-on-hub.ts';
import { AgentProcess } from '../testing/agent-process.ts';
import { BankHub, DEADLINE_MS } from '../testing/bank-hub.ts';
import { waitFor } from '../testing/wait-for.ts';
import { NetworkCable } from './cable.ts';
import { Device } from './device.ts';
import type { PulseMethod } from './pulse-method.ts';
import { SerialCable } from './serial-cable.ts';

/** Doors of a device under the suite: so many with a sensor, and a last one without. */
const SENSED = 9;
export const UNSENSED = SENSED + 1;
export const DOORS = SENSED + 1;
/** What one read of a device may ask for: the doors take three reads. */
const READS_AT_MOST = 4;
/** A mailbox's status and the register of the doors behind it, from 16 to 32. */
const MAILBOX_READ = 17;
/** Of the serial bus. */
const BAUD = 19_200;
/** What the device answers "no such address" to: also where sixteen doors share a register. */
const BEYOND = DOORS + 16;

/** A bank to be put under the suite: a program that is a device, and what is true of its kind. */
export interface BankUnderTest {
  readonly method: PulseMethod;
  readonly wire: 'tcp' | 'rtu';
  /** The program and its first words, once the tests have begun. */
  readonly command: () => readonly [string, ...string[]];
}

/** What one test changes. */
export interface RigOptions {
  readonly pollMs?: number;
  readonly quarantineMs?: number;
  /** Lays a cable that can be pulled between agent and device. On a serial bus there is always one. */
  readonly cable?: boolean;
  /** The device takes one TCP connection, and the agent knows. */
  readonly oneConnection?: boolean;
  /** The bank file names one door more, whose output or input the device does not have. */
  readonly beyond?: 'output' | 'input';
}

/** Declares one test of the suite, which gets a rig of its own. */
export type BankIt = (what: string, options: RigOptions, body: (rig: BankRig) => Promise<void>) => void;

/** A device and an agent that drives it, over what really lies between them, and a hub. */
export class BankRig extends BankHub {
  readonly device: Device;
  readonly cable: NetworkCable | SerialCable | undefined;
  /** Every grant that was sent, by its compartment. */
  readonly #grants = new Map<number, Set<string>>();
  readonly #bank: BankUnderTest;
  readonly #options: RigOptions;
  readonly #folder: string;
  #agent: Agent | undefined;
  #process: AgentProcess | undefined;

  private constructor(parts: {
    bank: BankUnderTest;
    options: RigOptions;
    device: Device;
    cable: NetworkCable | SerialCable | undefined;
    folder: string;
  }) {
    super();
    this.#bank = parts.bank;
    this.#options = parts.options;
    this.#folder = parts.folder;
    this.device = parts.device;
    this.cable = parts.cable;
  }

  /** Starts device and hub; `startAgent` or `spawnAgent` follows. */
  static async start(bank: BankUnderTest, options: RigOptions = {}): Promise<BankRig> {
    const folder = await mkdtemp(join(tmpdir(), 'lockerhub-conformance-'));
    const bus = bank.wire === 'rtu' ? await SerialCable.lay(folder) : undefined;
    const [command, ...words] = bank.command();
    const device = await Device.start({
      command,
      options: [
        ...words,
        ...['--method', bank.method],
        ...['--doors', String(DOORS), '--sensors', String(SENSED)],
        ...['--reads-at-most', String(READS_AT_MOST)],
        ...(options.oneConnection ? ['--connections', '1'] : []),
        ...(bank.method === 'mailbox' ? ['--memory', join(folder, 'memory')] : []),
      ],
      wire: bus ? { port: bus.devicePort, baud: BAUD } : 'tcp',
    });
    const cable = bus ?? (options.cable ? await NetworkCable.lay(device.port) : undefined);
    const rig = new BankRig({ bank, options, device, cable, folder });
    await writeFile(join(folder, 'bank.yaml'), rig.bankFile);
    await rig.startBroker();
    return rig;
  }

  /** Starts the agent in this process, and waits until it sees all doors. */
  async startAgent(): Promise<void> {
    this.#agent = await startAgentOn(this, {
      bankFile: this.bankFile,
      folder: this.#folder,
    });
  }

  /** Starts the agent as installers do, in a process of its own. */
  async spawnAgent(): Promise<AgentProcess> {
    this.#process = await AgentProcess.start(this.#folder, this);
    return this.#process;
  }

  /** Waits until all doors that the device has are seen. */
  ready(): Promise<void> {
    return this.allSeen(DOORS);
  }

  /** Whether the agent has to end the device's pulses. */
  get isHeld(): boolean {
    return this.#bank.method === 'held-coil' || this.#bank.method === 'watchdog-coil';
  }

  /** How long the device's pulses are. */
  get pulseMs(): number {
    return PULSE_MS[this.#bank.method];
  }

  /** Waits until the agent, started or connected once more, has a newer session and sees its doors. */
  async nextSession(before: number): Promise<void> {
    const isThere = () => this.session > before && this.door(1)?.session === this.session;
    await waitFor(isThere, DEADLINE_MS, 'the next session');
  }

  /**
   * What is first told of an open: that it is refused (at once, or when its turn came after it was begun), or what
   * happened at the door.
   */
  firstOf({ id, grant }: OpenRequest): Promise<'refused' | BankEventKind> {
    const told = () => {
      const event = this.events().find((one) => one.grant === grant);
      if (event) return event.kind;
      const isRefused = this.heard.some(
        ({ name, message }) => name === 'openResponse' && message.id === id && message.result === 'refused',
      );
      return isRefused ? ('refused' as const) : undefined;
    };
    return waitFor(told, DEADLINE_MS, 'an open to be refused or to have happened');
  }

  /**
   * Opens a door, by further grants as long as it is refused: a bank may still be switching off outputs, or be about
   * to find its device again.
   */
  opens(door: number): Promise<OpenRequest> {
    const happened = async () => {
      const request = this.open(door);
      return (await this.firstOf(request)) === 'refused' ? undefined : request;
    };
    return waitFor(happened, DEADLINE_MS, `door ${door} to be opened`);
  }

  override open(compartment: number, change: Partial<OpenRequest> = {}): OpenRequest {
    const request = super.open(compartment, change);
    const grants = this.#grants.get(compartment) ?? new Set();
    this.#grants.set(compartment, grants.add(request.grant));
    return request;
  }

  /** Outputs that the device was asked to energise more often than there were grants that may have been begun. */
  get pulsedTooOften(): number[] {
    const answers = this.heard.flatMap((arrived) =>
      arrived.name === 'openResponse' ? [arrived.message] : [],
    );
    const refused = new Set(answers.map(({ grant }) => grant));
    // A grant that was begun is refused when it comes again.
    for (const { grant, result } of answers) if (result === 'begun') refused.delete(grant);
    const doors = Array.from({ length: DOORS }, (_, index) => index + 1);
    return doors.filter((door) => {
      const grants = [...(this.#grants.get(door) ?? [])].filter((grant) => !refused.has(grant));
      return this.device.asked(door) > grants.length;
    });
  }

  async end(): Promise<void> {
    await this.#agent?.stop();
    this.#process?.kill('SIGKILL');
    await this.#process?.ended;
    await this.stopBroker();
    await this.cable?.takeAway();
    await this.device.cutPower();
    await rm(this.#folder, { recursive: true });
  }

  /** What an installer would write down for this device. */
  get bankFile(): string {
    const { pollMs = 50, beyond } = this.#options;
    const doors = Array.from({ length: beyond ? DOORS + 1 : DOORS }, (_, index) => index + 1);
    return JSON.stringify({
      layout: {
        bank: this.bank,
        name: 'Conformance',
        depthMm: 500,
        columns: [{ widthMm: 400, cells: doors.map((number) => ({ number, size: 'M', heightMm: 150 })) }],
      },
      pollMs,
      lines: [this.#line],
      wiring: doors.map((number) => ({
        compartment: number,
        line: 'device',
        unit: 1,
        ...(number > DOORS ? this.#wiringBeyond : wiringOf(number)),
      })),
    });
  }

  get #line(): object {
    const { quarantineMs = 60_000, oneConnection } = this.#options;
    const { method } = this.#bank;
    return {
      id: 'device',
      ...this.#port,
      locks: LOCKS[method],
      profile: {
        profile: 'device-under-test',
        title: 'Device under test',
        outputs: { ...OUTPUTS[method], count: BEYOND },
        sensors: { ...SENSORS[method], first: 1, count: BEYOND, closed: 1 },
        pulse: PULSES[method],
        ...(method === 'watchdog-coil' ? { watchdog: WATCHDOG } : {}),
        serial: { baud: BAUD },
        limits: {
          readBits: READS_AT_MOST,
          readRegisters: method === 'mailbox' ? MAILBOX_READ : READS_AT_MOST,
        },
        power: { solenoidsAtOnce: 2, pauseBetweenPulsesMs: 20 },
        connection: { timeoutMs: 1_500, onFault: oneConnection ? 'resynchronise' : 'reconnect' },
        jamAfterMs: 1_500,
        lateWriteQuarantineMs: quarantineMs,
      },
    };
  }

  get #port(): object {
    if (this.cable instanceof SerialCable) return { serial: { path: this.cable.agentPort } };
    return { host: '127.0.0.1', port: this.cable?.port ?? this.device.port };
  }

  /** The input of the door without sensor shows 0 for ever: a door that never opens. */
  get #wiringBeyond(): object {
    const sensor = this.#options.beyond === 'input' ? { point: BEYOND } : { point: UNSENSED, closed: 0 };
    return { output: BEYOND, sensor };
  }
}

function wiringOf(number: number): object {
  return { output: number, sensor: number === UNSENSED ? 'none' : { point: number } };
}

/** How long the pulses of each method are. Boards that are told in registers know whole seconds only. */
const PULSE_MS: Readonly<Record<PulseMethod, number>> = {
  'timed-coil': 200,
  'timed-register': 1_000,
  'trigger-coil': 200,
  'held-coil': 200,
  'watchdog-coil': 200,
  mailbox: 200,
};

/** The words of each method, as the devices of the suite take them. */
const PULSES: Readonly<Record<PulseMethod, object>> = {
  'timed-coil': { method: 'timed-coil', address: 0x0200, unitMs: 100, lengthMs: PULSE_MS['timed-coil'] },
  'timed-register': {
    method: 'timed-register',
    command: 0x0600,
    unitMs: 1_000,
    lengthMs: PULSE_MS['timed-register'],
  },
  'trigger-coil': { method: 'trigger-coil', on: 0xff00, rearm: 0, lengthMs: PULSE_MS['trigger-coil'] },
  'held-coil': { method: 'held-coil', on: 0xff00, off: 0, lengthMs: PULSE_MS['held-coil'] },
  'watchdog-coil': { method: 'held-coil', on: 0xff00, off: 0, lengthMs: PULSE_MS['watchdog-coil'] },
  mailbox: { method: 'mailbox', lengthMs: PULSE_MS.mailbox, heartbeatTimeoutMs: 6_000 },
};

/** As a WAGO 750 coupler's. */
const WATCHDOG = {
  timeoutMs: 1_000,
  arm: [
    { register: 0x1008, value: 0xaa55 },
    { register: 0x1000, value: 10 },
    { register: 0x100a, value: 1 },
  ],
  check: [{ register: 0x1006, holds: 1 }],
};

const OUTPUTS: Readonly<Record<PulseMethod, object>> = {
  'timed-coil': { area: 'coils', first: 1, address: 0 },
  'timed-register': { area: 'holding-registers', first: 1, address: 1 },
  'trigger-coil': { area: 'coils', first: 1, address: 0 },
  'held-coil': { area: 'coils', first: 1, address: 0 },
  'watchdog-coil': { area: 'coils', first: 1, address: 0 },
  mailbox: { area: 'mailbox', first: 1 },
};

const INPUTS = { area: 'discrete-inputs', address: 0 };
const SENSORS: Readonly<Record<PulseMethod, object>> = {
  'timed-coil': INPUTS,
  'timed-register': INPUTS,
  'trigger-coil': INPUTS,
  'held-coil': INPUTS,
  'watchdog-coil': INPUTS,
  mailbox: { area: 'register-bits', address: 32 },
};

/** What hangs on such outputs; whole seconds would warm a pulsed lock too much for one opening after the other. */
const LOCKS: Readonly<Record<PulseMethod, string>> = {
  'timed-coil': 'pulsed',
  'timed-register': 'hardware-limited',
  'trigger-coil': 'pulsed',
  'held-coil': 'continuous-duty',
  'watchdog-coil': 'pulsed',
  mailbox: 'pulsed',
};
