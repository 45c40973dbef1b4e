/** A hub that moves while its agent runs: another port, and the agent finds it by its announcement on the LAN. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@lockerhub/edge-agent/agent/agent.ts';
import { startAgent } from '@lockerhub/edge-agent/agent/start-agent.ts';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { joinedWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { bankFileText, type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { createLogger } from '../config/logging.ts';

/** Multicast within this machine, on a port of the test's own: what the network does with it, if there is one, is no matter. */
vi.mock(import('@lockerhub/edge-agent/link/multicast-dns.ts'), async (original) => {
  const { openMulticastDns } = await original();
  const port = await freeUdpPort();
  return { openMulticastDns: (onTrouble) => openMulticastDns(onTrouble, { port, network: '127.0.0.1' }) };
});

async function freeUdpPort(): Promise<number> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

const WITHIN_MS = 60_000;
const log = createLogger('silent');
let rig: HubRig;
let folder: string;
let agent: Agent | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-moved-'));
  rig = await startHubRig(smallPlan(), { host: '0.0.0.0' });
});
afterAll(async () => {
  await agent?.stop();
  await rig.end();
  await rm(folder, { recursive: true });
});

const isOnline = () => rig.hub.banks.link('hall')?.online ?? false;

it('is found again by its agent, which joined without being told where it is', async () => {
  const token = await rig.signIn('installer');
  const { json } = await rig.ask('/api/v1/banks/hall/agents', { method: 'POST', token });
  await joinBuilding({ code: json.code, hub: undefined, folder, name: 'pi', random: systemRandom, log });
  const way = joinedWay(folder, undefined, log);
  const bankFile = bankFileText('hall', 4, 1);
  agent = await startAgent({ bankFile, bankFileName: 'hall.json', way, folder, software: 'test', log });
  await waitFor(isOnline, WITHIN_MS, 'the agent to be online');
  const before = rig.mqttsPort;
  rig = await rig.restart();
  expect(rig.mqttsPort).not.toBe(before);
  await waitFor(isOnline, WITHIN_MS, 'the agent to find the hub that moved');
  expect(new URL(way.pages() ?? '').port).toBe(new URL(rig.httpUrl).port);
});
