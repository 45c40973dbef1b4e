/**
 * A hub as a bank's agent sees it: a real MQTT broker, and no more than the protocol asks. It beats, acknowledges, and
 * sends what a test tells it to.
 */
import { createServer, type Server, type Socket } from 'node:net';
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
import { waitFor } from './wait-for.ts';

/** How long anything may take that a test waits for, on a loaded machine. */
export const DEADLINE_MS = 30_000;

export class BankHub {
  readonly building = 'test-building';
  readonly bank = 'test-bank';
  readonly bootId = newId(systemClock, systemRandom);
  /** All that the agent has said, oldest first. */
  readonly heard: Arrived[] = [];
  beats = true;
  acknowledges = true;
  epoch = 1;
  brokerPort = 0;
  #broker: { readonly aedes: Aedes; readonly server: Server; readonly sockets: Set<Socket> } | undefined;
  #beat: NodeJS.Timeout | undefined;

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

  /** The newest session if it is online, or 0. An older one's good-bye, however late, says nothing of it. */
  get session(): number {
    const said = this.heard.flatMap((arrived) => (arrived.name === 'availability' ? [arrived.message] : []));
    const newest = Math.max(0, ...said.map(({ session }) => session));
    return said.findLast(({ session }) => session === newest)?.agent === 'online' ? newest : 0;
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
        topic: topicOf(this.building, this.bank, name),
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

  events(): BankEvent[] {
    return this.heard.flatMap((arrived) => (arrived.name === 'event' ? [arrived.message] : []));
  }

  door(compartment: number): CompartmentReport | undefined {
    return this.heard
      .flatMap((arrived) => (arrived.name === 'compartment' ? [arrived.message] : []))
      .findLast((report) => report.compartment === compartment);
  }

  /** Waits until the agent is online and sees each of so many doors, or that its unit answers. */
  async allSeen(doors: number): Promise<void> {
    await waitFor(() => this.session > 0, DEADLINE_MS, 'a session');
    const seen = () =>
      Array.from({ length: doors }, (_, index) => this.door(index + 1)).every(
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

  /** Asks what the ledger knows of doors. */
  async recordsOf(...compartments: number[]): Promise<MessageOf<'recordsResponse'>['records']> {
    const id = this.id();
    this.say('records', { v: VERSION, id, session: this.session, compartments });
    const found = () =>
      this.heard
        .flatMap((arrived) => (arrived.name === 'recordsResponse' ? [arrived.message] : []))
        .find((answer) => answer.id === id);
    return (await waitFor(found, DEADLINE_MS, 'the records')).records;
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
