import { connect as connectTcp } from 'node:net';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { createLogger } from '../config/logging.ts';
import { Authority, createAuthority } from '../keyring/authority.ts';
import { tokenHash } from '../sign-in/token.ts';
import { Broker } from './broker.ts';
import { listenTls, type TlsListener } from './tls-listener.ts';

const DEADLINE_MS = 5_000;
let authority: Authority;
let broker: Broker;
let listener: TlsListener;
let refused: string[];

beforeEach(async () => {
  refused = [];
  authority = await newAuthority();
  broker = await Broker.start({
    host: '127.0.0.1',
    port: 0,
    log: createLogger('silent'),
    building: () => 'house',
    credentialHashes: (bank) => (bank === 'hall' ? [tokenHash('secret')] : []),
    onMessage: () => true,
    onDisconnected: () => {},
    onRefused: (reason) => refused.push(reason),
  });
  listener = await listenTls({
    host: '127.0.0.1',
    port: 0,
    authority,
    random: systemRandom,
    maxConnections: 2,
    onConnection: (socket) => broker.accept(socket),
  });
});
afterEach(async () => {
  await listener.stop();
  await broker.stop();
});

async function newAuthority(): Promise<Authority> {
  return new Authority(await createAuthority(systemRandom.bytes(16)));
}

/** An agent's one attempt to connect: what came of it. */
function join(ca: string | undefined, password = 'secret') {
  const told: string[] = [];
  const link = createMqttLink({
    url: `mqtts://127.0.0.1:${listener.port}`,
    ca,
    building: 'house',
    bank: 'hall',
    username: 'hall',
    password,
    log: createLogger('silent'),
  });
  const connection = link.connect(
    { v: 1, session: 1, agent: 'offline', lines: [] },
    { up: () => told.push('up'), message: () => {}, down: (reason) => told.push(reason) },
  );
  return { told, connection, first: () => waitFor(() => told[0], DEADLINE_MS, 'an outcome') };
}

it('lets an agent in that trusts the building’s CA and has its password', async () => {
  const agent = join(authority.certificate);
  expect(await agent.first()).toBe('up');
  expect(broker.isConnected('hall')).toBe(true);
  await agent.connection.close();
});

it('refuses a wrong password over TLS too', async () => {
  expect(await join(authority.certificate, 'guess').first()).not.toBe('up');
  expect(refused).toEqual(['credentials']);
});

it('never hears the password of an agent of another building: to it this is a man in the middle', async () => {
  const other = await newAuthority();
  expect(await join(other.certificate).first()).not.toBe('up');
  expect(await join(undefined).first()).not.toBe('up');
  expect([broker.isConnected('hall'), refused]).toEqual([false, []]);
});

it('is not believed with a certificate of the CA that is not the hub’s', async () => {
  await listener.stop();
  const asBank = {
    issue: (_issue: unknown, serial: Uint8Array) =>
      authority.issue(
        { ...(_issue as Parameters<Authority['issue']>[0]), dnsNames: ['hall'], use: 'client' },
        serial,
      ),
  };
  listener = await listenTls({
    host: '127.0.0.1',
    port: 0,
    authority: asBank,
    random: systemRandom,
    maxConnections: 2,
    onConnection: (socket) => broker.accept(socket),
  });
  expect(await join(authority.certificate).first()).not.toBe('up');
  expect(refused).toEqual([]);
});

it('survives those who do not speak TLS, and ends while they hang on', async () => {
  const stranger = connectTcp(listener.port, '127.0.0.1');
  stranger.on('error', () => {});
  stranger.write('GET / HTTP/1.1\r\n\r\n');
  const silent = connectTcp(listener.port, '127.0.0.1');
  silent.on('error', () => {});
  await waitFor(() => stranger.closed, DEADLINE_MS, 'the stranger to be dropped');
  const agent = join(authority.certificate);
  expect(await agent.first()).toBe('up');
});
