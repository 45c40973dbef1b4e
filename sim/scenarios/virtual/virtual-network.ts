import { AgentError } from '@lockerhub/edge-agent/error.ts';
import type {
  BankLink,
  FromHub,
  LinkConnection,
  LinkListener,
} from '@lockerhub/edge-agent/link/bank-link.ts';
import type { Availability } from '@lockerhub/protocol/bank/messages.ts';
import {
  type Arrived,
  decode,
  encode,
  type MessageOf,
  TOPICS,
  type TopicName,
  type TopicsFrom,
  topicOf,
} from '@lockerhub/protocol/bank/topics.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { SeededRandom } from '../../clock/seeded-random.ts';

/** One way over a LAN, at most. */
const TRANSIT_MS = 4;
/** A dead connection shows after one and a half keep-alives of 10 s (MQTT 3.1.1, 3.1.2.10). */
const NOTICED_AFTER_MS = 15_000;
/** One in so many QoS 1 messages arrives twice. */
const TWICE_ONE_IN = 20;
/** One in so many QoS 0 messages is lost. */
const LOST_ONE_IN = 50;

/** The hub's end: what its broker hands on. */
export interface HubEnd {
  receive(bank: string, arrived: Arrived): boolean;
  disconnected(bank: string): void;
}

/**
 * A broker and its wires on a virtual clock, with MQTT's promises and no more: order within a connection, QoS 1 maybe
 * twice, QoS 0 maybe never, nothing across connections. Every message passes through its text form.
 */
export class VirtualNetwork {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #building: string;
  readonly #connections = new Map<string, VirtualConnection>();
  readonly #cut = new Set<string>();
  #hub: HubEnd | undefined;

  constructor(options: { clock: Clock; random: SeededRandom; building: string }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#building = options.building;
  }

  /** The hub's broker listens. */
  hubUp(hub: HubEnd): void {
    this.#hub = hub;
  }

  /** The hub is gone: sockets close, wills are never published. */
  hubDown(): void {
    this.#hub = undefined;
    for (const connection of [...this.#connections.values()])
      connection.dies('the hub closed the connection');
    this.#connections.clear();
  }

  /** How one bank's agent reaches the hub. */
  linkOf(bank: string): BankLink {
    return { connect: (will, listener) => this.#dial(bank, will, listener) };
  }

  /** What the hub sends to a bank. `false`: there is no connection. */
  publish<Name extends TopicsFrom<'hub'>>(bank: string, name: Name, message: MessageOf<Name>): boolean {
    const connection = this.#connections.get(bank);
    if (!connection) return false;
    const topic = topicOf(this.#building, bank, name);
    const text = encode(name, message);
    connection.toAgent(
      name,
      () => decode(topic, Buffer.from(text)) as FromHub & { building: string; bank: string },
    );
    return true;
  }

  /** An agent's process dies: its socket closes and the broker publishes its will. */
  agentDied(bank: string): void {
    const connection = this.#connections.get(bank);
    if (!connection) return;
    connection.silence();
    this.#lost(bank, connection);
  }

  /** The hub ends a bank's connection, for instance because it is behind. */
  drop(bank: string): void {
    const connection = this.#connections.get(bank);
    if (!connection) return;
    connection.dies('the hub ended the connection');
    this.#lost(bank, connection);
  }

  /** Pulls the bank's network cable; both ends notice by the keep-alive only. */
  cut(bank: string): void {
    this.#cut.add(bank);
    const connection = this.#connections.get(bank);
    if (!connection) return;
    connection.silence();
    this.#clock.after(NOTICED_AFTER_MS, () => {
      connection.dies('no answer to a ping');
      this.#lost(bank, connection);
    });
  }

  mend(bank: string): void {
    this.#cut.delete(bank);
  }

  /** Holds all messages of a bank back for a time and then delivers them in order, as a stalled TCP stream does. */
  stall(bank: string, durationMs: number): void {
    this.#connections.get(bank)?.stall(durationMs);
  }

  #dial(bank: string, will: Availability, listener: LinkListener): LinkConnection {
    const connection = new VirtualConnection({
      clock: this.#clock,
      random: this.#random,
      will,
      listener,
      toHub: (name, message, compartment) => this.#toHub(bank, connection, name, message, compartment),
      closed: (farewell) => this.#closed(bank, connection, farewell),
    });
    this.#clock.after(this.#random.between(1, TRANSIT_MS), () => {
      if (!this.#hub || this.#cut.has(bank)) return connection.dies('nobody answers at the hub');
      this.#connections.get(bank)?.dies('another connection took over');
      this.#connections.set(bank, connection);
      connection.comesUp();
    });
    return connection;
  }

