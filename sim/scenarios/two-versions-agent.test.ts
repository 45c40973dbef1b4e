/**
 * Agent and hub one version apart, really run: the newer one is this software with another version, a reason more why an
 * update fails, and a field more in what an agent says. Each side is the older one once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpdatesView } from '@lockerhub/protocol/http/updates.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SupervisedProcess } from '../processes/supervised.ts';
import { freePort } from '../testing/free-port.ts';
import {
  askHub,
  bankFileText,
  type HubRig,
  RIG_PASSWORD,
  smallPlan,
  startHubRig,
} from '../testing/hub-rig.ts';
import { type NextVersion, nextVersion } from '../testing/next-version.ts';
import { waitFor } from '../testing/wait-for.ts';

const WITHIN_MS = 60_000;
const TEST_MS = 180_000;
const ROOT = join(import.meta.dirname, '..', '..');

let next: NextVersion;
let scratch: string;
let rig: HubRig;
const agents: ChildProcess[] = [];
let hub: SupervisedProcess | undefined;

beforeAll(async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'hub', 'package.json'), 'utf8'));
  const renamed = ['hub', 'edge-agent'].map((name) => ({
    file: `${name}/package.json`,
    from: `"version": "${version}"`,
    to: '"version": "98.7.6"',
  }));
  next = await nextVersion([
    ...renamed,
    {
      file: 'protocol/update/files.ts',
      from: `  'journal-broken',\n`,
      to: `  'journal-broken',\n  'too-hot',\n`,
    },
    {
      file: 'protocol/bank/messages.ts',
      from: `  update: ToldUpdate.optional()`,
      to: `  mood: z.string().default('well'),\n  update: ToldUpdate.extend({ tries: z.int().default(1) }).optional()`,
    },
  ]);
  scratch = await mkdtemp(join(tmpdir(), 'lockerhub-two-versions-'));
  rig = await startHubRig(smallPlan());
}, WITHIN_MS);
afterAll(async () => {
  for (const agent of agents) {
    agent.kill('SIGKILL');
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  }
  await hub?.stop();
  await rig.end();
  await next.remove();
  await rm(scratch, { recursive: true });
});

/** An agent of the sources in `root`, whose machine's last update ended so. */
async function startAgent(root: string, mqttPort: number, last: object): Promise<void> {
  const folder = await mkdtemp(join(scratch, 'agent-'));
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'state', 'last.json'), JSON.stringify(last));
  await writeFile(join(folder, 'bank.yaml'), bankFileText('hall', 4, 9));
  const password = rig.made?.banks.find(({ bank }) => bank === 'hall')?.password;
  const way = { hub: `mqtt://127.0.0.1:${mqttPort}`, building: 'rig-house', username: 'hall', password };
  await writeFile(
    join(folder, 'agent.yaml'),
    JSON.stringify({ ...way, bankFile: 'bank.yaml', folder: 'own' }),
  );
  const words = [join(root, 'edge-agent', 'main.ts'), '--config', join(folder, 'agent.yaml')];
  agents.push(
    spawn(process.execPath, words, {
      stdio: 'ignore',
      env: { ...process.env, LOCKERHUB_UPDATE_STATE: join(folder, 'state') },
    }),
  );
}

/** What the page of updates shows of the bank comes to be this. */
async function untilShown(url: string, expected: object): Promise<void> {
  const signIn = await askHub(`${url}/api/v1/sign-in`, {
    body: { login: 'manager', password: RIG_PASSWORD },
  });
  const token = /lockerhub_staff=([^;]+)/.exec(signIn.headers.get('set-cookie') ?? '')?.[1] ?? '';
  await waitFor(
    async () => {
      const { json } = await askHub(`${url}/api/v1/updates`, { token });
      expect(UpdatesView.parse(json).agents.find(({ bank }) => bank === 'hall')).toMatchObject(expected);
      return true;
    },
    WITHIN_MS,
    'the agent on the page of updates',
  );
}

it('an older hub keeps what it knows of a newer agent, and a newer hub what an older one says', {
  timeout: TEST_MS,
}, async () => {
  const failed = {
    endedAtMs: 7,
    release: '98.7.6-abc',
    isKept: false,
    why: 'it was too hot',
    code: 'too-hot',
  };
  await startAgent(next.root, rig.mqttPort, failed);
  const software = 'edge-agent 98.7.6';
  await untilShown(rig.httpUrl, {
    software,
    standing: 'newer',
    online: true,
    update: failed,
  });
  agents[0]?.kill('SIGKILL');
  rig = { ...rig, end: () => rm(rig.folder, { recursive: true }) };
  await rig.stop();

  const [port, mqttPort] = [await freePort(), await freePort()];
  const ports = ['--port', `${port}`, '--mqtt-port', `${mqttPort}`, '--mqtts-port', '0'];
  const url = `http://127.0.0.1:${port}`;
  hub = new SupervisedProcess(
    {
      name: 'hub',
      command: [join(next.root, 'hub', 'main.ts'), '--data', rig.folder, ...ports],
      folder: rig.folder,
      isReady: async () => (await fetch(`${url}/readyz`)).ok,
    },
    systemClock,
  );
  await hub.start();
  // As the older hub has written it down.
  await untilShown(url, { software, standing: 'same', online: false, update: { isKept: false } });
  const kept = { endedAtMs: 8, release: '0.1.0-abc', isKept: true, why: null, code: null };
  await startAgent(ROOT, mqttPort, kept);
  await untilShown(url, { standing: 'older', online: true, update: kept });
});
