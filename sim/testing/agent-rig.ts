/**
 * An agent's surroundings on this machine: a simulated PLC behind Modbus TCP, a real MQTT broker, and a hub that
 * does no more than the protocol asks: beats, acknowledges, and sends what a test tells it to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { parseBankFile } from '@lockerhub/edge-agent/bank/bank-file.ts';
import { wireBank } from '@lockerhub/edge-agent/bank/wire-bank.ts';
import { FileJournal } from '@lockerhub/edge-agent/ledger/file-journal.ts';
import { createTcpLine } from '@lockerhub/edge-agent/lines/tcp-line.ts';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import type { PickupSetting } from '@lockerhub/edge-agent/pickups/pickups.ts';
import {
  type BankEvent,
  type BankEventKind,
  type CompartmentReport,
  HEARTBEAT_MS,
  OPEN_WITHIN_MS,
  type OpenRequest,
  type OpenResponse,
  VERSION,
} from '@lockerhub/protocol/bank/messages.ts';
import {
  type Arrived,
  decode,
  encode,
  type MessageOf,
  TOPICS,
  type TopicsFrom,
  topicOf,
} from '@lockerhub/protocol/bank/topics.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { Plc } from '../plc/plc.ts';
import { type PlcServer, startPlcServer } from '../plc/tcp-server.ts';
import { waitFor } from './wait-for.ts';

const BUILDING = 'test-building';
const BANK = 'test-bank';
const DEADLINE_MS = 30_000;
/** The last so many doors of the rig have no sensor. */
const UNSENSED = 1;

export interface RigOptions {
  readonly doors?: number;
  readonly device?: 'waveshare-relay' | 'held-coils';
  readonly lockLatencyMs?: number;
  readonly jamAfterMs?: number;
  readonly quarantineMs?: number;
  readonly timeoutMs?: number;
  /** A fire contact at input 32. */
  readonly emergency?: boolean;
  /** Takes pickup lists, kept in memory. */
  readonly pickups?: boolean;
}

/** Starts PLC and broker; the agent is started by the test. */
export async function startRig(options: RigOptions = {}): Promise<AgentRig> {
  const rig = new AgentRig(options);
  await rig.begin();
  return rig;
}

export class AgentRig {
  readonly building = BUILDING;
  readonly bank = BANK;
  readonly options: Required<RigOptions>;
  readonly plc: Plc;
  readonly bootId = newId(systemClock, systemRandom);
  /** All that the agent has said, oldest first. */
  readonly heard: Arrived[] = [];
  beats = true;
  acknowledges = true;
  epoch = 1;
  folder = '';
  #server: PlcServer | undefined;
  #broker: { readonly aedes: Aedes; readonly server: Server; readonly sockets: Set<Socket> } | undefined;
  #beat: NodeJS.Timeout | undefined;
  #agent: Agent | undefined;
  #kept: string | null = null;
  #child: ChildProcess | undefined;
  #exited: Promise<NodeJS.Signals | number | null> = Promise.resolve(null);
  /** What the agent's process has printed. */
  readonly childOutput: string[] = [];
  brokerPort = 0;

  constructor(options: RigOptions) {
    this.options = {
      doors: 4,
      device: 'waveshare-relay',
      lockLatencyMs: 5,
      jamAfterMs: 500,
      quarantineMs: 600,
      // A stall of a loaded machine must not look like a dead line.
      timeoutMs: 1_500,
      emergency: false,
      pickups: false,
      ...options,
    };
    const { doors, device, lockLatencyMs } = this.options;
    const duty = device === 'held-coils' ? ('continuous-duty' as const) : ('pulsed' as const);
    this.plc = new Plc({
      clock: systemClock,
      units: [{ unit: 1, device, coils: 32, discreteInputs: 32 }],
      doors: Array.from({ length: doors }, (_, index) => ({
        number: index + 1,
        unit: 1,
        coil: index,
        sensor:
          index < doors - UNSENSED
            ? { area: 'discrete-inputs' as const, address: index, closed: 1 as const }
            : null,
        lock: { latencyMs: lockLatencyMs, duty },
      })),
    });
  }

