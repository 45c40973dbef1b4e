/**
 * The building's MQTT broker: banks' agents and nobody else. MQTT only carries; what counts is committed by the hub
 * and acknowledged by a message of ours.
 *
 * Two things differ from aedes as it comes. Messages for an agent go straight to its connection instead of through
 * the broker's queue, because there a frozen subscriber stalls every topic (FINDINGS 5); so it stalls only itself.
 * And agents' messages reach the hub from the authorisation hook, which runs in the order of the wire.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import {
  type Arrived,
  decode,
  encode,
  type MessageOf,
  TOPICS,
  type TopicsFrom,
  topicOf,
} from '@lockerhub/protocol/bank/topics.ts';
import { ProtocolError } from '@lockerhub/protocol/error.ts';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import type { Admission } from '../agents/agents.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { mayPublish, maySubscribe } from './rights.ts';

/** Connections at once; further ones are closed unread. A building of 64 banks with every agent reconnecting. */
export const MAX_CONNECTIONS = 256;
/** A connection that has not said CONNECT by then is closed. */
export const CONNECT_WITHIN_MS = 5_000;
/** An agent that takes nothing for so long is dropped (FINDINGS 5: 2 to 5 s). */
const DRAIN_WITHIN_MS = 3_000;
/** The longest keep-alive an agent may ask for: a dead one is noticed within one and a half of it. */
const MAX_KEEPALIVE_S = 60;
/** Messages on their way to one agent; further ones are not sent and the caller is told. */
const MAX_UNSENT = 256;

/** MQTT 3.1.1, table 3.1. An agent tells its people by it why it is refused (`edge-agent/link/refusal.ts`). */
const BAD_CREDENTIALS = 4;
/** It was admitted once, and is no longer. */
const NOT_AUTHORIZED = 5;

export interface BrokerOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** The building's slug; undefined before it has been set up, when nobody may connect. */
  readonly building: () => string | undefined;
  /** SHA-256 hex digests of the passwords with which an agent of this bank may sign in; none for an unknown bank. */
  readonly credentialHashes: (bank: string) => readonly string[];
  /** A message that fits its schema, in the order in which the bank sent it. `false`: too many wait; drop the bank. */
  readonly onMessage: (bank: string, arrived: Arrived) => boolean;
  /** The bank's one connection is gone, after its will. */
  readonly onDisconnected: (bank: string) => void;
  /** Counts what was refused, by reason. */
  readonly onRefused: (reason: 'credentials' | 'rights' | 'message' | 'connections' | 'size') => void;
}

export type HubTopic = TopicsFrom<'hub'>;

/** Nobody may subscribe to it. */
const PROGRESS_TOPIC = '$lockerhub/progress';

interface Connection {
  readonly bank: string;
  readonly client: Client;
  unsent: number;
}

export class Broker {
  readonly #options: BrokerOptions;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** By bank: one connection each. */
  readonly #connections = new Map<string, Connection>();
  readonly #bankOf = new WeakMap<Client, string>();

