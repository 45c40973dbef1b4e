/** The command at the console, against a hub that runs, that stopped, and that was killed. */
import { execFile } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConsoleFile, writeConsoleFile } from '../console/console-file.ts';
import { backup, enrol, status } from './console.ts';

let rig: HubRig;
let backups: string;

beforeAll(async () => {
  backups = await mkdtemp(join(tmpdir(), 'console-backups-'));
  rig = await startHubRig(smallPlan(), { backupFolder: backups });
});
afterAll(async () => {
  await rig.end();
  await rm(backups, { recursive: true, force: true });
});

it('says how the hub does, to people and to programs', async () => {
  const { text, code } = await status({ data: rig.folder });
  expect(text).toContain('Rig House');
  expect(text).toContain('NEEDS YOU  offline: hall, yard');
  expect(code).toBe(1);
  const { text: json } = await status({ data: rig.folder, json: true });
  expect(JSON.parse(json)).toMatchObject({
    running: true,
    disk: 'ok',
    banks: [{ bank: 'hall', online: false }, {}],
  });
});

it('is a command of its own, with an exit code', async () => {
  const main = join(import.meta.dirname, 'main.ts');
  const run = promisify(execFile)(process.execPath, [main, 'status', '--data', rig.folder, '--json']);
  const failed = await run.then(
    () => undefined,
    (error) => error,
  );
  expect([failed.code, JSON.parse(failed.stdout).building]).toEqual([1, 'Rig House']);
});

it('is known by a token that only the hub’s user can read, and only on its machine', async () => {
  expect(statSync(join(rig.folder, 'console.json')).mode & 0o777).toBe(0o600);
  const path = '/api/v1/console/status';
  const { token } = readConsoleFile(rig.folder) ?? { token: '' };
  expect((await rig.ask(path, { token })).status).toBe(200);
  for (const other of [`${token.slice(0, -2)}xx`, await rig.signIn('manager')]) {
    expect((await rig.ask(path, { token: other })).json.code).toBe('console-refused');
  }
  expect((await rig.ask('/api/v1/building', { token })).status).toBe(401);
  // As from another machine: the two ends of the connection have not one address.
  expect(await statusFrom('127.0.0.2', `${rig.httpUrl}${path}`, token)).toBe(403);
  expect(await statusFrom('127.0.0.1', `${rig.httpUrl}${path}`, token)).toBe(200);
});

it('makes a backup and lists it; says what was wrong with a code', async () => {
  expect((await backup('list', { data: rig.folder })).text).toBe(`${backups}\n`);
  expect((await backup('make', { data: rig.folder })).text).toMatch(/\.backup {2}\d+ bytes/);
  const { text } = await status({ data: rig.folder, json: true });
  expect(JSON.parse(text)).toMatchObject({ backupAt: expect.any(Number), backupFailure: null });
  const code = 'ABCD-EFGH';
  await expect(enrol({ data: rig.folder, url: 'ftp://x', code })).rejects.toThrow(/--url/);
  await expect(enrol({ data: rig.folder, url: 'http://127.0.0.1:1', code })).rejects.toThrow(/cloud/i);
});

it('says that no hub runs, whether it stopped or was killed', async () => {
  const data = await mkdtemp(join(tmpdir(), 'console-dead-'));
  expect(await status({ data })).toMatchObject({ code: 3, text: expect.stringContaining('no hub runs') });
  writeConsoleFile(data, { url: 'http://127.0.0.1:1', token: 'of a hub that was killed' });
  const { text, code } = await status({ data, json: true });
  expect([code, JSON.parse(text)]).toEqual([
    3,
    expect.objectContaining({ running: false, store: 'none', keys: 'none' }),
  ]);
  await expect(backup('make', { data })).rejects.toMatchObject({ code: 'console-refused' });
  const before = readConsoleFile(rig.folder)?.token;
  const settings = join(data, 'hub.env');
  writeFileSync(settings, `LOCKERHUB_BACKUP_FOLDER=${backups}\n`);
  rig = await rig.restart(async () => {
    expect(readConsoleFile(rig.folder)).toBeUndefined();
    // What it made while it ran is found without it.
    const left = await status({ data: rig.folder, settings });
    expect(left.text).toMatch(/no hub runs[\s\S]*store {6}there\nkeys {7}there\nbackup {5}20/);
    const list = await backup('list', { data: rig.folder, settings });
    expect([list.code, list.text]).toEqual([3, expect.stringMatching(/\.backup {2}\d+ bytes/)]);
  });
  expect(readConsoleFile(rig.folder)?.token).not.toBe(before);
  await rm(data, { recursive: true });
});

function statusFrom(localAddress: string, url: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    get(url, { localAddress, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}
