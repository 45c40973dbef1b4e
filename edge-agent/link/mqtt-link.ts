/** Carries a bank's messages over MQTT. Nothing else knows mqtt.js. */
import type { Socket } from 'node:net';
import type { Availability } from '@lockerhub/protocol/bank/messages.ts';
import {
  bankPrefix,
  decode,
  encode,
  type MessageOf,
  TOPICS,
  type TopicName,
  type TopicsFrom,
  topicOf,
} from '@lockerhub/protocol/bank/topics.ts';
import { ProtocolError } from '@lockerhub/protocol/error.ts';
import { type IClientOptions, MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { AgentError } from '../error.ts';
import type { AgentCredentials } from '../identity/credentials.ts';
import type { BankLink, FromHub, LinkConnection, LinkListener } from './bank-link.ts';

/** From the connection to the broker's consent, and for a farewell. */
const CONNECT_WITHIN_MS = 5_000;
const FAREWELL_WITHIN_MS = 1_000;
/** Seconds between pings while nothing else is sent: a dead connection shows within one and a half of it. */
const KEEPALIVE_S = 10;
/** Messages that the broker has not acknowledged. A whole bank of 500 doors announces itself with that to spare. */
const MAX_OUTGOING = 2_048;

export interface MqttLinkOptions {
  /** Makes the connection to the broker; rejects with the reason in plain words. `signal` gives it up. */
  readonly open: (signal: AbortSignal) => Promise<Socket>;
  readonly building: string;
  readonly bank: string;
  /** Hears how the hub took what the agent showed. */
  readonly credentials?: Pick<AgentCredentials, 'admitted' | 'unknown'> | undefined;
  /** Where no certificate says who the agent is. */
  readonly user?: { readonly name: string; readonly password: string };
  readonly log: Logger;
}

/** A link over MQTT 3.1.1: clean sessions, no re-connecting by itself (a session is one connection). */
export function createMqttLink(options: MqttLinkOptions): BankLink {
  return { connect: (will, listener) => new MqttConnection(options, will, listener) };
}

class MqttConnection implements LinkConnection {
  readonly #options: MqttLinkOptions;
  readonly #listener: LinkListener;
  readonly #abandon = new AbortController();
  #client: MqttClient | undefined;
  #up = false;
  #over = false;
  #outgoing = 0;
  #expelled = false;
  #trouble = 'the broker closed the connection';

  constructor(options: MqttLinkOptions, will: Availability, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
    options.open(this.#abandon.signal).then(
      (socket) => this.#begin(socket, will),
      (error: Error) => this.#failed(error.message),
    );
  }

  #begin(socket: Socket, will: Availability): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    const client = new MqttClient(() => socket, clientOptions(this.#options, will));
    this.#client = client;
    client.on('error', (error) => {
      const code = 'code' in error ? Number(error.code) : 0;
      this.#expelled = code === NOT_ADMITTED && this.#options.user === undefined;
      if (code === UNKNOWN) this.#options.credentials?.unknown();
      this.#failed(REFUSALS[code] ?? error.message);
    });
    client.on('close', () => this.#end());
    client.on('connect', () => this.#subscribe(client));
    client.on('message', (topic, payload) => this.#arrived(topic, payload));
  }

  publish<Name extends TopicsFrom<'agent'>>(
    name: Name,
    message: MessageOf<Name>,
    compartment?: number,
  ): Promise<void> {
    const client = this.#client;
    if (this.#over || !this.#up || !client)
      return Promise.reject(new AgentError('link-closed', 'there is no connection'));
    if (this.#outgoing >= MAX_OUTGOING) {
      this.#trouble = `${MAX_OUTGOING} messages wait for the broker`;
      this.#end();
      return Promise.reject(new AgentError('link-overflow', this.#trouble));
    }
    const { building, bank } = this.#options;
    const { qos, retain } = TOPICS[name];
    this.#outgoing += 1;
    return new Promise((resolve, reject) => {
      const topic = topicOf(building, bank, name, compartment);
      client.publish(topic, encode(name, message), { qos, retain }, (cause) => {
        this.#outgoing -= 1;
        if (cause) reject(new AgentError('link-closed', `${name} was not sent: ${cause.message}`, { cause }));
        else resolve();
      });
    });
  }

  async close(farewell?: Availability): Promise<void> {
    if (this.#over) return;
    if (farewell && this.#up) {
      const sent = this.publish('availability', farewell).catch(() => {
        // The connection broke first: then the will says the same.
      });
      await Promise.race([sent, pause(FAREWELL_WITHIN_MS)]);
    }
    this.#over = true;
    // Without a farewell the socket is cut, so that the broker publishes the will.
    this.#abandon.abort();
    const client = this.#client;
    if (client) await new Promise<void>((resolve) => client.end(!farewell, {}, () => resolve()));
  }

  #subscribe(client: MqttClient): void {
    const { building, bank } = this.#options;
    const names = (Object.keys(TOPICS) as TopicName[]).filter((name) => TOPICS[name].from === 'hub');
    const topics = Object.fromEntries(
      names.map((name) => [topicOf(building, bank, name), { qos: TOPICS[name].qos }]),
    );
    client.subscribe(topics, (error, granted) => {
      if (this.#over) return;
      const refused = granted?.find(({ qos }) => (qos as number) > 2);
      if (error || refused) {
        this.#trouble =
          error?.message ?? `the broker refused ${refused?.topic}; check building and user name`;
        this.#end();
        return;
      }
      this.#up = true;
      this.#options.credentials?.admitted();
      this.#listener.up();
    });
  }

  #arrived(topic: string, payload: Uint8Array): void {
    if (this.#over) return;
    try {
      const arrived = decode(topic, payload);
      if (!topic.startsWith(bankPrefix(this.#options.building, this.#options.bank))) return;
      if (TOPICS[arrived.name].from === 'hub') this.#listener.message(arrived as FromHub);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#options.log.warn({ code: error.code, detail: error.message }, 'ignored a message of the hub');
    }
  }

  #failed(why: string): void {
    this.#trouble = why || 'the broker cannot be reached';
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client?.end(true);
    this.#listener.down(this.#trouble, this.#expelled);
  }
}

/** MQTT 3.1.1, table 3.1, as the hub answers (hub/broker/broker.ts). */
const UNKNOWN = 4;
const NOT_ADMITTED = 5;
const REFUSALS: Readonly<Record<number, string>> = {
  [UNKNOWN]: 'the hub does not know this agent: its password is wrong, or it has to join by a new code',
  [NOT_ADMITTED]:
    'the hub does not admit this agent any more: it was revoked or replaced; staff make a code to join again',
};

function clientOptions({ building, bank, user }: MqttLinkOptions, will: Availability): IClientOptions {
  const { qos, retain } = TOPICS.availability;
  return {
    protocolVersion: 4,
    clientId: `${building}-${bank}`,
    ...(user ? { username: user.name, password: user.password } : {}),
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: CONNECT_WITHIN_MS,
    keepalive: KEEPALIVE_S,
    will: {
      topic: topicOf(building, bank, 'availability'),
      payload: Buffer.from(encode('availability', will)),
      qos,
      retain,
    },
  };
}

/** mqtt.js keeps its own timers outside the `Clock` seam; so does this bound on its farewell. */
function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs).unref();
  });
}
