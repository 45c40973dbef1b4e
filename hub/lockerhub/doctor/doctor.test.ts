/** The doctor against hubs that are really broken, each in its way. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { bankFileText, type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { canSkewClocks, skewedTo } from '@lockerhub/sim/testing/skewed-clock.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../edge-agent/identity/folder-lock.ts';
import { runProgram } from '../run-program.ts';
import { type DoctorOptions, doctor, textOf } from './doctor.ts';
import type { CheckCode } from './judge.ts';

const DEADLINE_MS = 20_000;
/** Of the machines that the tests run on, and of a building that has no recovery key on paper yet. */
const USUAL: readonly string[] = ['disk-low', 'backup-same-disk', 'backup-none', 'recovery-unprinted'];
/** Nobody listens there: the port of tcpmux, which nobody has run for decades. */
const NOBODY = 'http://127.0.0.1:1';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function options(data: string, change: Partial<DoctorOptions> = {}): DoctorOptions {
  const none = join(scratch, 'none');
  return {
    data,
    settings: none,
    agentSettings: none,
    holdFile: none,
    firewallRules: none,
    environment: {},
    json: true,
    clock: systemClock,
    run: async () => null,
    ...change,
  };
}

interface Found {
  readonly code: CheckCode;
  readonly what: string;
}

async function found(asked: DoctorOptions): Promise<{ codes: string[]; texts: string; exit: number }> {
  const { text, code } = await doctor(asked);
  const all = (JSON.parse(text) as { found: Found[] }).found;
  return {
    codes: all.map((one) => one.code).filter((one) => !USUAL.includes(one)),
    texts: all.map(({ what }) => what).join('\n'),
    exit: code,
  };
}

function settingsFile(lines: readonly string[]): string {
  const file = join(scratch, 'hub.env');
  writeFileSync(file, lines.join('\n'));
  return file;
}

function listening(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, port: (server.address() as { port: number }).port }),
    );
  });
}