  private constructor(options: BrokerOptions, aedes: Aedes) {
    this.#options = options;
    this.#aedes = aedes;
    this.#server = createServer((socket) => this.accept(socket));
    aedes.authenticate = (client, username, password, done) =>
      this.#authenticate(client, username, password, done);
    aedes.authorizePublish = (client, packet, done) => done(this.#arrived(client, packet));
    aedes.authorizeSubscribe = (client, subscription, done) =>
      done(null, this.#maySubscribe(client, subscription.topic) ? subscription : null);
    aedes.on('clientDisconnect', (client) => this.#left(client));
    for (const event of ['clientError', 'connectionError'] as const) {
      aedes.on(event, (client, error) => this.#faulted(client, error));
    }
  }

  /** Starts to listen. @throws the socket's error, such as EADDRINUSE. */
  static async start(options: BrokerOptions): Promise<Broker> {
    const aedes = await Aedes.createBroker({
      connectTimeout: CONNECT_WITHIN_MS,
      drainTimeout: DRAIN_WITHIN_MS,
      keepaliveLimit: MAX_KEEPALIVE_S,
    });
    const broker = new Broker(options, aedes);
    try {
      await broker.#listen();
    } catch (error) {
      await new Promise<void>((resolve) => aedes.close(resolve));
      throw error;
    }
    return broker;
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : this.#options.port;
  }

  /** How many agents are connected. */
  get connected(): number {
    return this.#connections.size;
  }

  isConnected(bank: string): boolean {
    return this.#connections.has(bank);
  }

  /**
   * Sends to a bank's agent, if it is connected now: nothing waits for an absent one. Resolves when the message was
   * handed to the connection: true; or false if there is none, or too much waits for it.
   */
  publish<Name extends HubTopic>(bank: string, name: Name, message: MessageOf<Name>): Promise<boolean> {
    const building = this.#options.building();
    const connection = this.#connections.get(bank);
    if (!building || !connection || connection.unsent >= MAX_UNSENT) return Promise.resolve(false);
    connection.unsent += 1;
    return new Promise((resolve) => {
      connection.client.publish(
        {
          cmd: 'publish',
          topic: topicOf(building, bank, name),
          payload: encode(name, message),
          qos: TOPICS[name].qos,
          retain: false,
          dup: false,
        },
        () => {
          connection.unsent -= 1;
          resolve(!connection.client.closed);
        },
      );
    });
  }

  /** Resolves once a message to nobody went through: a subscriber that is frozen holds it up, as it would any other. */
  progress(): Promise<void> {
    const packet = {
      cmd: 'publish',
      topic: PROGRESS_TOPIC,
      payload: '',
      qos: 0,
      retain: false,
      dup: false,
    } as const;
    return new Promise((resolve, reject) => {
      this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Whether the bank's agent is connected by its certificate. */
  isCertified(bank: string): boolean {
    const conn = this.#connections.get(bank)?.client.conn;
    return conn instanceof GuardedSocket && conn.admit !== undefined;
  }

  /** Ends a bank's connection, for instance because its password was changed. */
  disconnect(bank: string): void {
    this.#connections.get(bank)?.client.close();
  }

  /** Closes all connections and the port. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#options.log.error({ error }, 'broker'));
        resolve();
      });
    });
  }

  /**
   * Takes a connection that has just been made, also one of another listener, decrypted.
   *
   * @param admit who is at its other end, asked when it signs in; without it user name and password have to say.
   */
  accept(socket: Socket, admit?: () => Admission): void {
    if (this.#sockets.size >= MAX_CONNECTIONS) {
      this.#options.onRefused('connections');
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#aedes.handle(new GuardedSocket(socket, admit));
  }

  #authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const identified = this.#identify(client, username, password);
    if ('refused' in identified) {
      this.#options.onRefused('credentials');
      this.#options.log.warn(
        { bank: username?.slice(0, 40), reason: identified.refused },
        'refused an MQTT sign-in',
      );
      const returnCode = isOver(identified.refused) ? NOT_AUTHORIZED : BAD_CREDENTIALS;
      done(Object.assign(new Error('not signed in'), { returnCode }), null);
      return;
    }
    const { bank } = identified;
    // Aedes finds a connection to replace by its client id. The id is the bank's name, whatever the agent sent, so
    // that no bank can push out another by using its id. (Typed read-only, yet aedes reads it only after this hook.)
    (client as { id: string }).id = bank;
    (client as { clean: boolean }).clean = true;
    if (client.conn instanceof GuardedSocket) client.conn.gate.authenticated();
    this.#takeOver(bank, client);
    done(null, true);
  }

  #identify(client: Client, username = '', password?: Buffer): Admission | { readonly refused: 'password' } {
    if (!this.#options.building()) return { refused: 'foreign' };
    const admit = client.conn instanceof GuardedSocket ? client.conn.admit : undefined;
    if (admit) return admit();
    return this.#passwordFits(username, password) ? { bank: username } : { refused: 'password' };
  }

  /** One connection a bank: the new one ends the old, whose will is heard first. */
  #takeOver(bank: string, client: Client): void {
    const old = this.#connections.get(bank);
    this.#connections.delete(bank);
    old?.client.close();
    this.#bankOf.set(client, bank);
    this.#connections.set(bank, { bank, client, unsent: 0 });
  }

  /** Compares digests in constant time; an unknown bank costs the same as a known one. */
  #passwordFits(bank: string, password: Buffer | undefined): boolean {
    const given = createHash('sha256')
      .update(password ?? '')
      .digest();
    let fits = false;
    for (const hash of this.#options.credentialHashes(bank)) {
      const expected = Buffer.from(hash, 'hex');
      if (expected.length === given.length && timingSafeEqual(expected, given)) fits = true;
    }
    return fits;
  }

  /** Hands a message on. Returns an error (which ends the connection) only for what an agent must never do. */
  #arrived(client: Client | null, packet: PublishPacket): Error | null {
    if (!client) return null;
    const bank = this.#bankOf.get(client);
    const building = this.#options.building();
    if (!bank || !building || packet.qos === 2 || !mayPublish(building, bank, packet.topic)) {
      this.#options.onRefused('rights');
      this.#options.log.warn({ bank, topic: packet.topic.slice(0, 200) }, 'refused to publish there');
      return new Error('not authorized');
    }
    // Only the hub reads agents' topics, and it keeps what it heard; a copy kept here would be memory to fill.
    packet.retain = false;
    // What an old connection still says after it was replaced is void, except for its will.
    const current = this.#connections.get(bank)?.client === client;
    const arrived = this.#decoded(bank, packet);
    if (!arrived || (!current && arrived.name !== 'availability')) return null;
    if (this.#options.onMessage(bank, arrived)) return null;
    return new Error('too many messages wait; connect again and send them later');
  }

  #decoded(bank: string, packet: PublishPacket): Arrived | undefined {
    try {
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      return decode(packet.topic, payload);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#options.onRefused('message');
      this.#options.log.warn({ bank, code: error.code, detail: error.message }, 'ignored a message');
      return undefined;
    }
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const bank = this.#bankOf.get(client);
    const building = this.#options.building();
    const allowed = bank !== undefined && building !== undefined && maySubscribe(building, bank, filter);
    if (!allowed) {
      this.#options.onRefused('rights');
      this.#options.log.warn({ bank, topic: filter.slice(0, 200) }, 'refused to subscribe there');
    }
    return allowed;
  }

  #left(client: Client): void {
    const bank = this.#bankOf.get(client);
    if (!bank || this.#connections.get(bank)?.client !== client) return;
    this.#connections.delete(bank);
    this.#options.onDisconnected(bank);
  }

  #faulted(client: Client, error: Error): void {
    const bank = this.#bankOf.get(client);
    if (/bytes|packet length/.test(error.message)) this.#options.onRefused('size');
    this.#options.log.info({ bank, reason: error.message }, 'an MQTT connection ended');
  }
}

function isOver(reason: string): boolean {
  return reason === 'revoked' || reason === 'replaced';
}
