/** An agent joins a whole hub over HTTP and speaks to it over TLS. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { lockAgentFolder } from '@lockerhub/edge-agent/identity/identity.ts';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { joinedWay } from '@lockerhub/edge-agent/link/hub-way.ts';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HubRig, smallPlan, startHubRig } from '../../sim/testing/hub-rig.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { createLogger } from '../config/logging.ts';

const DEADLINE_MS = 20_000;
let rig: HubRig;
let installer: string;
let folder: string;
beforeEach(async () => {
  rig = await startHubRig(smallPlan());
  installer = await rig.signIn('installer');
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-joining-'));
});
afterEach(async () => {
  await rig.end();
  await rm(folder, { recursive: true });
});

async function codeFor(bank: string): Promise<string> {
  const { json } = await rig.ask(`/api/v1/banks/${bank}/agents`, { method: 'POST', token: installer });
  return json.code;
}
const joinBy = (code: string, into = folder) =>
  joinBuilding({
    code,
    hub: new URL(rig.httpUrl).host,
    folder: into,
    name: 'pi',
    random: systemRandom,
    log: createLogger('silent'),
  });

/** One attempt to connect as who the folder says: what came of it. */
function connect(bank: string) {
  const told: string[] = [];
  const log = createLogger('silent');
  const { open, building } = joinedWay(folder, undefined, log);
  const connection = createMqttLink({ open, building, bank, log }).connect(
    { v: 1, session: 1, agent: 'offline', lines: [] },
    { up: () => told.push('up'), message: () => {}, down: (reason) => told.push(reason) },
  );
  return { told, connection, first: () => waitFor(() => told[0], DEADLINE_MS, 'an outcome') };
}

it('by a code of the installer’s: its key stays in its folder, and its own bank’s topics are open to it alone', async () => {
  const identity = await joinBy(await codeFor('hall'));
  expect(identity).toMatchObject({ building: 'rig-house', bank: 'hall', hub: { mqttsPort: rig.mqttsPort } });
  expect((await stat(join(folder, 'identity.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o077).toBe(0);
  const mine = connect('hall');
  expect(await mine.first()).toBe('up');
  expect(rig.hub.banks.link('hall')).toBeDefined();
  // Another bank's topics: refused, which ends the connection.
  const other = connect('yard');
  expect(await other.first()).not.toBe('up');
  expect(rig.logged()).toContain('refused to subscribe there');
  expect(await readFile(join(folder, 'identity.json'), 'utf8')).toContain('PRIVATE KEY');
});

it('again after its answer got lost, by the key that it kept for that', async () => {
  const code = await codeFor('hall');
  const hub = new URL(rig.httpUrl);
  let lost = 0;
  // Stands between agent and hub, and drops the first answer on its way.
  const between = createServer(async (request, response) => {
    const body = await text(request);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(new URL(request.url ?? '', hub), { method: 'POST', headers, body });
    const said = await answer.text();
    if (lost++ === 0) response.destroy();
    else response.writeHead(answer.status, headers).end(said);
  });
  await once(between.listen(0, '127.0.0.1'), 'listening');
  const { port } = between.address() as AddressInfo;
  const tryOnce = () =>
    joinBuilding({
      code,
      hub: `127.0.0.1:${port}`,
      folder,
      name: 'pi',
      random: systemRandom,
      log: createLogger('silent'),
    });
  await expect(tryOnce()).rejects.toMatchObject({ code: 'hub-away' });
  expect(await tryOnce()).toMatchObject({ bank: 'hall' });
  between.closeAllConnections();
  between.close();
  expect(await connect('hall').first()).toBe('up');
});

it('not by the key of another, who knows the code: staff get to see that', async () => {
  const code = await codeFor('hall');
  await joinBy(code);
  await expect(joinBy(code, join(folder, 'elsewhere'))).rejects.toMatchObject({
    code: 'join-refused',
    message: expect.stringContaining('used by another agent'),
  });
  const { json } = await rig.ask('/api/v1/agents', { token: installer });
  expect(json).toMatchObject([{ bank: 'hall', state: 'joined', name: 'pi', strangers: 1 }]);
});

it('only by people who may set up banks', async () => {
  const desk = await rig.signIn('desk');
  for (const [method, path] of [
    ['POST', '/api/v1/banks/hall/agents'],
    ['GET', '/api/v1/agents'],
  ] as const) {
    expect((await rig.ask(path, { method })).status).toBe(401);
    expect((await rig.ask(path, { method, token: desk })).status).toBe(403);
  }
});

it('not with a code that was typed wrongly, nor in a folder where an agent runs or whose records are another bank’s', async () => {
  await expect(joinBy('7K3M')).rejects.toMatchObject({ code: 'config-invalid' });
  await expect(joinBy('0000-0000-0000-0000')).rejects.toMatchObject({ code: 'join-refused' });
  const lock = lockAgentFolder(folder);
  await expect(joinBy(await codeFor('hall'))).rejects.toMatchObject({ code: 'folder-locked' });
  lock.release();
  await joinBy(await codeFor('hall'));
  await expect(joinBy(await codeFor('yard'))).rejects.toThrow('holds the records of the bank "hall"');
  expect(await connect('hall').first()).toBe('up');
});
