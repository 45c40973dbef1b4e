/** A hub on a Debian machine that is brought to other releases, and back, under its own systemd and firewall. */
import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BESIDE, Sticks } from '@lockerhub/sim/testing/another-release.ts';
import { canBootDebian, DebianHost } from '@lockerhub/sim/testing/debian-host.ts';
import { installHub, softwareOf } from '@lockerhub/sim/testing/installed-hub.ts';
import { presentRelease } from '@lockerhub/sim/testing/present-release.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const execute = promisify(execFile);
const MADE_WITHIN_MS = 600_000;
const WITHIN_MS = 60_000;
/** How systemd knows it. */
const [NONE, LIES_THERE, RUNS] = ['inactive not-found', 'disabled inactive loaded', 'active enabled loaded'];

/** A manager's page, as a program: signs in, brings a release, lets it begin, and looks on until it has ended. */
const MANAGER = `
import { readFileSync } from 'node:fs';
const [password, file] = process.argv.slice(2);
const hub = 'http://127.0.0.1:8080/api/v1';
const json = { 'content-type': 'application/json' };
const signIn = await fetch(hub + '/sign-in', { method: 'POST', headers: json,
  body: JSON.stringify({ login: 'ada-vogt', password }) });
const cookie = signIn.headers.get('set-cookie').split(';')[0];
const ask = async (path, options = {}) => {
  const answer = await fetch(hub + path, { ...options, headers: { cookie, ...options.headers } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(path + ' ' + body.code + ' ' + body.detail);
  return body;
};
const post = (path, body) => ask(path, { method: 'POST', headers: json, body: JSON.stringify(body) });
console.log('told at ' + (await ask('/me/account')).email);
const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
const bytes = readFileSync(file);
let view = await post('/updates/file', { bytes: bytes.length });
while (view.file.received < bytes.length) {
  const at = view.file.received;
  view = await ask('/updates/file/' + view.file.file + '?at=' + at, { method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' }, body: bytes.subarray(at, at + 4194304) });
}
while (!view.file.checked) { await pause(); view = await ask('/updates'); }
const { checked } = view.file;
console.log('looked at ' + checked.release?.version + ', fault ' + (checked.fault?.message ?? null));
const before = view.last?.endedAtMs ?? 0;
await post('/updates', { file: view.file.file, at: null });
for (let phase = ''; ; await pause()) {
  try { view = await ask('/updates'); } catch { continue; }
  if (view.running && view.running.phase !== phase) console.log('phase ' + (phase = view.running.phase));
  if (!view.running && (view.last?.endedAtMs ?? 0) > before) break;
}
console.log('ended ' + (view.last.isKept ? 'kept ' : 'not kept ') + view.last.release);
`;

