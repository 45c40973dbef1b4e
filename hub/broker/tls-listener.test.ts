import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import { type Credentials, dialHub } from '@lockerhub/edge-agent/link/tls-way.ts';
import { HUB_NAME } from '@lockerhub/protocol/bank/hub-name.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { agentOf } from '../agents/agent-certificate.ts';
import { createLogger } from '../config/logging.ts';
import { Authority, createAuthority, type Issue } from '../keyring/authority.ts';
import { tokenHash } from '../sign-in/token.ts';
import { Broker } from './broker.ts';
import { listenTls, type TlsListener } from './tls-listener.ts';

const DEADLINE_MS = 5_000;
let authority: Authority;
let broker: Broker;
let listener: TlsListener;
let refused: string[];
/** Whether the agent is no longer admitted. */
let over: 'revoked' | null;
const AGENT = '01890000-0000-7000-8000-00000000a6e7';
const onConnection = (socket: Socket, leaf: X509Certificate | undefined) =>
  broker.accept(socket, () => {
    if (over) return { refused: over };
    return leaf && agentOf(leaf, authority) === AGENT ? { bank: 'hall' } : { refused: 'foreign' };
  });

beforeEach(async () => {
  refused = [];
  over = null;
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
    onConnection,
  });
});
afterEach(async () => {
  await listener.stop();
  await broker.stop();
});

async function newAuthority(): Promise<Authority> {
  return new Authority(await createAuthority(systemRandom.bytes(16)));
}

/** Of an agent, as its building's CA issues them. */
async function credentials(by: Authority, issue: Partial<Issue> = {}): Promise<Credentials> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const serial = systemRandom.bytes(16);
  const certificate = await by.issue({ publicKey, commonName: AGENT, use: 'client', ...issue }, serial);
  return { privateKey, certificate, ca: by.certificate };
}

/** An agent's one attempt to connect: what came of it. */
function join(shown: Credentials) {
  const told: string[] = [];
  const link = createMqttLink({
    open: (signal) => dialHub({ host: '127.0.0.1', port: listener.port }, shown, signal),
    building: 'house',
    bank: 'hall',
    log: createLogger('silent'),
  });
  const connection = link.connect(
    { v: 1, session: 1, agent: 'offline', lines: [] },
    { up: () => told.push('up'), message: () => {}, down: (reason) => told.push(reason) },
  );
  return { told, connection, first: () => waitFor(() => told[0], DEADLINE_MS, 'an outcome') };
}

it('lets an agent in whose certificate is of the building’s CA, and whatever its dates say', async () => {
  const agent = join(await credentials(authority));
  expect(await agent.first()).toBe('up');
  expect(broker.isConnected('hall')).toBe(true);
  await agent.connection.close();
  const over = join(await credentials(authority, { notAfter: new Date('2001-01-01') }));
  expect(await over.first()).toBe('up');
  await over.connection.close();
});

it('refuses whoever has a certificate of another CA, for another use, or of nobody', async () => {
  const stranger = { ...(await credentials(await newAuthority())), ca: authority.certificate };
  const asHub = await credentials(authority, { use: 'server' });
  const nameless = await credentials(authority, { commonName: 'hall' });
  for (const shown of [stranger, asHub, nameless]) {
    expect(await join(shown).first()).toMatch('the hub does not know this agent');
  }
  expect(refused).toEqual(['credentials', 'credentials', 'credentials']);
});

it('refuses a password without a certificate', async () => {
  const told: string[] = [];
  createMqttLink({
    open: async () =>
      connectTls({ host: '127.0.0.1', port: listener.port, ca: authority.certificate, servername: HUB_NAME }),
    building: 'house',
    bank: 'hall',
    user: { name: 'hall', password: 'secret' },
    log: createLogger('silent'),
  }).connect(
    { v: 1, session: 1, agent: 'offline', lines: [] },
    { up: () => told.push('up'), message: () => {}, down: (reason) => told.push(reason) },
  );
  expect(await waitFor(() => told[0], DEADLINE_MS, 'an outcome')).toMatch('does not know this agent');
});

it('says of an agent that was revoked why it is refused', async () => {
  over = 'revoked';
  expect(await join(await credentials(authority)).first()).toMatch(
    /does not admit this agent any more: it was revoked/,
  );
});

it('is to an agent of another building a man in the middle, who is told nothing', async () => {
  const elsewhere = await newAuthority();
  expect(await join(await credentials(elsewhere)).first()).toMatch(
    'another hub: this building’s CA does not know it',
  );
  expect([broker.isConnected('hall'), refused]).toEqual([false, []]);
});

it('is not believed with a certificate of the CA that is not the hub’s', async () => {
  await listener.stop();
  const asBank = {
    certificate: authority.certificate,
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
    onConnection,
  });
  expect(await join(await credentials(authority)).first()).toMatch(
    'no hub: its certificate is for something else',
  );
  expect(refused).toEqual([]);
});

it('survives those who do not speak TLS, and ends while they hang on', async () => {
  const stranger = connectTcp(listener.port, '127.0.0.1');
  stranger.on('error', () => {});
  stranger.write('GET / HTTP/1.1\r\n\r\n');
  const silent = connectTcp(listener.port, '127.0.0.1');
  silent.on('error', () => {});
  await waitFor(() => stranger.closed, DEADLINE_MS, 'the stranger to be dropped');
  const agent = join(await credentials(authority));
  expect(await agent.first()).toBe('up');
});
