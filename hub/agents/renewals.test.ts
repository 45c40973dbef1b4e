/** An agent's certificate is renewed over its session: a real agent, broker and TLS, and a clock that tests move. */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { startAgent } from '@lockerhub/edge-agent/agent/start-agent.ts';
import { keepIdentity, readIdentity, waitingKey } from '@lockerhub/edge-agent/identity/identity.ts';
import { joinedWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { readJoinCode } from '@lockerhub/protocol/join/join-code.ts';
import { joinKeys, macOf } from '@lockerhub/protocol/join/join-keys.ts';
import { JoinAnswered } from '@lockerhub/protocol/join/join-messages.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { bankFileText } from '../../sim/testing/hub-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { Broker } from '../broker/broker.ts';
import { listenTls, type TlsListener } from '../broker/tls-listener.ts';
import { createLogger } from '../config/logging.ts';
import { certifyEpoch } from '../epoch/epoch-file.ts';
import { Authority, createAuthority } from '../keyring/authority.ts';
import { BuildingLog } from '../log/building-log.ts';
import { Register } from '../log/register.ts';
import { MemoryDisk, MemoryLog } from '../store/memory.ts';
import { LIFETIME_MS } from './agent-certificate.ts';
import { Agents } from './agents.ts';
import { LOOK_EVERY_MS, Renewals } from './renewals.ts';

const WITHIN_MS = 20_000;
const BOOT = '01890000-0000-7000-8000-00000000b007';
const STAFF = { kind: 'staff', id: '01890000-0000-7000-8000-000000000001' } as const;
const log = createLogger('silent');
let clock: VirtualClock;
let trust: 'trusted' | 'untrusted';
let register: Register;
let disk: MemoryDisk;
let agents: Agents;
let authority: Authority;
let broker: Broker;
let tls: TlsListener;
let renewals: Renewals;
let agent: Agent;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-renewals-'));
  clock = new VirtualClock(1_780_000_000_000);
  trust = 'trusted';
  register = new Register();
  disk = new MemoryDisk();
  authority = new Authority(await createAuthority(systemRandom.bytes(16)));
  const memory = new MemoryLog({ epoch: 1, random: new SeededRandom(3), disk });
  const buildingLog = new BuildingLog({ log: memory, register, clock, clockTrust: () => trust });
  const bank = {
    id: 'hall',
    layout: { bank: 'hall' } as never,
    file: '',
    reach: 'agent',
    credentialHash: '',
  } as const;
  await buildingLog.append({ payloads: [], rows: [{ table: 'banks', row: bank }] });
  const fail = (error: unknown) => {
    throw error;
  };
  agents = new Agents({
    register,
    log: buildingLog,
    clock,
    random: systemRandom,
    clockTrust: () => trust,
    codeKey: new Uint8Array(32).fill(5),
    authority,
    revoke: fail,
    onFault: fail,
    onChanged: () => {},
  });
  broker = await Broker.start({
    host: '127.0.0.1',
    port: 0,
    log,
    building: () => 'house',
    credentialHashes: () => [],
    onMessage: (from, arrived) => {
      if (arrived.name === 'renewal') renewals.receive(from, arrived.message);
      if (arrived.name === 'availability' && arrived.message.agent === 'online')
        beat(arrived.message.session);
      return true;
    },
    onDisconnected: () => {},
    onRefused: () => {},
  });
  tls = await listenTls({
    host: '127.0.0.1',
    port: 0,
    authority,
    random: systemRandom,
    maxConnections: 8,
    onConnection: (socket, leaf) => broker.accept(socket, () => agents.admit(leaf)),
  });
  renewals = new Renewals({
    agents,
    clock,
    log,
    isCertified: (one) => broker.isCertified(one),
    publish: (one, name, message) => broker.publish(one, name, message),
  });
  await joinDirectly();
  const way = joinedWay(folder, undefined, log);
  const bankFile = bankFileText('hall', 4, 1);
  agent = await startAgent({ bankFile, bankFileName: 'hall', way, folder, software: 'test', log });
  await waitFor(() => broker.isConnected('hall'), WITHIN_MS, 'the agent');
  renewals.start();
});
afterEach(async () => {
  renewals.stop();
  await agent.stop();
  await tls.stop();
  await broker.stop();
  await rm(folder, { recursive: true });
});

const beat = (session: number) =>
  broker.publish('hall', 'heartbeat', {
    v: VERSION,
    session,
    hub: { bootId: BOOT, monotonicMs: performance.now() },
    epoch: 1,
    head: null,
    certificate: certifyEpoch({ number: 1, instance: BOOT }, 'house', authority),
  });

async function joinDirectly(): Promise<void> {
  const { code } = await agents.invite(STAFF, 'hall');
  const keys = joinKeys(readJoinCode(code) ?? new Uint8Array());
  const { privateKey, publicKey } = waitingKey(folder);
  const text = JSON.stringify({ v: 1, name: 'pi', publicKey, nonce: '0'.repeat(32) });
  const hub = { addresses: ['127.0.0.1'], mqttsPort: tls.port, httpPort: 8080 };
  const request = { key: keys.name, text, mac: macOf(keys.request, text) };
  const reply = await agents.join(request, '127.0.0.1', { building: 'house', ...hub });
  const { agent: id, bank, building, certificate, ca } = JoinAnswered.parse(JSON.parse(reply.text));
  keepIdentity(folder, { version: 1, agent: id, building, bank, privateKey, certificate, ca, hub });
}

const row = () => register.all('agents')[0];
const renewed = () =>
  disk.entries.filter(({ payload }) => decodePayload(payload).type === 'agent.renewed').length;

it('is renewed before a third of its life is left, and the former admits nobody once the new one was used', async () => {
  const first = readIdentity(folder);
  await clock.advance((2 / 3) * LIFETIME_MS - LOOK_EVERY_MS);
  expect([agents.dueForRenewal(), renewed()]).toEqual([[], 0]);
  await clock.advance(2 * LOOK_EVERY_MS);
  await waitFor(() => row()?.certificate !== first?.certificate, WITHIN_MS, 'the new certificate to be used');
  expect([renewed(), row()?.nextCertificate, agents.dueForRenewal()]).toEqual([1, null, []]);
  await waitFor(() => readIdentity(folder)?.former === undefined, WITHIN_MS, 'the former to be dropped');
  const second = readIdentity(folder);
  expect(second?.certificate).toBe(row()?.certificate);
  expect(second?.privateKey).not.toBe(first?.privateKey);
  expect(agents.admit(new X509Certificate(first?.certificate ?? ''))).toEqual({ refused: 'foreign' });
  await waitFor(() => broker.isConnected('hall'), WITHIN_MS, 'the agent again');
});

it('is not renewed by a clock that is not trusted, and goes on when its end has passed', async () => {
  trust = 'untrusted';
  await clock.advance(2 * LIFETIME_MS);
  expect([agents.dueForRenewal(), renewed(), broker.isConnected('hall')]).toEqual([[], 0, true]);
});

it('is renewed, too, when its end is further away than it can be: a clock was ahead when it was issued', async () => {
  clock.setWall(clock.wallMs() - LIFETIME_MS);
  expect(agents.dueForRenewal()).toEqual(['hall']);
});