  #toHub(bank: string, from: VirtualConnection, name: TopicName, text: string, compartment?: number): void {
    if (!this.#hub || this.#connections.get(bank) !== from) return;
    const arrived = decode(topicOf(this.#building, bank, name, compartment), Buffer.from(text));
    if (!this.#hub.receive(bank, arrived)) this.drop(bank);
  }

  #closed(bank: string, connection: VirtualConnection, farewell: boolean): void {
    if (this.#connections.get(bank) !== connection) return;
    if (farewell) this.#forget(bank);
    else this.#lost(bank, connection);
  }

  #lost(bank: string, connection: VirtualConnection): void {
    if (this.#connections.get(bank) !== connection) return;
    const will = decode(
      topicOf(this.#building, bank, 'availability'),
      Buffer.from(encode('availability', connection.will)),
    );
    this.#hub?.receive(bank, will);
    this.#forget(bank);
  }

  #forget(bank: string): void {
    this.#connections.delete(bank);
    this.#hub?.disconnected(bank);
  }
}

interface ConnectionOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly will: Availability;
  readonly listener: LinkListener;
  readonly toHub: (name: TopicName, text: string, compartment?: number) => void;
  readonly closed: (farewell: boolean) => void;
}

class VirtualConnection implements LinkConnection {
  readonly #options: ConnectionOptions;
  #state: 'dialling' | 'up' | 'silent' | 'over' = 'dialling';
  /** When the last message of each direction arrives: none may overtake it. */
  #toHubAtMs = 0;
  #toAgentAtMs = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get will(): Availability {
    return this.#options.will;
  }

  comesUp(): void {
    if (this.#state !== 'dialling') return;
    this.#state = 'up';
    this.#options.listener.up();
  }

  dies(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#options.listener.down(reason, false);
  }

  /** Nothing gets through any more, and neither end knows yet. */
  silence(): void {
    if (this.#state === 'up') this.#state = 'silent';
  }

  stall(durationMs: number): void {
    const untilMs = this.#options.clock.monotonicMs() + durationMs;
    this.#toHubAtMs = Math.max(this.#toHubAtMs, untilMs);
    this.#toAgentAtMs = Math.max(this.#toAgentAtMs, untilMs);
  }

  async publish<Name extends TopicsFrom<'agent'>>(
    name: Name,
    message: MessageOf<Name>,
    compartment?: number,
  ): Promise<void> {
    if (this.#state === 'silent') return;
    if (this.#state !== 'up') throw new AgentError('link-closed', 'there is no connection');
    const text = encode(name, message);
    for (let copy = this.#copies(name); copy > 0; copy--) {
      this.#toHubAtMs = this.#arrivalMs(this.#toHubAtMs);
      this.#at(this.#toHubAtMs, () => this.#options.toHub(name, text, compartment));
    }
  }

  toAgent(name: TopicName, message: () => FromHub): void {
    for (let copy = this.#copies(name); copy > 0; copy--) {
      this.#toAgentAtMs = this.#arrivalMs(this.#toAgentAtMs);
      this.#at(this.#toAgentAtMs, () => this.#options.listener.message(message()));
    }
  }

  async close(farewell?: Availability): Promise<void> {
    if (this.#state === 'over') return;
    if (farewell && this.#state === 'up')
      this.#options.toHub('availability', encode('availability', farewell));
    const wasUp = this.#state === 'up';
    this.#state = 'over';
    if (wasUp) this.#options.closed(farewell !== undefined);
  }

  #copies(name: TopicName): number {
    const { random } = this.#options;
    if (TOPICS[name].qos === 0) return random.oneIn(LOST_ONE_IN) ? 0 : 1;
    return random.oneIn(TWICE_ONE_IN) ? 2 : 1;
  }

  #arrivalMs(afterMs: number): number {
    const { clock, random } = this.#options;
    return Math.max(afterMs, clock.monotonicMs() + random.between(1, TRANSIT_MS));
  }

  #at(atMs: number, act: () => void): void {
    const { clock } = this.#options;
    clock.after(atMs - clock.monotonicMs(), () => {
      if (this.#state === 'up') act();
    });
  }
}
