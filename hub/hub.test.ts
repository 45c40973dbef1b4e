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
import { bankFileText, type HubRig, RIG_PASSWORD, smallPlan, startHubRig } from '../sim/testing/hub-rig.ts';
import { freshStoreFolder, type StoreFolder } from '../sim/testing/store-folder.ts';
import { waitFor } from '../sim/testing/wait-for.ts';

const DEADLINE_MS = 60_000;
const FAILING_DISK = new URL('../sim/testing/failing-disk.ts', import.meta.url).href;
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
    email: 'boss@example.org',
  };

  it('is set up by its first visitor, once, however many try at once', async () => {
    expect((await rig.ask('/api/v1/setup')).json).toEqual({ needed: true });
    const refused = await rig.ask('/api/v1/setup', { body: { ...setup, timeZone: 'Mars/Olympus' } });
    expect([refused.status, refused.json.where]).toEqual([400, 'body.timeZone']);
    const nowhere = await rig.ask('/api/v1/setup', { body: { ...setup, email: 'nowhere' } });
    expect([nowhere.status, nowhere.json.where]).toEqual([400, 'body.email']);
    const answers = await Promise.all([1, 2, 3].map(() => rig.ask('/api/v1/setup', { body: setup })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await rig.ask('/api/v1/setup')).json).toEqual({ needed: false });
    const { status, json } = await rig.ask('/api/v1/sign-in', {
      body: { login: 'boss', password: setup.password },
    });
    expect([status, json.role]).toEqual([200, 'manager']);
    expect(rig.hub.people.managersTold()).toEqual([json.staff]);
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
  let diskFails: string;
  beforeAll(async () => {
    store = await freshStoreFolder();
    diskFails = join(store.folder, 'disk-fails');
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(diskFails, { force: true });
  });
  afterAll(() => store.remove());

  function hub(...flags: string[]) {
    child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // By the environment, because the store's thread takes no flags from its process.
      env: { ...process.env, NODE_OPTIONS: `--import=${FAILING_DISK}`, FAILING_DISK_FROM: diskFails },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const lines = () => said.split('\n').slice(0, -1);
    return { child, lines, ended: once(child, 'close') as Promise<[number | null]> };
  }

  const running = () => hub('--data', store.folder, '--port', '0', '--mqtt-port', '0');

  async function ready(lines: () => string[]): Promise<{ http: string; mqtt: number }> {
    const isReady = (line: string) => line.includes('"ready"');
    return JSON.parse(await waitFor(() => lines().find(isReady), DEADLINE_MS, 'the hub to be ready'));
  }

  const signIn = (http: string) =>
    fetch(`${http}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'manager', password: RIG_PASSWORD }),
    });

  /** The newest entry (before `before`), as the session that was just begun sees it. */
  async function newestEntry(http: string, session: Response, before?: number) {
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const query = before === undefined ? 'limit=1' : `limit=1&before=${before}`;
    const { items } = await (await fetch(`${http}/api/v1/log?${query}`, { headers: { cookie } })).json();
    return items[0] as { type: string; seq: number; hash: string };
  }

  it('provisions a building from a file, and does nothing twice', { timeout: PROCESS_MS }, async () => {
    const plan = join(store.folder, 'plan.json');
    // Nobody listens at the PLC's address: its agent runs in the hub all the same.
    await writeFile(join(store.folder, 'hall.json'), bankFileText('hall', 4, 1));
    const banks = [{ file: 'hall.json', reach: 'hub' }];
    await writeFile(plan, JSON.stringify({ ...smallPlan(), banks, terminals: [{ name: 'kiosk' }] }));
    const provision = async () => {
      const { lines, ended } = hub('provision', '--data', store.folder, '--file', plan);
      expect((await ended)[0]).toBe(0);
      return JSON.parse(lines().at(-1) ?? '');
    };
    const first = await provision();
    const second = await provision();
    expect(first.staff[0]).toMatchObject({ login: 'manager', password: RIG_PASSWORD });
    expect(first.couriers[0].code).toMatch(/^\d{8}$/);
    expect(second).toEqual({
      ...first,
      staff: first.staff.map((one: object) => ({ ...one, password: null })),
      recoveryKey: null,
      banks: first.banks.map((one: object) => ({ ...one, password: null })),
      terminals: first.terminals.map((one: object) => ({ ...one, token: null })),
    });
  });

  it('ends to be started again when its disk fails, and owes nobody what it acknowledged; then cleanly on SIGTERM', {
    timeout: PROCESS_MS,
  }, async () => {
    const { lines, ended } = running();
    const { http } = await ready(lines);
    const acknowledged = await newestEntry(http, await signIn(http));
    expect(acknowledged.type).toBe('staff.signed-in');
    await writeFile(diskFails, '');
    // Refused in words if there was time for them, else by the end of the process; never acknowledged.
    const answer = signIn(http).then(({ status }) => status);
    expect(await answer.catch(() => 503)).toBe(503);
    expect((await ended)[0]).toBe(70);
    // Not the last line for certain: the bridge may meet the dead disk too, and says so from its own thread.
    expect(lines()).toContainEqual(expect.stringContaining('the hub ends, to be started again'));
    await rm(diskFails);

    const again = running();
    const { http: next, mqtt } = await ready(again.lines);
    expect([typeof mqtt, (await fetch(`${next}/healthz`)).status]).toEqual(['number', 200]);
    const { seq, hash } = acknowledged;
    expect(await newestEntry(next, await signIn(next), seq + 1)).toMatchObject({ seq, hash });
    const connected = () => again.lines().some((line) => line.includes('connected to the hub'));
    await waitFor(connected, DEADLINE_MS, 'the agent in the bridge');
    again.child.kill('SIGTERM');
    expect((await again.ended)[0]).toBe(0);
    // One way of logging, also in the bridge's thread: levels are words.
    const logged = again.lines().map((line) => JSON.parse(line));
    expect(logged.filter(({ event, level }) => event !== 'ready' && typeof level !== 'string')).toEqual([]);
    expect(logged.filter(({ part }) => part === 'bridge')).not.toEqual([]);
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
