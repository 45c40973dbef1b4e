/** The doctor against real agents that are really broken, each in its way. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinBuilding } from '@lockerhub/edge-agent/identity/join.ts';
import { FileJournal } from '@lockerhub/edge-agent/ledger/file-journal.ts';
import { Ledger } from '@lockerhub/edge-agent/ledger/ledger.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { AgentProcess } from '@lockerhub/sim/testing/agent-process.ts';
import { freePort } from '@lockerhub/sim/testing/free-port.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { PlcBank } from '@lockerhub/sim/testing/plc-bank.ts';
import { canSkewClocks, skewedTo } from '@lockerhub/sim/testing/skewed-clock.ts';
import { canMountDisk, onSmallDisk } from '@lockerhub/sim/testing/small-disk.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../keyring/authority.ts';
import { type DoctorOptions, doctor } from '../doctor.ts';
import type { AgentCheckCode } from '../judge.ts';

const WITHIN_MS = 30_000;
/** Of the machines that the tests run on. */
const USUAL: readonly string[] = ['disk-low'];
/** Of memory, and so of a tmpfs. */
const PAGE_BYTES = 4_096;
const SOME_SESSIONS_BYTES = 250;
const isRoot = process.getuid?.() === 0;

let scratch: string;
let folder: string;
let rig: HubRig;
let plc: PlcBank;
let kioskPort: number;
let agent: AgentProcess | undefined;
const at = (name: string) => join(scratch, name);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'agent-doctor-'));
  folder = at('agent');
  mkdirSync(at('page'));
  writeFileSync(join(at('page'), 'index.html'), '');
  rig = await startHubRig(smallPlan());
  plc = await PlcBank.start('hall');
  kioskPort = await freePort();
  const token = await rig.signIn('installer');
  const { json } = await rig.ask('/api/v1/banks/hall/agents', { method: 'POST', token });
  const log = pino({ level: 'silent' });
  const hub = new URL(rig.httpUrl).host;
  await joinBuilding({ code: json.code, hub, folder, name: 'pi', random: systemRandom, log });
  writeFileSync(at('bank.yaml'), plc.file);
  tell({});
});
afterAll(async () => {
  await end();
  await plc.stop();
  await rig.end();
  await rm(scratch, { recursive: true, force: true });
});

/** Nothing that a test did to the agent's machine is left for the next one. */
afterEach(async () => {
  await end();
  tell({});
  writeFileSync(at('bank.yaml'), plc.file);
});

function tell(change: object): void {
  const kiosk = { host: '127.0.0.1', port: kioskPort };
  const hub = `127.0.0.1:${rig.mqttsPort}`;
  writeFileSync(
    at('agent.yaml'),
    JSON.stringify({ hub, bankFile: 'bank.yaml', folder: 'agent', kiosk, ...change }),
  );
}

/** Grants that were burned, until some sessions' numbers need another page. */
async function fillPageOf(path: string): Promise<void> {
  for (;;) {
    const journal = new FileJournal(path);
    const ledger = await Ledger.open(journal, () => {});
    if (journal.sizeBytes < PAGE_BYTES - SOME_SESSIONS_BYTES)
      await ledger.burn(newId(systemClock, systemRandom), 'burned');
    else return ledger.close();
    await ledger.close();
  }
}

function start(): void {
  agent = AgentProcess.run(at('agent.yaml'));
}

async function end(): Promise<void> {
  agent?.kill('SIGKILL');
  await agent?.ended;
  agent = undefined;
}

function options(change: Partial<DoctorOptions> = {}): DoctorOptions {
  return {
    data: at('none'),
    settings: at('none'),
    agentSettings: at('agent.yaml'),
    kioskPage: at('page'),
    holdFile: at('none'),
    firewallRules: at('none'),
    environment: {},
    json: true,
    clock: systemClock,
    run: async () => null,
    ...change,
  };
}

async function found(change: Partial<DoctorOptions> = {}) {
  const { text, code } = await doctor(options(change));
  const all = (JSON.parse(text) as { found: { code: AgentCheckCode; what: string }[] }).found;
  return {
    codes: all.map((one) => one.code).filter((one) => !USUAL.includes(one)),
    texts: all.map(({ what }) => what).join('\n'),
    exit: code,
  };
}

/** Resolves once these are found, and nothing else. */
async function untilFound(...wanted: AgentCheckCode[]): Promise<string> {
  let last: string[] = [];
  const isSo = async () => {
    const { codes, texts } = await found();
    last = codes;
    return codes.join() === wanted.join() ? { texts } : null;
  };
  return (
    await waitFor(isSo, WITHIN_MS, `${wanted.join()} to be found`).catch((error: Error) => {
      throw new Error(`${error.message}; last was ${last.join()}`, { cause: error });
    })
  ).texts;
}