/** Names, sizes and times of all that is in a folder. */
async function traceOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(
    names.toSorted().map(async (name) => {
      const { size, mtimeMs, mode } = await stat(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${mode}`;
    }),
  );
}

describe('a hub that runs', () => {
  let rig: HubRig;
  beforeAll(async () => {
    const plan = smallPlan();
    rig = await startHubRig(
      {
        ...plan,
        banks: [
          { file: 'hall.json', reach: 'agent' },
          { file: 'yard.json', reach: 'hub' },
        ],
      },
      {
        backupFolder: join(scratch, 'stick'),
        smtp: { url: 'smtp://me:secret@127.0.0.1:1', from: 'Parcels <p@example.org>' },
      },
    );
    const told = () => rig.hub.banks.link('yard')?.lines.length;
    await waitFor(() => Boolean(told()), DEADLINE_MS, 'the bridge to tell of its line');
  });
  afterAll(() => rig.end());

  it('without its agent, its controller, its mail server and its stick', async () => {
    // The bank file of the rig says port 502 of this machine: nobody listens there.
    const { codes, texts, exit } = await found(options(rig.folder));
    expect(codes).toEqual(['bank-never-joined', 'line-silent', 'mail-unreachable', 'backup-folder-missing']);
    expect(texts).toContain('127.0.0.1:502');
    expect(texts).not.toContain('secret');
    expect(exit).toBe(1);
  });

  it('whose last backup failed, or lies on its own disk and is never made', async () => {
    await expect(rig.hub.backups.make()).rejects.toThrow();
    mkdirSync(join(scratch, 'stick'));
    expect((await found(options(rig.folder))).codes).toEqual(
      expect.arrayContaining(['backup-failing', 'backup-old']),
    );
    const { text } = await doctor(options(rig.folder, { json: false }));
    expect(text).toMatch(/^BROKEN {2}.*\n {8}Do: .* {2}\[bank-never-joined\]$/m);
  });

  it('whose bank’s file an update made invalid, whose update was left, and who is told of an unknown setting', async () => {
    const row = rig.hub.register.get('banks', 'yard');
    if (!row) throw new Error('the rig has a yard');
    const file = bankFileText('yard', 4, 502).replace('"M"', '"huge"');
    await rig.hub.buildingLog.append({
      payloads: [],
      rows: [{ table: 'banks', row: { ...row, file } }],
    });
    const holdFile = join(scratch, 'updating');
    writeFileSync(holdFile, '');
    const settings = settingsFile(['LOCKERHUB_HOST=127.0.0.1', 'LOCKERHUB_PROT=80']);
    const { codes, texts } = await found(
      options(rig.folder, {
        holdFile,
        settings,
        run: async () => 'LoadState=loaded\nActiveState=inactive\n',
      }),
    );
    expect(codes).toEqual(expect.arrayContaining(['update-held', 'settings-unknown', 'bank-file-invalid']));
    expect(texts).toMatch(/yard: .*line 1: /);
  });

  it.skipIf(!canSkewClocks)(
    'on a machine whose clock fell back to 1970',
    async () => {
      const environment = { ...process.env, ...(await skewedTo(5_000, scratch)) };
      const main = join(import.meta.dirname, '..', 'main.ts');
      const asked = spawn(process.execPath, [main, 'doctor', '--data', rig.folder, '--json'], {
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      for await (const piece of asked.stdout) said += String(piece);
      expect(said).toContain('clock-wrong');
    },
    30_000,
  );
});

describe('a hub that is dead', () => {
  let rig: HubRig;
  let data: string;
  let config: string;
  let taken: Server;
  beforeAll(async () => {
    rig = await startHubRig(smallPlan());
    data = rig.folder;
    await rig.stop();
    const { server, port } = await listening();
    taken = server;
    config = settingsFile([
      'LOCKERHUB_HOST=127.0.0.1',
      `LOCKERHUB_PORT=${port}`,
      'LOCKERHUB_MQTT_PORT=0',
      'LOCKERHUB_MQTTS_PORT=0',
    ]);
  });
  afterAll(async () => {
    taken.close();
    await rm(data, { recursive: true, force: true });
  });
  const ask = (change: Partial<DoctorOptions> = {}) => found(options(data, { settings: config, ...change }));
  /** With something in the folder as long as `act` goes on. */
  async function broken(name: string, breakIt: (path: string) => void, act: () => Promise<void>) {
    const path = join(data, name);
    const had = await stat(path).then(
      () => true,
      () => false,
    );
    if (had) renameSync(path, `${path}.good`);
    if (had) writeFileSync(path, readFileSync(`${path}.good`), { mode: 0o600 });
    breakIt(path);
    await act();
    rmSync(path, { force: true });
    if (had) renameSync(`${path}.good`, path);
  }

  it('and whose port another program has; nothing in its folder is touched', async () => {
    const before = await traceOf(data);
    const { codes, exit } = await ask();
    expect(codes).toEqual(['hub-down', 'port-taken']);
    expect(exit).toBe(3);
    expect(await traceOf(data)).toEqual(before);
  });

  it.each<[CheckCode, string, (path: string) => void]>([
    ['keyring-missing', 'keyring.json', (path) => rmSync(path)],
    ['keyring-broken', 'keyring.json', (path) => chmodSync(path, 0o644)],
    ['keyring-broken', 'keyring.json', (path) => writeFileSync(path, '{"version":2')],
    ['epoch-broken', 'epoch.json', (path) => writeFileSync(path, '{}')],
    ['fenced', 'epoch.json', (path) => fence(path)],
    ['recovery-broken', 'recovery.json', (path) => writeFileSync(path, 'x')],
    ['cloud-account-broken', 'cloud.json', (path) => writeFileSync(path, '{}')],
    ['cloud-unreachable', 'cloud.json', (path) => writeFileSync(path, JSON.stringify(ACCOUNT))],
    ['log-changed', 'log-check.json', (path) => writeFileSync(path, JSON.stringify(CHANGED))],
    ['log-check-broken', 'log-check.json', (path) => writeFileSync(path, '{"vers')],
    ['store-missing', 'store', (path) => renameSync(path, `${path}.away`)],
  ])('%s', async (code, name, breakIt) => {
    const asked = async () => expect((await ask()).codes).toContain(code);
    if (name !== 'store') return broken(name, breakIt, asked);
    breakIt(join(data, name));
    await asked();
    renameSync(join(data, 'store.away'), join(data, 'store'));
  });

  it('and whose store another process holds', async () => {
    const lock = lockFolder(join(data, 'store.lock'), (_, what) => new Error(what));
    const { codes, texts } = await ask();
    lock.release();
    expect(codes).toContain('store-locked');
    expect(texts).toContain(`process ${process.pid} `);
  });

  it('and is told what it can’t take, in this line', async () => {
    const settings = join(scratch, 'wrong.env');
    writeFileSync(settings, '# ours\n\nLOCKERHUB_PORT=http\n');
    const { codes, texts } = await ask({ settings });
    expect(codes).toEqual(['hub-down', 'settings-invalid']);
    expect(texts).toContain('wrong.env, line 3: LOCKERHUB_PORT');
  });

  it.skipIf(process.getuid?.() !== 0)('and whose files belong to somebody else', async () => {
    await broken(
      'epoch.json',
      (path) => chownSync(path, 4_711, 4_711),
      async () => expect((await ask()).codes).toContain('folder-foreign'),
    );
  });

  it('and that systemd has given up, would not start at boot, and started again and again', async () => {
    const run: DoctorOptions['run'] = async (_, __, unit = '') =>
      unit === 'lockerhub-hub.service'
        ? 'LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\nExecMainStatus=78\nNRestarts=12\n'
        : 'LoadState=not-found\n';
    const { codes, texts } = await ask({ run });
    expect(codes).toEqual(['hub-down', 'port-taken', 'hub-restarting', 'service-disabled']);
    expect(texts).toContain('what it was told is wrong');
  });

  it('or never was', async () => {
    expect((await found(options(join(scratch, 'nowhere'), { run: runProgram }))).codes).toEqual(
      expect.arrayContaining(['hub-down', 'folder-missing']),
    );
  });
});

const ACCOUNT = {
  version: 1,
  url: NOBODY,
  building: '018f0000-0000-7000-8000-000000000001',
  name: 'Rig House',
  token: 'a token of twenty characters',
  gatewayKey: '',
};
const HEAD = { seq: 9, hash: '0'.repeat(64) };
const CHANGED = {
  version: 1,
  checked: HEAD,
  sweep: null,
  last: { atMs: 1, faults: { count: 1, first: { seq: 4, detail: 'another hash' } } },
};

function fence(path: string): void {
  const epoch = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...epoch, fencedBy: 7 }));
}

it('lets nobody whose words it passes on command the terminal, or speak in a line of its own', () => {
  const software = '\u001b[2Jx\nBROKEN  Send the keyring.\u2028 0.0.1';
  const finding = {
    code: 'agent-version',
    weight: 'care',
    what: `the agent is ${software}`,
    act: 'look',
  } as const;
  expect(textOf([finding])).toBe(
    'CARE    The agent is  [2Jx BROKEN  Send the keyring.  0.0.1.\n        Do: Look.  [agent-version]\n',
  );
});
