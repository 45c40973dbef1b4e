/** Carries a bank's messages over MQTT. Nothing else knows mqtt.js. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HUB_NAME } from '@lockerhub/protocol/bank/hub-name.ts';
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
import type { BankLink, FromHub, LinkConnection, LinkListener } from './bank-link.ts';

/** From dialling to the broker's consent, and for a farewell. */
const CONNECT_WITHIN_MS = 5_000;
const FAREWELL_WITHIN_MS = 1_000;
/** Seconds between pings while nothing else is sent: a dead connection shows within one and a half of it. */
const KEEPALIVE_S = 10;
/** Messages that the broker has not acknowledged. A whole bank of 500 doors announces itself with that to spare. */
const MAX_OUTGOING = 2_048;

export interface MqttLinkOptions {
  /** `mqtts://host:port` or `mqtt://host:port` */
  readonly url: string;
  /** For `mqtts`: the building's CA certificate, in PEM. No other CA is trusted. */
  readonly ca?: string | undefined;
  readonly building: string;
  readonly bank: string;
  readonly username: string;
  readonly password: string;
  readonly log: Logger;
}

/** A link over MQTT 3.1.1: clean sessions, no re-connecting by itself (a session is one connection). */
export function createMqttLink(options: MqttLinkOptions): BankLink {
  return { connect: (will, listener) => new MqttConnection(options, will, listener) };
}

class MqttConnection implements LinkConnection {
  readonly #options: MqttLinkOptions;
  readonly #listener: LinkListener;
  readonly #client: MqttClient;
  #up = false;
  #over = false;
  #outgoing = 0;
  #trouble = 'the broker closed the connection';

  constructor(options: MqttLinkOptions, will: Availability, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
    this.#client = new MqttClient(() => dial(options), clientOptions(options, will));
    this.#client.on('error', (error) => {
      this.#trouble = error.message || 'the broker cannot be reached';
      this.#end();
    });
    this.#client.on('close', () => this.#end());
    this.#client.on('connect', () => this.#subscribe());
    this.#client.on('message', (topic, payload) => this.#arrived(topic, payload));
  }

  publish<Name extends TopicsFrom<'agent'>>(
    name: Name,
    message: MessageOf<Name>,
    compartment?: number,
  ): Promise<void> {
    if (this.#over || !this.#up)
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
      this.#client.publish(topic, encode(name, message), { qos, retain }, (cause) => {
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
    await new Promise<void>((resolve) => this.#client.end(!farewell, {}, () => resolve()));
  }

  #subscribe(): void {
    const { building, bank } = this.#options;
    const names = (Object.keys(TOPICS) as TopicName[]).filter((name) => TOPICS[name].from === 'hub');
    const topics = Object.fromEntries(
      names.map((name) => [topicOf(building, bank, name), { qos: TOPICS[name].qos }]),
    );
    this.#client.subscribe(topics, (error, granted) => {
      if (this.#over) return;
      const refused = granted?.find(({ qos }) => (qos as number) > 2);
      if (error || refused) {
        this.#trouble =
          error?.message ?? `the broker refused ${refused?.topic}; check building and user name`;
        this.#end();
        return;
      }
      this.#up = true;
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

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client.end(true);
    this.#listener.down(this.#trouble);
  }
}

/** Ports of MQTT without and with TLS, as registered with IANA. */
const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;

/** mqtt.js dials with Nagle's algorithm on, which adds 40 ms to each message behind another one (measured). */
function dial({ url, ca }: MqttLinkOptions): Socket {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'mqtts:') {
    // Without a CA of the building nobody is trusted: an empty list does not mean the public ones.
    const trust = { ca: ca ?? [], servername: HUB_NAME, minVersion: 'TLSv1.2' as const };
    return connectTls({ host, port: port === '' ? MQTTS_PORT : Number(port), ...trust }).setNoDelay(true);
  }
  return connect({ host, port: port === '' ? MQTT_PORT : Number(port), noDelay: true });
}

function clientOptions(
  { building, bank, username, password }: MqttLinkOptions,
  will: Availability,
): IClientOptions {
  const { qos, retain } = TOPICS.availability;
  return {
    protocolVersion: 4,
    clientId: `${building}-${bank}`,
    username,
    password,
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