describe('an agent that runs', () => {
  it('is well, until its page, its controller, its hub and its disk’s file go', async () => {
    start();
    await untilFound();
    rmSync(join(at('page'), 'index.html'));
    await untilFound('kiosk-missing');
    writeFileSync(join(at('page'), 'index.html'), '');
    await plc.stop();
    expect(await untilFound('line-silent')).toContain(`127.0.0.1:${plc.port}`);
    plc = await PlcBank.start('hall');
  });

  it('asks a unit that is not there', async () => {
    writeFileSync(at('bank.yaml'), plc.file.replaceAll('"unit":1', '"unit":7'));
    start();
    expect(await untilFound('line-silent')).toMatch(/do not answer: 7|does not answer/);
  });

  it('hangs: the lock has a living holder who says nothing', async () => {
    start();
    await untilFound();
    agent?.kill('SIGSTOP');
    const { codes, texts, exit } = await found();
    expect([codes, exit]).toEqual([['agent-down', 'folder-locked', 'port-taken'], 3]);
    expect(texts).toMatch(/process \d+ works on/);
  });

  it.skipIf(!canSkewClocks)(
    'beside a clock that is an hour off the hub’s',
    async () => {
      start();
      await untilFound();
      const env = { ...process.env, ...(await skewedTo(Date.now() + 3_600_000, scratch)) };
      const words = [
        'doctor',
        '--data',
        at('none'),
        '--settings',
        at('none'),
        '--agent-settings',
        at('agent.yaml'),
      ];
      const main = join(import.meta.dirname, '..', '..', 'main.ts');
      const asked = spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      for await (const piece of asked.stdout) said += String(piece);
      expect(said).toMatch(
        /CARE {4}The clock of this machine is (59|60) minutes ahead of the hub’s.*\n.*\[clock-off\]/,
      );
      await end();
    },
    60_000,
  );

  it.skipIf(!canMountDisk)(
    'has no room for a word in its ledger',
    async () => {
      await onSmallDisk(at('small'), 1_024, async () => {
        const hub = { hub: 'mqtt://127.0.0.1:9', building: 'court', username: 'hall', password: 'none' };
        tell({ ...hub, folder: 'small', kiosk: undefined });
        await fillPageOf(join(at('small'), 'ledger.journal'));
        start();
        // As soon as it runs: each try to reach its hub writes a session's number, and no page may be taken for them before.
        await waitFor(() => existsSync(at('small/status.sock')), WITHIN_MS, 'the agent to run');
        expect(() => writeFileSync(join(at('small'), 'filler'), Buffer.alloc(2_000_000))).toThrow('ENOSPC');
        const isFull = async () => (await found()).codes.includes('ledger-broken');
        await waitFor(isFull, WITHIN_MS, 'the ledger to fail');
        expect((await found()).codes).toEqual(['disk-full', 'ledger-broken', 'hub-away']);
        await end();
      });
    },
    60_000,
  );
});

