import { connect as connectTcp, type Socket } from 'node:net';
import { OUTCOMES_AT_ONCE, VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { type Arrived, encode, topicOf } from '@lockerhub/protocol/bank/topics.ts';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { createLogger } from '../config/logging.ts';
import { tokenHash } from '../sign-in/token.ts';
import { Broker, CONNECT_WITHIN_MS, MAX_CONNECTIONS } from './broker.ts';
import { MAX_BYTES_BEFORE_AUTH, MAX_PACKET_BYTES } from './packet-gate.ts';

const PASSWORDS = new Map([
  ['hall', 'password of hall'],
  ['yard', 'password of yard'],
]);
const DEADLINE_MS = 5_000;
const GRANT = '01890000-0000-7000-8000-000000000001';

let broker: Broker;
let arrived: { bank: string; message: Arrived }[];
let left: string[];
let refused: string[];
const clients: MqttClient[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  arrived = [];
  left = [];
  refused = [];
  broker = await Broker.start({
    host: '127.0.0.1',
    port: 0,
    log: createLogger('silent'),
    building: () => 'house',
    credentialHashes: (bank) => (PASSWORDS.has(bank) ? [tokenHash(PASSWORDS.get(bank) ?? '')] : []),
    onMessage: (bank, message) => {
      arrived.push({ bank, message });
      return true;
    },
    onDisconnected: (bank) => left.push(bank),
    onRefused: (reason) => refused.push(reason),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  for (const socket of sockets.splice(0)) socket.destroy();
  await broker.stop();
});

function dial(bank: string, more: IClientOptions = {}): MqttClient {
  const client = connect(`mqtt://127.0.0.1:${broker.port}`, {
    username: bank,
    password: PASSWORDS.get(bank) ?? 'no password',
    reconnectPeriod: 0,
    keepalive: 10,
    ...more,
  });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

async function agent(bank: string, more: IClientOptions = {}): Promise<MqttClient> {
  const client = dial(bank, more);
  await waitFor(() => client.connected, DEADLINE_MS, `${bank} to connect`);
  return client;
}

const availability = (session: number, online = true) =>
  encode('availability', { v: VERSION, session, agent: online ? 'online' : 'offline', lines: [] });
const closed = (client: MqttClient) => waitFor(() => !client.connected, DEADLINE_MS, 'the connection to end');
const ofHall = (name: 'availability' | 'event' | 'open' | 'ack') => topicOf('house', 'hall', name);

describe('who may connect', () => {
  it.each([
    ['a wrong password', { username: 'hall', password: 'password of yard' }],
    ['no password', { username: 'hall', password: '' }],
    ['an unknown bank', { username: 'cellar', password: 'password of hall' }],
    ['a name out of the object’s own', { username: '__proto__', password: 'x' }],
  ])('refuses %s', async (_, options) => {
    const client = dial('hall', options);
    const codes: unknown[] = [];
    client.on('error', (error) => codes.push((error as { code?: unknown }).code));
    await waitFor(() => codes.length > 0, DEADLINE_MS, 'the refusal');
    // MQTT 3.1.1, table 3.1: bad user name or password.
    expect(codes).toEqual([4]);
    expect(refused).toEqual(['credentials']);
  });

  it('refuses a keep-alive of nothing, by which a dead agent would never be noticed', async () => {
    const client = dial('hall', { keepalive: 0 });
    await waitFor(() => client.disconnecting || client.reconnecting === false, DEADLINE_MS, 'an answer');
    await closed(client);
    expect(broker.connected).toBe(0);
  });
});

describe('what an agent may do', () => {
  it('hears its messages in the order of the wire', async () => {
    const hall = await agent('hall');
    for (let session = 1; session <= 200; session++) {
      hall.publish(ofHall('availability'), availability(session), { qos: session % 2 === 0 ? 1 : 0 });
    }
    await waitFor(() => arrived.length === 200, DEADLINE_MS, 'all messages');
    const sessions = arrived.map(({ message }) =>
      message.name === 'availability' ? message.message.session : 0,
    );
    expect(sessions).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it.each([
    ['another bank’s topic', topicOf('house', 'yard', 'availability')],
    ['a topic of the hub', topicOf('house', 'hall', 'open')],
    ['another building’s topic', topicOf('other', 'hall', 'availability')],
    ['a topic that we do not have', 'lockerhub/house/hall/else'],
    ['a topic of the broker', '$SYS/x'],
  ])('ends the connection of one that publishes on %s', async (_, topic) => {
    const hall = await agent('hall');
    hall.publish(topic, availability(1));
    await closed(hall);
    expect(arrived).toEqual([]);
    expect(refused).toContain('rights');
  });

  it('refuses a subscription to another bank’s topics and sends it nothing', async () => {
    const yard = await agent('yard');
    const hall = await agent('hall');
    const heard: string[] = [];
    yard.on('message', (topic) => heard.push(topic));
    const granted = await new Promise<unknown>((resolve) =>
      yard.subscribe({ [ofHall('open')]: { qos: 1 }, '#': { qos: 1 } }, (_error, _asked, answer) =>
        resolve(answer?.cmd === 'suback' && answer.granted),
      ),
    );
    // MQTT 3.1.1, 3.9.3: 0x80 is a failure.
    expect(granted).toEqual([128, 128]);
    await broker.publish('hall', 'ack', { v: VERSION, session: 1, number: 1 });
    hall.publish(ofHall('availability'), availability(1));
    await waitFor(() => arrived.length === 1, DEADLINE_MS, 'the message');
    expect(heard).toEqual([]);
  });

  it('ignores a message that does not fit, and goes on', async () => {
    const hall = await agent('hall');
    hall.publish(ofHall('availability'), '{"v":1}');
    hall.publish(ofHall('event'), 'not JSON');
    hall.publish(ofHall('availability'), availability(7));
    await waitFor(() => arrived.length === 1, DEADLINE_MS, 'the good one');
    expect(arrived[0]).toMatchObject({ bank: 'hall', message: { message: { session: 7 } } });
    expect(refused).toEqual(['message', 'message']);
  });

  it('cannot push another bank out by using its client id', async () => {
    const hall = await agent('hall', { clientId: 'hall' });
    const yard = await agent('yard', { clientId: 'hall' });
    hall.publish(ofHall('availability'), availability(1));
    await waitFor(() => arrived.length === 1, DEADLINE_MS, 'the message of hall');
    expect([hall.connected, yard.connected, broker.connected]).toEqual([true, true, 2]);
  });
});

describe('one connection a bank', () => {
  it('ends the old one, hears its will first, and keeps the new one', async () => {
    const will = {
      topic: ofHall('availability'),
      payload: Buffer.from(availability(1, false)),
      qos: 1,
    } as const;
    const old = await agent('hall', { will });
    const next = await agent('hall');
    await closed(old);
    next.publish(ofHall('availability'), availability(2), { qos: 1 });
    await waitFor(() => arrived.length === 2, DEADLINE_MS, 'will and birth');
    expect(arrived.map(({ message }) => message.message)).toMatchObject([
      { session: 1, agent: 'offline' },
      { session: 2, agent: 'online' },
    ]);
    expect([broker.isConnected('hall'), left]).toEqual([true, []]);
    next.end(true);
    await waitFor(() => left.length === 1, DEADLINE_MS, 'the hub to hear of the end');
  });
});

describe('what the hub sends', () => {
  it('reaches the bank’s agent, and waits for no absent one', async () => {
    const ack = { v: VERSION, session: 1, number: 9 };
    expect(await broker.publish('hall', 'ack', ack)).toBe(false);
    const hall = await agent('hall');
    const heard: string[] = [];
    hall.on('message', (_topic, payload) => heard.push(payload.toString()));
    expect(await broker.publish('hall', 'ack', ack)).toBe(true);
    await waitFor(() => heard.length === 1, DEADLINE_MS, 'the message');
    expect(JSON.parse(heard[0] ?? '')).toEqual(ack);
  });
});

/** A bare MQTT connection that says CONNECT as a bank and then reads nothing more. */
async function frozen(bank: string): Promise<Socket> {
  const socket = bare();
  const text = (words: string) => Buffer.concat([Buffer.from([0, words.length]), Buffer.from(words)]);
  // MQTT 3.1.1, 3.1: level 4; user name, password and clean session; a keep-alive of 60 s.
  const head = Buffer.concat([text('MQTT'), Buffer.from([4, 0b1100_0010, 0, 60])]);
  const body = Buffer.concat([head, text(bank), text(bank), text(PASSWORDS.get(bank) ?? '')]);
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  await waitFor(() => broker.isConnected(bank), DEADLINE_MS, `${bank} to connect`);
  return socket.pause();
}

function bare(): Socket {
  const socket = connectTcp(broker.port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

describe('a frozen agent', () => {
  it('stalls only itself, is told nothing beyond a bound, and is dropped (I9)', async () => {
    await frozen('hall');
    const yard = await agent('yard');
    const heard: number[] = [];
    yard.on('message', (_topic, payload) => heard.push(JSON.parse(payload.toString()).number));
    // Each some 4 kB: soon more than the sockets of both ends hold.
    const grants = Array.from({ length: OUTCOMES_AT_ONCE }, () => GRANT);
    const toFrozen: Promise<boolean>[] = [];
    let sent = 0;
    for (; broker.isConnected('hall'); sent += 1) {
      toFrozen.push(broker.publish('hall', 'outcomes', { v: VERSION, id: GRANT, session: 1, grants }));
      expect(await broker.publish('yard', 'ack', { v: VERSION, session: 1, number: sent })).toBe(true);
    }
    await waitFor(() => left.includes('hall'), DEADLINE_MS, 'the frozen one to be dropped');
    await waitFor(() => heard.length === sent, DEADLINE_MS, 'the other to hear everything');
    expect(await Promise.all(toFrozen)).toContain(false);
    expect([yard.connected, broker.connected]).toEqual([true, 1]);
  });
});

describe('bounds', () => {
  it('closes a connection above the cap unread, and takes others again when there is room', async () => {
    const held = Array.from({ length: MAX_CONNECTIONS }, bare);
    await waitFor(() => held.every((socket) => !socket.connecting), DEADLINE_MS, 'all to be connected');
    let over = false;
    bare().on('close', () => (over = true));
    await waitFor(() => over, DEADLINE_MS, 'one too many to be closed');
    expect([refused, held.some((socket) => socket.destroyed)]).toEqual([['connections'], false]);
    for (const socket of held) socket.destroy();
    const hall = dial('hall', { reconnectPeriod: 20 });
    await waitFor(() => hall.connected, DEADLINE_MS, 'an agent to connect again');
  });

  it('closes a connection that does not say who it is', async () => {
    let over = false;
    bare().on('close', () => (over = true));
    await waitFor(() => over, CONNECT_WITHIN_MS + DEADLINE_MS, 'the end of its time');
  });

  it('cuts a packet above 64 kB at its header', async () => {
    const hall = await agent('hall');
    hall.publish(ofHall('availability'), Buffer.alloc(MAX_PACKET_BYTES, 0x20));
    await closed(hall);
    expect([arrived, refused]).toEqual([[], ['size']]);
  });

  it('cuts a connection that sends more than 1 kB before its sign-in', async () => {
    const socket = connectTcp(broker.port, '127.0.0.1');
    let over = false;
    socket.on('close', () => (over = true));
    socket.on('error', () => {});
    // A CONNECT that promises 60 MB.
    socket.write(Buffer.from([0x10, 0x80, 0x80, 0xe4, 0x1c]));
    socket.write(Buffer.alloc(MAX_BYTES_BEFORE_AUTH));
    await waitFor(() => over, DEADLINE_MS, 'the cut');
    expect(refused).toEqual(['size']);
  });
});