  async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'lockerhub-agent-'));
    this.#server = await startPlcServer({ plc: this.plc });
    await this.startBroker();
    await writeFile(join(this.folder, 'bank.yaml'), this.bankFile);
  }

  get line(): PlcServer {
    if (!this.#server) throw new Error('the rig has not begun');
    return this.#server;
  }

  /** The bank file of this rig. */
  get bankFile(): string {
    const { doors, device, jamAfterMs, quarantineMs, timeoutMs, emergency } = this.options;
    const timed = device === 'waveshare-relay';
    return JSON.stringify({
      layout: {
        bank: BANK,
        name: 'Rig',
        depthMm: 500,
        columns: [
          {
            widthMm: 400,
            cells: Array.from({ length: doors }, (_, index) => ({
              number: index + 1,
              size: 'M',
              heightMm: 200,
            })),
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
          locks: timed ? 'pulsed' : 'continuous-duty',
          timeoutMs,
          profile: {
            profile: 'rig',
            title: 'Rig',
            outputs: { area: 'coils', first: 1, address: 0, count: 32 },
            sensors: { area: 'discrete-inputs', first: 1, address: 0, count: 32, closed: 1 },
            pulse: timed
              ? { method: 'timed-coil', address: 0x200, unitMs: 100, lengthMs: 100 }
              : { method: 'held-coil', on: 0xff00, off: 0, lengthMs: 100 },
            power: { solenoidsAtOnce: 1, pauseBetweenPulsesMs: 20 },
            jamAfterMs,
            lateWriteQuarantineMs: quarantineMs,
          },
        },
      ],
      wiring: Array.from({ length: doors }, (_, index) => ({
        compartment: index + 1,
        line: 'plc',
        unit: 1,
        output: index + 1,
        sensor: index < doors - UNSENSED ? { point: index + 1 } : 'none',
      })),
    });
  }

  async startAgent(): Promise<Agent> {
    const { wires, lines } = await wireBank(parseBankFile(this.bankFile));
    this.#agent = new Agent({
      wires,
      lines: lines.map((line) => createTcpLine({ ...line, clock: systemClock, random: systemRandom })),
      journal: new FileJournal(join(this.folder, 'ledger.journal')),
      events: new FileJournal(join(this.folder, 'events.journal')),
      link: createMqttLink({
        url: `mqtt://127.0.0.1:${this.brokerPort}`,
        building: BUILDING,
        bank: BANK,
        username: BANK,
        password: 'rig',
        log: pino({ level: 'silent' }),
      }),
      clock: systemClock,
      random: systemRandom,
      log: pino({ level: 'silent' }),
      software: 'rig',
      ...(this.options.pickups ? { pickups: this.#pickups() } : {}),
    });
    await this.#agent.start();
    return this.#agent;
  }

  #pickups(): PickupSetting {
    return {
      kept: {
        read: () => this.#kept,
        write: (text) => {
          this.#kept = text;
        },
      },
      building: BUILDING,
      layout: parseBankFile(this.bankFile).layout,
    };
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  async startBroker(): Promise<void> {
    const aedes = await Aedes.createBroker();
    aedes.authorizePublish = (_client, packet, done) => {
      this.#hear(packet.topic, Buffer.from(packet.payload));
      done(null);
    };
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(this.brokerPort, '127.0.0.1', resolve));
    this.brokerPort = (server.address() as { port: number }).port;
    this.#broker = { aedes, server, sockets };
    this.#beat = setInterval(() => this.beat(), HEARTBEAT_MS / 4);
  }

  /** Cuts the broker off as a killed hub would. */
  async stopBroker(): Promise<void> {
    clearInterval(this.#beat);
    const broker = this.#broker;
    this.#broker = undefined;
    if (!broker) return;
    for (const socket of broker.sockets) socket.destroy();
    await new Promise<void>((resolve) => broker.server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.aedes.close(() => resolve()));
  }

  async end(): Promise<void> {
    await this.stopAgent();
    this.kill('SIGKILL');
    await this.ended;
    await this.stopBroker();
    await this.#server?.stop();
    await rm(this.folder, { recursive: true });
  }

  /** The newest session that was announced as online, or 0. */
  get session(): number {
    const last = this.heard.findLast(({ name }) => name === 'availability');
    return last?.name === 'availability' && last.message.agent === 'online' ? last.message.session : 0;
  }

  beat(): void {
    if (this.beats && this.session > 0) {
      this.say('heartbeat', {
        v: VERSION,
        session: this.session,
        hub: { bootId: this.bootId, monotonicMs: systemClock.monotonicMs() },
        epoch: this.epoch,
        head: null,
      });
    }
  }

  say<Name extends TopicsFrom<'hub'>>(name: Name, message: MessageOf<Name>): void {
    this.#broker?.aedes.publish(
      {
        cmd: 'publish',
        topic: topicOf(BUILDING, BANK, name),
        payload: encode(name, message),
        qos: TOPICS[name].qos,
        retain: false,
        dup: false,
      },
      (error) => {
        if (error) throw error;
      },
    );
  }

  /** Sends an open and returns it, so that it can be sent again. */
  open(compartment: number, change: Partial<OpenRequest> = {}): OpenRequest {
    const request: OpenRequest = {
      v: VERSION,
      id: this.id(),
      session: this.session,
      epoch: this.epoch,
      grant: this.id(),
      delivery: null,
      purpose: 'staff',
      compartment,
      deadline: { bootId: this.bootId, monotonicMs: systemClock.monotonicMs() + OPEN_WITHIN_MS },
      ...change,
    };
    this.say('open', request);
    return request;
  }

  id(): string {
    return newId(systemClock, systemRandom);
  }

  /** A hand pushes a door shut as soon as its latch holds. */
  async close(door: number): Promise<void> {
    await waitFor(() => this.plc.hand.close(door), DEADLINE_MS, `door ${door} to latch`);
  }

  /** Calls `act` when the next write reaches the PLC, before it is executed. False: the PLC never gets it. */
  atNextWrite(act: () => boolean): void {
    const receive = this.plc.receive.bind(this.plc);
    this.plc.receive = (request, answer) => {
      if (request.kind === 'read') return receive(request, answer);
      this.plc.receive = receive;
      if (act()) receive(request, answer);
    };
  }

  /** Starts the agent as a process of its own, on the same ledger as `startAgent`. */
  async spawnAgent(): Promise<void> {
    const config = {
      hub: `mqtt://127.0.0.1:${this.brokerPort}`,
      building: BUILDING,
      username: BANK,
      password: 'rig',
      bankFile: 'bank.yaml',
      folder: '.',
    };
    const path = join(this.folder, 'agent.yaml');
    await writeFile(path, JSON.stringify(config));
    const main = fileURLToPath(import.meta.resolve('@lockerhub/edge-agent/main.ts'));
    this.#child = spawn(process.execPath, [main, '--config', path], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (data) => this.childOutput.push(String(data)));
    this.#child.stderr?.on('data', (data) => this.childOutput.push(String(data)));
    this.#exited = new Promise((resolve) => {
      this.#child?.once('exit', (code, signal) => resolve(signal ?? code));
    });
  }

  /** Sends a signal to the agent's process at once; `ended` tells when it is gone. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** The signal or exit code with which the agent's process ended. */
  get ended(): Promise<NodeJS.Signals | number | null> {
    return this.#exited;
  }

  /** How often the lock of a door was energised. */
  pulses(door: number): number {
    return this.plc.record.filter((event) => event.kind === 'energised' && event.door === door).length;
  }

  events(): BankEvent[] {
    return this.heard.flatMap((arrived) => (arrived.name === 'event' ? [arrived.message] : []));
  }

  door(compartment: number): CompartmentReport | undefined {
    return this.heard
      .flatMap((arrived) => (arrived.name === 'compartment' ? [arrived.message] : []))
      .findLast((report) => report.compartment === compartment);
  }

  /** Waits until the agent is online and sees every door. */
  async ready(): Promise<void> {
    await waitFor(() => this.session > 0, DEADLINE_MS, 'a session');
    const seen = () =>
      Array.from({ length: this.options.doors }, (_, index) => this.door(index + 1)).every(
        (report) => report && !['unseen', 'unavailable'].includes(report.door),
      );
    await waitFor(seen, DEADLINE_MS, 'all doors to be seen');
  }

  /** Waits until the agent, started once more, is ready. */
  async again(): Promise<void> {
    await waitFor(() => this.session > 0, DEADLINE_MS, 'a session');
    const { session } = this;
    const seen = () =>
      this.door(1)?.session === session &&
      !['unseen', 'unavailable'].includes(this.door(1)?.door ?? 'unseen');
    await waitFor(seen, DEADLINE_MS, 'door 1 to be seen again');
  }

  /** Waits for an event of that kind about that grant, or (null) about that compartment. */
  happened(kind: BankEventKind, about: { grant?: string; compartment?: number }): Promise<BankEvent> {
    const found = () =>
      this.events().find(
        (event) =>
          event.kind === kind &&
          (about.grant === undefined || event.grant === about.grant) &&
          (about.compartment === undefined || event.compartment === about.compartment),
      );
    return waitFor(found, DEADLINE_MS, `"${kind}" of ${JSON.stringify(about)}`);
  }

  /** Waits for the answer to an open. */
  answered({ id }: OpenRequest): Promise<OpenResponse> {
    const found = () =>
      this.heard
        .flatMap((arrived) => (arrived.name === 'openResponse' ? [arrived.message] : []))
        .find((answer) => answer.id === id);
    return waitFor(found, DEADLINE_MS, 'an answer to the open');
  }

  /** Waits until a door is reported in that state. */
  async doorIs(compartment: number, state: CompartmentReport['door']): Promise<void> {
    await waitFor(
      () => this.door(compartment)?.door === state,
      DEADLINE_MS,
      `door ${compartment} to be ${state}`,
    );
  }

  /** Asks what became of grants. */
  async outcomesOf(...grants: string[]): Promise<MessageOf<'outcomesResponse'>['outcomes']> {
    const id = this.id();
    this.say('outcomes', { v: VERSION, id, session: this.session, grants });
    const found = () =>
      this.heard
        .flatMap((arrived) => (arrived.name === 'outcomesResponse' ? [arrived.message] : []))
        .find((answer) => answer.id === id);
    return (await waitFor(found, DEADLINE_MS, 'the outcomes')).outcomes;
  }

  #hear(topic: string, payload: Buffer): void {
    if (topic.startsWith('$SYS') || !topic.startsWith('lockerhub/')) return;
    const arrived = decode(topic, payload);
    if (TOPICS[arrived.name].from !== 'agent') return;
    this.heard.push(arrived);
    if (arrived.name === 'availability') this.beat();
    if (arrived.name === 'event' && this.acknowledges) {
      const { session, number } = arrived.message;
      this.say('ack', { v: VERSION, session, number });
    }
  }
}