describe.skipIf(!canBootDebian)('an update of a hub, on Debian 12', () => {
  let host: DebianHost;
  let sticks: Sticks;
  let password: string;
  let before: string;
  const updated = (stick: string) => host.run('lockerhub', 'update', stick, '--window', '3');

  beforeAll(async () => {
    const [release, machine] = await Promise.all([presentRelease(), DebianHost.make('bookworm')]);
    host = machine;
    sticks = await Sticks.in(host, release);
    await host.boot();
    const installed = await installHub(host);
    expect(installed).toMatchObject({ code: 0, password: expect.stringMatching(/./) });
    ({ password } = installed);
    before = await runs();
  }, MADE_WITHIN_MS);
  afterAll(() => host?.end());

  const runs = async () => (await host.run('readlink', '/opt/lockerhub/current')).said.trim();
  /**
   * What systemd runs the hub by, what it runs beside, and what the firewall lets in: `OF_RELEASE`, that unit and port 9100
   * are of the releases of these tests.
   */
  async function outsideOfReleases(): Promise<{ unit: string; beside: string; isOpen: boolean }> {
    const unit = (await host.run('systemctl', 'show', '--value', '--property=Environment', 'lockerhub-hub'))
      .said;
    const rules = (await host.run('nft', 'list', 'table', 'inet', 'lockerhub')).said;
    const { said } = await host.run(
      'systemctl',
      'show',
      '--value',
      '--property=LoadState,UnitFileState,ActiveState',
      `lockerhub-${BESIDE}`,
    );
    const beside = said.trim().split('\n').filter(Boolean).toSorted().join(' ');
    return { beside, unit: /OF_RELEASE=(\S+)/.exec(unit)?.[1] ?? 'first', isOpen: rules.includes('9100') };
  }
  /** Nothing of an update is left but the releases. */
  async function expectOver(): Promise<void> {
    const left = await readdir(join(host.folder, 'var', 'lib', 'lockerhub'));
    expect(left.filter((name) => name !== 'updates')).toEqual(['hub']);
    const said = await readdir(join(host.folder, 'var', 'lib', 'lockerhub-update'));
    expect(said.toSorted()).toEqual(['last.json', 'lock']);
    await expect(stat(join(host.folder, 'etc', 'lockerhub', 'updating'))).rejects.toThrow('ENOENT');
  }

  it('of a release that does not start is put back by itself, store included', async () => {
    const stick = await sticks.add('0.1.1', (main) =>
      main.replace('await program()', 'process.exit(1);\nawait program()'),
    );
    const { code, said } = await updated(stick);
    expect([code, said]).toEqual([1, expect.stringContaining('runs as before: the hub does not start')]);
    expect([await runs(), await softwareOf(host)]).toEqual([before, 'lockerhub 0.1.0']);
    expect(await outsideOfReleases()).toEqual({ unit: 'first', beside: NONE, isOpen: false });
    await expectOver();
  });

  it('that somebody else signed, or that is damaged, changes nothing', async () => {
    const sums = join(host.folder, 'media', '0.1.1', 'SHA256SUMS');
    await appendFile(sums, '\n');
    expect((await updated('/media/0.1.1')).said).toContain('not signed by the key');
    await rm(sums);
    expect((await updated('/media/0.1.1')).said).toContain('SHA256SUMS is missing');
    expect(await runs()).toBe(before);
  });

  it('whose updater is killed while the newer hub is tried is put back by the next one', async () => {
    await sticks.add('0.1.2', (main) => main);
    const over = host.run('lockerhub', 'update', '/media/0.1.2', '--window', '60');
    const journal = join(host.folder, 'var', 'lib', 'lockerhub-update', 'journal.json');
    const phase = () => readFile(journal, 'utf8').catch(() => '');
    await waitFor(async () => (await phase()).includes('trying'), WITHIN_MS, 'the trial');
    await waitFor(async () => (await softwareOf(host)) === 'lockerhub 0.1.2', WITHIN_MS, 'the newer hub');
    expect(await outsideOfReleases()).toEqual({ unit: '0.1.2', beside: LIES_THERE, isOpen: true });
    await host.run('systemctl', 'kill', '--signal=KILL', 'lockerhub-update');
    const { code, said } = await over;
    expect([code, said]).toEqual([1, expect.stringContaining('it was cut short')]);
    expect([await runs(), await softwareOf(host)]).toEqual([before, 'lockerhub 0.1.0']);
    expect(await outsideOfReleases()).toEqual({ unit: 'first', beside: NONE, isOpen: false });
    await expectOver();
  });

  it('from the page brings a good one in, and keeps the one before', async () => {
    await writeFile(join(host.folder, 'etc', 'lockerhub', 'update.env'), 'LOCKERHUB_UPDATE_WINDOW_S=3\n');
    const media = join(host.folder, 'media');
    const tar = ['--create', '--file', join(media, '0.1.2.tar'), '--directory', media, '0.1.2'];
    await execute('tar', tar);
    await writeFile(join(media, 'manager.mjs'), MANAGER);
    const node = '/opt/lockerhub/updater/node_modules/.bin/node';
    const asked = await host.run(node, '/media/manager.mjs', password, '/media/0.1.2.tar');
    expect(asked).toEqual({
      code: 0,
      said: expect.stringMatching(
        /told at ada@linden\.example\nlooked at 0\.1\.2, fault null\n(.*\n)*ended kept 0\.1\.2-\w+/,
      ),
    });
    expect([await runs(), await softwareOf(host)]).toEqual([
      expect.stringContaining('versions/0.1.2-'),
      'lockerhub 0.1.2',
    ]);
    expect(await readdir(join(host.folder, 'opt', 'lockerhub', 'versions'))).toHaveLength(2);
    expect(await outsideOfReleases()).toEqual({ unit: '0.1.2', beside: RUNS, isOpen: true });
    await expectOver();
  });

  it('by an installer goes the same way: an older release is not taken', async () => {
    const release = join(sticks.usb, 'release.json');
    await writeFile(release, (await readFile(release, 'utf8')).replace(/"at": "20/, '"at": "19'));
    await sticks.sign('usb');
    const { code, said } = await host.run('/media/usb/install.sh', 'hub', '--yes');
    expect([code, said]).toEqual([1, expect.stringContaining('older than the one in use')]);
  });

  it('leaves nothing that the installer does not take away', async () => {
    expect((await host.run('/media/usb/install.sh', '--uninstall', '--purge', '--yes')).code).toBe(0);
    expect((await outsideOfReleases()).beside).toBe(NONE);
    for (const gone of ['opt/lockerhub', 'var/lib/lockerhub', 'var/lib/lockerhub-update', 'etc/lockerhub']) {
      await expect(stat(join(host.folder, gone))).rejects.toThrow('ENOENT');
    }
  });
});