describe('an agent that is dead', () => {
  /** With something in its folder as long as `act` goes on. */
  async function broken(
    name: string,
    breakIt: (path: string) => void,
    act: () => Promise<void>,
  ): Promise<void> {
    const path = join(folder, name);
    renameSync(path, `${path}.good`);
    writeFileSync(path, readFileSync(`${path}.good`), { mode: 0o600 });
    breakIt(path);
    await act();
    rmSync(path, { force: true });
    renameSync(`${path}.good`, path);
  }
  const edited = (path: string, change: (read: Record<string, unknown>) => object) =>
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));

  it.each<[AgentCheckCode, string, (path: string) => void]>([
    ['agent-not-joined', 'identity.json', (path) => rmSync(path)],
    ['identity-broken', 'identity.json', (path) => chmodSync(path, 0o644)],
    ['identity-broken', 'identity.json', (path) => writeFileSync(path, '{"version":1')],
    ['list-none', 'pickups.json', (path) => rmSync(path)],
    ['list-broken', 'pickups.json', (path) => writeFileSync(path, '{"sealed"')],
    ['list-old', 'pickups.json', (path) => edited(path, (kept) => ({ ...kept, chargedMs: 80 * 3_600_000 }))],
  ])('%s', async (code, name, breakIt) => {
    await broken(name, breakIt, async () => expect((await found()).codes).toEqual(['agent-down', code]));
  });

  it('whose building’s CA knows no such hub', async () => {
    const { certificate: ca } = await createAuthority(randomBytes(16));
    await broken(
      'identity.json',
      (path) => edited(path, (identity) => ({ ...identity, ca })),
      async () => {
        const { codes, texts } = await found();
        expect(codes).toEqual(['agent-down', 'hub-foreign']);
        expect(texts).toContain(`127.0.0.1:${rig.mqttsPort}`);
      },
    );
  });

  it('whose hub is of another version', async () => {
    const pages = createServer((_, response) => response.end('{"software":"lockerhub 9.9.9"}'));
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    const httpPort = (pages.address() as AddressInfo).port;
    const moved = (identity: Record<string, unknown>) => ({
      ...identity,
      hub: { ...(identity.hub as object), httpPort },
    });
    await broken(
      'identity.json',
      (path) => edited(path, moved),
      async () => expect((await found()).codes).toEqual(['agent-down', 'versions-mixed']),
    );
    pages.close();
  });

  it('and is told what it can’t take, by file and line', async () => {
    tell({ colour: 'red' });
    expect((await found()).texts).toMatch(/agent\.yaml: line 1: colour: no such key/);
    tell({});
    writeFileSync(at('bank.yaml'), plc.file.replace('"plc"', '"PLC!"'));
    const { codes, texts } = await found();
    expect([codes, texts]).toEqual([
      ['agent-down', 'settings-invalid'],
      expect.stringMatching(/bank\.yaml: line 1/),
    ]);
    writeFileSync(at('bank.yaml'), plc.file);
    tell({ folder: 'nowhere' });
    expect((await found()).codes).toContain('folder-missing');
    tell({});
  });

  it('whose serial port is not there, or not for its user', async () => {
    const onPort = (path: string) =>
      writeFileSync(
        at('bank.yaml'),
        JSON.stringify({
          ...JSON.parse(plc.file),
          lines: [{ id: 'plc', serial: { path }, profile: 'waveshare-relay-32-inputs', locks: 'pulsed' }],
        }),
      );
    onPort('/dev/no-such-port');
    expect((await found()).codes).toEqual(['agent-down', 'serial-missing']);
    if (isRoot) {
      writeFileSync(at('port'), '', { mode: 0o600 });
      onPort(at('port'));
      chownSync(folder, 4_711, 4_711);
      expect((await found()).codes).toEqual(['agent-down', 'folder-foreign', 'serial-forbidden']);
      chownSync(at('port'), 0, 4_711);
      chmodSync(at('port'), 0o660);
      expect((await found()).codes).toEqual(['agent-down', 'folder-foreign']);
      chownSync(folder, 0, 0);
    }
    writeFileSync(at('bank.yaml'), plc.file);
  });

  it('and that systemd has given up, and the watchdog ended before', async () => {
    const run: DoctorOptions['run'] = async (program, ...words) => {
      if (program === 'journalctl') return 'lockerhub-agent.service: Watchdog timeout (limit 1min)!\n';
      return words.includes('lockerhub-agent.service')
        ? 'LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\nExecMainStatus=78\nNRestarts=12\n'
        : 'LoadState=not-found\n';
    };
    const { codes, texts } = await found({ run });
    expect(codes).toEqual(['agent-down', 'agent-restarting', 'agent-hanging', 'service-disabled']);
    expect(texts).toContain('what it was told is wrong');
  });

  it('whose hub is off', async () => {
    await rig.stop();
    expect((await found()).codes).toEqual(['agent-down', 'hub-unreachable']);
    start();
    expect(await untilFound('hub-away', 'hub-unreachable')).toContain('no contact to the hub since 20');
    await end();
    rig = await rig.restart();
  });
});

it('a hub that was put away is no hub’s fault of this machine, and one that is there is judged as well', async () => {
  expect((await found()).codes).toEqual(['agent-down']);
  expect((await found({ data: rig.folder })).codes).toEqual(
    expect.arrayContaining(['agent-down', 'backup-none']),
  );
});

it('an agent that was revoked', async () => {
  tell({ hub: `127.0.0.1:${rig.mqttsPort}` });
  start();
  await untilFound();
  const token = await rig.signIn('manager');
  const { json } = await rig.ask('/api/v1/agents', { token });
  const path = `/api/v1/agents/${json[0].agent}/revoke`;
  const { status } = await rig.ask(path, { token, body: { reason: 'it was stolen' } });
  expect(status).toBeLessThan(300);
  await untilFound('agent-expelled', 'list-none');
});
