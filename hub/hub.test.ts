import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { VERSION } from '@lockerhub/protocol/bank/messages.ts';
import { encode, topicOf } from '@lockerhub/protocol/bank/topics.ts';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../sim/testing/hub-rig.ts';
import { freshStoreFolder, type StoreFolder } from '../sim/testing/store-folder.ts';
import { waitFor } from '../sim/testing/wait-for.ts';

const DEADLINE_MS = 60_000;
/** Processes that open a store, on a machine that does much else. */
const PROCESS_MS = 120_000;

describe('an empty building', () => {
  let rig: HubRig;
  beforeAll(async () => {
    rig = await startHubRig();
  });
  afterAll(() => rig.end());

  const setup = {
    building: 'new-house',
    name: 'New House',
    timeZone: 'Europe/Madrid',
    language: 'es',
    login: 'Boss',
    password: 'a long password',
  };

  it('is set up by its first visitor, once, however many try at once', async () => {
    expect((await rig.ask('/api/v1/setup')).json).toEqual({ needed: true });
    const refused = await rig.ask('/api/v1/setup', { body: { ...setup, timeZone: 'Mars/Olympus' } });
    expect([refused.status, refused.json.where]).toEqual([400, 'body.timeZone']);
    const answers = await Promise.all([1, 2, 3].map(() => rig.ask('/api/v1/setup', { body: setup })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await rig.ask('/api/v1/setup')).json).toEqual({ needed: false });
    const { status, json } = await rig.ask('/api/v1/sign-in', {
      body: { login: 'boss', password: setup.password },
    });
    expect([status, json.role]).toEqual([200, 'manager']);
  });

  it('is the same building after a restart, and nobody can set it up again', async () => {
    rig = await rig.restart();
    expect((await rig.ask('/api/v1/setup', { body: { ...setup, building: 'stolen' } })).json.code).toBe(
      'setup-done',
    );
    expect(rig.hub.settings.get()).toMatchObject({ building: 'new-house', language: 'es' });
  });
});

describe('a bank’s agent and the hub', () => {
  let rig: HubRig;
  beforeAll(async () => {
    rig = await startHubRig(smallPlan());
  });
  afterAll(() => rig.end());

  const agent = (bank: string) =>
    connectAsync(`mqtt://127.0.0.1:${rig.mqttPort}`, {
      username: bank,
      password: rig.made?.banks.find((made) => made.bank === bank)?.password ?? '',
      reconnectPeriod: 0,
      keepalive: 10,
    });

  it('shows a bank as it comes and goes, and kicks it when its password changes', async () => {
    const token = await rig.signIn('manager');
    const hall = await agent('hall');
    const availability = { v: VERSION, session: 1, agent: 'online' as const, lines: [] };
    hall.publish(topicOf('rig-house', 'hall', 'availability'), encode('availability', availability), {
      qos: 1,
    });
    const online = async () =>
      (await rig.ask('/api/v1/building', { token })).json.banks.map(
        (bank: { online: boolean }) => bank.online,
      );
    await waitFor(async () => (await online())[0], DEADLINE_MS, 'the bank to be online');
    const file = rig.hub.register.get('banks', 'hall')?.file;
    const { json: credentials } = await rig.ask('/api/v1/banks', { token, body: { file, reach: 'agent' } });
    expect(credentials).toMatchObject({ bank: 'hall', username: 'hall' });
    await waitFor(() => !hall.connected, DEADLINE_MS, 'the old password to be void');
    await expect(agent('hall')).rejects.toThrow('Bad username or password');
    expect(await online()).toEqual([false, false]);
    hall.end(true);
  });

  it('signs nobody in as the agent of a bank that the hub itself reaches', async () => {
    const token = await rig.signIn('manager');
    const file = rig.hub.register.get('banks', 'yard')?.file;
    const { json } = await rig.ask('/api/v1/banks', { token, body: { file, reach: 'hub' } });
    expect(rig.hub.bankRegister.credentialHashes('yard')).toHaveLength(1);
    const connecting = connectAsync(`mqtt://127.0.0.1:${rig.mqttPort}`, {
      username: 'yard',
      password: json.password,
      reconnectPeriod: 0,
    });
    await expect(connecting).rejects.toThrow('Bad username or password');
  });
});

describe('the process', () => {
  let store: StoreFolder;
  let child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  beforeAll(async () => {
    store = await freshStoreFolder();
  });
  afterEach(() => void child?.kill('SIGKILL'));
  afterAll(() => store.remove());

  function hub(...flags: string[]) {
    child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)));
    return { child, lines, ended: once(child, 'close') as Promise<[number | null]> };
  }

  it('provisions a building from a file, and does nothing twice', { timeout: PROCESS_MS }, async () => {
    const plan = join(store.folder, 'plan.json');
    await writeFile(plan, JSON.stringify({ ...smallPlan(), banks: [], terminals: [{ name: 'kiosk' }] }));
    const provision = async () => {
      const { lines, ended } = hub('provision', '--data', store.folder, '--file', plan);
      expect((await ended)[0]).toBe(0);
      return JSON.parse(lines.at(-1) ?? '');
    };
    const first = await provision();
    const second = await provision();
    expect(first.staff[0]).toMatchObject({ login: 'manager', password: RIG_PASSWORD });
    expect(first.couriers[0].code).toMatch(/^\d{8}$/);
    expect(second).toEqual({
      ...first,
      staff: first.staff.map((one: object) => ({ ...one, password: null })),
      terminals: first.terminals.map((one: object) => ({ ...one, token: null })),
    });
  });

  it('says when it is ready, and ends cleanly on SIGTERM', { timeout: PROCESS_MS }, async () => {
    const { child: running, lines, ended } = hub('--data', store.folder, '--port', '0', '--mqtt-port', '0');
    const ready = await waitFor(() => lines.find((line) => line.includes('"ready"')), DEADLINE_MS, 'ready');
    const { http, mqtt } = JSON.parse(ready);
    expect([typeof mqtt, (await fetch(`${http}/healthz`)).status]).toEqual(['number', 200]);
    running.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('names the flag whose port is taken', { timeout: PROCESS_MS }, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { child: refused, ended } = hub('--data', store.folder, '--port', String(port), '--mqtt-port', '0');
    const complaint = await text(refused.stderr);
    expect([(await ended)[0], complaint]).toEqual([
      78,
      expect.stringContaining(`port ${port} (--port) is taken`),
    ]);
    expect(complaint).not.toMatch(/ at /);
    taken.close();
  });

  it('names a setting that makes no sense', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lockerhub-hub-'));
    const { child: refused, ended } = hub('--data', folder, '--port', 'http');
    const complaint = await text(refused.stderr);
    expect([(await ended)[0], complaint]).toEqual([78, expect.stringContaining('--port: ')]);
    await rm(folder, { recursive: true });
  });
});
