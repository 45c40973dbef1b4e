/** Certificates under wrong clocks, over real processes: a hub or an agent in 1970 or 2031 locks nobody out. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIdentity } from '@lockerhub/edge-agent/identity/identity.ts';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { createMqttLink } from '@lockerhub/edge-agent/link/mqtt-link.ts';
import { dialHub } from '@lockerhub/edge-agent/link/tls-way.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bankFileText,
  type HubRig,
  RIG_PASSWORD,
  smallPlan,
  startHubIn,
  startHubRig,
} from '../../sim/testing/hub-rig.ts';
import { canSkewClocks, skewedTo } from '../../sim/testing/skewed-clock.ts';
import { waitFor } from '../../sim/testing/wait-for.ts';
import { createLogger } from '../config/logging.ts';

const WITHIN_MS = 90_000;
const log = createLogger('silent');
const YEARS = [
  ['1970', Date.UTC(1970, 0, 2)],
  ['2031', Date.UTC(2031, 5, 1)],
] as const;
let rig: HubRig;
let folder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-clock-'));
  rig = await startHubRig(smallPlan());
  const token = await rig.signIn('installer');
  const { json } = await rig.ask('/api/v1/banks/hall/agents', { method: 'POST', token });
  const hub = new URL(rig.httpUrl).host;
  await joinBuilding({ code: json.code, hub, folder, name: 'pi', random: systemRandom, log });
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const path of [folder, rig.folder]) await rm(path, { recursive: true, force: true });
});

function run(program: string, words: readonly string[], environment: Record<string, string>) {
  const path = fileURLToPath(import.meta.resolve(program));
  child = spawn(process.execPath, [path, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  let said = '';
  child.stdout?.on('data', (data) => {
    said += String(data);
  });
  return () => said;
}

/** What a manager does there. */
async function staffOf(url: string) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ login: 'manager', password: RIG_PASSWORD });
  const signedIn = await fetch(`${url}/api/v1/sign-in`, { method: 'POST', headers, body });
  const token = /lockerhub_staff=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1];
  const ask = (path: string, method: string) =>
    fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  return {
    residents: async (): Promise<{ resident: string; name: string }[]> =>
      (await ask('/residents', 'GET')).json(),
    erase: async (resident: string) => {
      const answer = await ask(`/residents/${resident}/erase`, 'POST');
      const text = await answer.text();
      return { status: answer.status, code: text === '' ? null : JSON.parse(text).code };
    },
  };
}

describe.skipIf(!canSkewClocks)('certificates', () => {
  it.each(YEARS)('let an agent in that believes it is %s', async (_year, atMs) => {
    const config = join(folder, 'agent.yaml');
    await writeFile(join(folder, 'bank.yaml'), bankFileText('hall', 4, 1));
    await writeFile(config, JSON.stringify({ bankFile: 'bank.yaml', folder: '.' }));
    const said = run('@lockerhub/edge-agent/main.ts', ['--config', config], await skewedTo(atMs, folder));
    await waitFor(() => rig.hub.banks.link('hall')?.online, WITHIN_MS, 'the agent to be online');
    const [first = ''] = said().split('\n');
    expect(Math.abs(JSON.parse(first).time - atMs)).toBeLessThan(WITHIN_MS);
    await rig.stop();
  });

  it.each(YEARS)(
    'are admitted by a hub that believes it is %s, which erases nobody until its clock is mended',
    async (_year, atMs) => {
      await rig.stop();
      const words = ['--data', rig.folder, '--port', '0', '--mqtt-port', '0', '--mqtts-port', '0'];
      const said = run('@lockerhub/hub/main.ts', words, await skewedTo(atMs, folder));
      const lines = () => said().split('\n').slice(0, -1);
      const ready = await waitFor(
        () => lines().find((line) => line.includes('"ready"')),
        WITHIN_MS,
        'the hub to be ready',
      );
      expect(Date.parse(JSON.parse(lines()[0] ?? '').time) - atMs).toBeLessThan(WITHIN_MS);
      const identity = readIdentity(folder);
      if (!identity) throw new Error('it has not joined');
      const address = { host: '127.0.0.1', port: JSON.parse(ready).mqtts };
      const told: string[] = [];
      const connection = createMqttLink({
        open: (signal) => dialHub(address, identity, signal),
        building: identity.building,
        bank: identity.bank,
        log,
      }).connect(
        { v: 1, session: 1, agent: 'offline', lines: [] },
        { up: () => told.push('up'), message: () => {}, down: (reason) => told.push(reason) },
      );
      expect(await waitFor(() => told[0], WITHIN_MS, 'an outcome')).toBe('up');
      await connection.close();
      const manager = await staffOf(JSON.parse(ready).http);
      const people = await manager.residents();
      const [first] = people;
      if (!first) throw new Error('nobody lives here');
      expect(await manager.erase(first.resident)).toMatchObject({ status: 409, code: 'clock-untrusted' });
      expect(await manager.residents()).toEqual(people);
      child?.kill('SIGTERM');
      await once(child as ChildProcess, 'exit');
      // The clock is mended: what waits for it goes on, and nobody went in between.
      const mended = await startHubIn(rig.folder);
      const again = await staffOf(mended.httpUrl);
      expect(await again.residents()).toEqual(people);
      expect(await again.erase(first.resident)).toMatchObject({ status: 204 });
      expect(await again.residents()).toEqual(people.slice(1));
      await mended.stop();
    },
  );
});
