/** A release, installed on a Debian machine that has no internet, under its own systemd. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudRig } from '@lockerhub/sim/testing/cloud-rig.ts';
import { canBootDebian, DebianHost } from '@lockerhub/sim/testing/debian-host.ts';
import { hangUntilRestarted } from '@lockerhub/sim/testing/hang.ts';
import { bankFileText } from '@lockerhub/sim/testing/hub-rig.ts';
import { canMakeLan, Lan } from '@lockerhub/sim/testing/lan.ts';
import { MACHINE, presentRelease, stickIn } from '@lockerhub/sim/testing/present-release.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signText } from './release/signing.ts';

const execute = promisify(execFile);
const MADE_WITHIN_MS = 600_000;
const WITHIN_MS = 60_000;
/** Two releases are unpacked. */
const AGENT_WITHIN_MS = 300_000;
/** Where the machine finds the cloud, that of `npm run cloud`. */
const CLOUD_PORT = 8085;
const CLOUD = `http://127.0.0.1:${CLOUD_PORT}`;
const ANSWERS = [
  ...['--name', 'Linden "Court"', '--manager', 'Ada Vogt', '--time-zone', 'Europe/Berlin'],
  ...['--manager-email', 'ada@linden.example'],
];

/** Of Raspberry Pi OS (64-bit), bookworm: Debian's own, for it takes the package base-files as it is. */
const RASPBERRY_64 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

/** A unit that only newer releases have. */
const BESIDE = 'beside.service';
const BESIDE_UNIT = `[Unit]
Description=Beside the hub

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true

[Install]
WantedBy=multi-user.target

[X-Lockerhub]
Machines=hub
`;
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

describe.skipIf(!canBootDebian)('the installer, on Debian 12', () => {
  let scratch: string;
  let host: DebianHost;
  let usb: string;
  let keyFile: string;
  let password: string;
  let cloud: CloudRig;
  let lan: Lan;
  const install = (...flags: string[]) => host.run('/media/usb/install.sh', ...flags);

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'lockerhub-install-'));
    const release = await presentRelease();
    ({ keyFile } = release);
    host = await DebianHost.make('bookworm');
    usb = await stickIn(host, release);
    await host.boot();
  }, MADE_WITHIN_MS);
  afterAll(async () => {
    await lan?.end();
    await cloud?.end();
    await host?.end();
    await rm(scratch, { recursive: true, force: true });
  });

  /** With a file of the release changed as long as `act` goes on. */
  async function damaged(name: string, act: () => Promise<void>): Promise<void> {
    const file = join(usb, name);
    await cp(file, `${file}.good`);
    await appendFile(file, 'x');
    await act();
    await cp(`${file}.good`, file);
  }

  /** Signs what lies on a stick, as its maker would. */
  async function resign(stick: string): Promise<void> {
    const names = ['files.tar.gz', 'install.sh', 'release.json', 'sbom.cdx.json'];
    const sumOf = async (name: string) =>
      createHash('sha256')
        .update(await readFile(join(host.folder, 'media', stick, name)))
        .digest('hex');
    const lines = await Promise.all(names.map(async (name) => `${await sumOf(name)}  ${name}\n`));
    await writeFile(join(host.folder, 'media', stick, 'SHA256SUMS'), lines.join(''));
    const { signature } = await signText(lines.join(''), keyFile);
    await writeFile(join(host.folder, 'media', stick, 'SHA256SUMS.sig'), `${signature}\n`);
  }

  /** The release of the stick as another version, with one file of its hub changed; as its maker would have made it. */
  async function anotherRelease(version: string, change: (main: string) => string): Promise<string> {
    const stick = join(host.folder, 'media', version);
    await cp(usb, stick, { recursive: true });
    const files = join(scratch, version);
    await mkdir(files);
    const packed = join(stick, 'files.tar.gz');
    await execute('tar', ['--extract', '--gzip', '--file', packed, '--directory', files]);
    const edit = async (file: string, edited: (text: string) => string) =>
      writeFile(file, edited(await readFile(file, 'utf8')));
    await edit(join(files, 'hub', 'package.json'), (text) =>
      text.replace(/"version": "[^"]*"/, `"version": "${version}"`),
    );
    await edit(join(files, 'hub', 'main.ts'), change);
    const unit = join(files, 'deploy', 'systemd', 'lockerhub-hub.service');
    await edit(unit, (text) => text.replace('[Service]\n', `[Service]\nEnvironment=OF_RELEASE=${version}\n`));
    await writeFile(join(files, 'deploy', 'systemd', `lockerhub-${BESIDE}`), BESIDE_UNIT);
    const firewall = join(files, 'deploy', 'firewall.sh');
    await edit(firewall, (text) => text.replace('tcp dport 22 accept', 'tcp dport { 22, 9100 } accept'));
    await edit(join(stick, 'release.json'), (text) =>
      text.replace(/"version": "[^"]*"/, `"version": "${version}"`),
    );
    await cp(join(stick, 'release.json'), join(files, 'release.json'));
    await execute('tar', [
      '--create',
      '--use-compress-program',
      'gzip -1',
      '--file',
      packed,
      '--directory',
      files,
      '.',
    ]);
    await rm(files, { recursive: true });
    await resign(version);
    return `/media/${version}`;
  }

  const runs = async () => (await host.run('readlink', '/opt/lockerhub/current')).said.trim();
  const answers = async () => {
    const asked =
      "fetch('http://127.0.0.1:8080/version').then((r) => r.json()).then((v) => console.log(v.software))";
    return (
      await host.run('env', '-i', '/opt/lockerhub/current/node_modules/.bin/node', '-e', asked)
    ).said.trim();
  };
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

  it('refuses what it can’t do, says why, and leaves nothing behind', async () => {
    await damaged('sbom.cdx.json', async () =>
      expect((await install('hub', '--yes')).said).toContain('damaged'),
    );
    await damaged('SHA256SUMS', async () =>
      expect((await install('hub', '--yes')).said).toContain('signature'),
    );
    const release = await readFile(join(usb, 'release.json'), 'utf8');
    await writeFile(join(usb, 'release.json'), release.replace(MACHINE, 'riscv'));
    expect((await install('hub', '--yes')).said).toContain('for riscv');
    await writeFile(join(usb, 'release.json'), release);
    expect((await install('hub', '--yes', '--time', 'noon')).said).toContain('is no time');
    expect((await install('hub', '--yes', '--time', '1970-01-02')).said).toContain('younger');
    expect((await install('hub', '--yes', '--port', 'http')).said).toContain('no port');
    expect((await install('hub', '--yes', '--manager-email', 'ada')).said).toContain('no e-mail address');
    expect((await install('hub', '--nonsense', 'x')).said).toContain('no flag');
    expect((await install('hub', '--yes', '--cloud', 'https://c.example.org')).said).toContain(
      '--cloud-code',
    );
    await expect(stat(join(host.folder, 'opt', 'lockerhub', 'current'))).rejects.toThrow();
  });

  it('knows Raspberry Pi OS of 64 bits by its os-release, and tells that of 32 bits apart', async () => {
    // Debian's is a link into /usr; so is Raspberry's.
    const file = join(host.folder, 'usr', 'lib', 'os-release');
    const debians = await readFile(file, 'utf8');
    // Whoever gets past it is asked for the time next.
    const asked = async () => (await install('hub', '--yes', '--time', 'noon')).said;
    try {
      await writeFile(file, RASPBERRY_64);
      expect(await asked()).toContain('is no time');
      await writeFile(file, RASPBERRY_64.replace('ID=debian', 'ID=raspbian').replace(/Debian/g, 'Raspbian'));
      expect(await asked()).toContain('of 32 bits');
      await writeFile(file, RASPBERRY_64.replaceAll('12', '11'));
      expect(await asked()).toContain('this is debian-11');
    } finally {
      await writeFile(file, debians);
    }
  });

  it('brings up a hub that answers, and shows its keys once', async () => {
    // Nobody answers there: the hub comes up all the same.
    const cloud = ['--cloud', 'http://127.0.0.1:9', '--cloud-code', 'ABCD-EFGH-JKLM-NPQR'];
    const { code, said } = await install('hub', '--yes', ...ANSWERS, '--modbus-interface', 'eth1', ...cloud);
    expect([code, said]).toEqual([0, expect.stringContaining('THE RECOVERY KEY')]);
    expect(said).toContain('the cloud was not joined');
    password = /First sign-in: ada-vogt, password (\S{20,})/.exec(said)?.[1] ?? '';
    expect(password).not.toBe('');
    expect((await host.run('systemctl', 'is-active', 'lockerhub-hub', 'lockerhub-firewall')).said).toBe(
      'active\nactive\n',
    );
    const journal = (await host.run('journalctl', '-u', 'lockerhub-hub', '--no-pager')).said;
    expect(journal).toContain('Started lockerhub-hub.service');
    const rules = (await host.run('nft', 'list', 'table', 'inet', 'lockerhub')).said;
    expect(rules).toMatch(/chain forward \{[^}]*iifname "eth1" drop[^}]*oifname "eth1" drop/);
    const store = await stat(join(host.folder, 'var', 'lib', 'lockerhub'));
    expect(store.mode & 0o077).toBe(0);
  });

  it('tells root at the console what it printed and what is wrong, as the hub’s own user', async () => {
    expect(await host.run('lockerhub', 'logs')).toEqual({ code: 0, said: expect.stringContaining('info') });
    const { said } = await host.run('lockerhub', 'doctor', '--json');
    expect([said.includes('"running":true'), said.includes('"broken"')]).toEqual([true, false]);
  });

  describe.skipIf(!canMakeLan)('a cloud', () => {
    beforeAll(async () => {
      cloud = await CloudRig.start();
      const { url } = await cloud.gateway();
      lan = await Lan.make('10.79.0.1');
      await lan.offer({ pid: await host.firstProcess() }, CLOUD_PORT, Number(new URL(url).port));
    });
    const joinBy = (code: string) => install('hub', '--yes', '--cloud', CLOUD, '--cloud-code', code);

    it('that does not know the code, or not any more, is not joined: in plain words, and the hub works on', async () => {
      const building = await cloud.building();
      const expired = await cloud.code(building);
      await cloud.sql('update enrolment_codes set expires_at = 1');
      for (const code of ['ABCD-EFGH-JKMN-PQRS', expired]) {
        const joined = await joinBy(code);
        expect(joined).toEqual({ code: 0, said: expect.stringContaining('mistyped, used, or has expired') });
        expect(joined.said).toContain('the cloud was not joined; everything works without it');
      }
      expect(await answers()).toBe('lockerhub 0.1.0');
      expect(await cloud.sql('select * from hubs')).toEqual([]);
    });

    it('is joined by the operator’s code, given as a flag', async () => {
      const building = await cloud.building();
      const { code, said } = await joinBy(await cloud.code(building));
      expect([code, said]).toEqual([0, expect.stringContaining(`joined ${CLOUD}`)]);
      await untilEnrolled(building);
      const account = await readFile(
        join(host.folder, 'var', 'lib', 'lockerhub', 'hub', 'cloud.json'),
        'utf8',
      );
      expect(account).toContain(building);
    });
  });

  /** The hub's own record of its log has arrived there. */
  async function untilEnrolled(building: string): Promise<void> {
    const arrived = async () =>
      (await cloud.sql('select 1 from hubs where building = $1', [building])).length === 1;
    await waitFor(arrived, WITHIN_MS, 'the hub in the cloud');
  }

  it('twice changes nothing', async () => {
    const pid = () => host.run('systemctl', 'show', '--property=MainPID', 'lockerhub-hub');
    const before = await pid();
    const { code, said } = await install('hub', '--yes');
    expect([code, said]).toEqual([0, expect.stringContaining('nothing was changed')]);
    expect(await pid()).toEqual(before);
  });

  it('has units that systemd has nothing to say against', async () => {
    const names = ['hub.service', 'agent.service', 'firewall.service', 'update.service', 'update.path'];
    const units = names.map((name) => `/opt/lockerhub/current/deploy/systemd/lockerhub-${name}`);
    expect(await host.run('systemd-analyze', 'verify', '--man=no', ...units)).toEqual({ code: 0, said: '' });
  });

  it('a hub that hangs is ended by the watchdog and comes back', async () => {
    await hangUntilRestarted(host, 'lockerhub-hub');
    expect((await host.run('lockerhub', 'doctor', '--json')).said).toContain('"hub-hanging"');
  });

  describe('an update', () => {
    const updated = (stick: string) => host.run('lockerhub', 'update', stick, '--window', '3');
    let before: string;
    beforeAll(async () => {
      before = await runs();
    });

    it('of a release that does not start is put back by itself, store included', async () => {
      const stick = await anotherRelease('0.1.1', (main) =>
        main.replace('await program()', 'process.exit(1);\nawait program()'),
      );
      const { code, said } = await updated(stick);
      expect([code, said]).toEqual([1, expect.stringContaining('runs as before: the hub does not start')]);
      expect([await runs(), await answers()]).toEqual([before, 'lockerhub 0.1.0']);
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
      await anotherRelease('0.1.2', (main) => main);
      const over = host.run('lockerhub', 'update', '/media/0.1.2', '--window', '60');
      const journal = join(host.folder, 'var', 'lib', 'lockerhub-update', 'journal.json');
      const phase = () => readFile(journal, 'utf8').catch(() => '');
      await waitFor(async () => (await phase()).includes('trying'), WITHIN_MS, 'the trial');
      await waitFor(async () => (await answers()) === 'lockerhub 0.1.2', WITHIN_MS, 'the newer hub');
      expect(await outsideOfReleases()).toEqual({ unit: '0.1.2', beside: LIES_THERE, isOpen: true });
      await host.run('systemctl', 'kill', '--signal=KILL', 'lockerhub-update');
      const { code, said } = await over;
      expect([code, said]).toEqual([1, expect.stringContaining('it was cut short')]);
      expect([await runs(), await answers()]).toEqual([before, 'lockerhub 0.1.0']);
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
      expect([await runs(), await answers()]).toEqual([
        expect.stringContaining('versions/0.1.2-'),
        'lockerhub 0.1.2',
      ]);
      expect(await readdir(join(host.folder, 'opt', 'lockerhub', 'versions'))).toHaveLength(2);
      expect(await outsideOfReleases()).toEqual({ unit: '0.1.2', beside: RUNS, isOpen: true });
      await expectOver();
    });

    it('by an installer goes the same way: an older release is not taken', async () => {
      await writeFile(
        join(usb, 'release.json'),
        (await readFile(join(usb, 'release.json'), 'utf8')).replace(/"at": "20/, '"at": "19'),
      );
      await resign('usb');
      const { code, said } = await install('hub', '--yes');
      expect([code, said]).toEqual([1, expect.stringContaining('older than the one in use')]);
    });
  });

  it('is taken away but for the data, and with --purge wholly', async () => {
    expect((await install('--uninstall')).code).toBe(0);
    expect((await host.run('systemctl', 'is-active', 'lockerhub-hub')).said).not.toContain('active\n\n');
    expect((await outsideOfReleases()).beside).toBe(NONE);
    await stat(join(host.folder, 'var', 'lib', 'lockerhub', 'hub', 'keyring.json'));
    expect((await install('hub', '--yes')).code).toBe(0);
    expect((await install('--uninstall', '--purge', '--yes')).code).toBe(0);
    for (const gone of ['opt/lockerhub', 'var/lib/lockerhub', 'var/lib/lockerhub-update', 'etc/lockerhub']) {
      await expect(stat(join(host.folder, gone))).rejects.toThrow();
    }
  });

  it.skipIf(!canMakeLan)('asks all that it has to know, the cloud and its code too', async () => {
    const building = await cloud.building('elm-yard');
    // The second is the time: the machine has no clock of its own.
    const answered = [
      'hub',
      '',
      'Elm Yard',
      '',
      'Etc/UTC',
      'Ada Vogt',
      // Their sign-in, and no e-mail address.
      '',
      '',
      CLOUD,
      await cloud.code(building),
    ];
    await writeFile(join(host.folder, 'media', 'answers'), `${answered.join('\n')}\n`);
    // A terminal of its own: without one nobody is asked.
    const typed =
      'script --quiet --return --command "/media/usb/install.sh --no-firewall" /dev/null < /media/answers';
    const { code, said } = await host.run('sh', '-c', typed);
    expect([code, said]).toEqual([0, expect.stringContaining(`joined ${CLOUD}`)]);
    expect(said).toMatch(/One-time code of the cloud's operator: /);
    await untilEnrolled(building);
    expect((await install('--uninstall', '--purge', '--yes')).code).toBe(0);
  });

  it(
    'brings an agent without a kiosk page to a newer release on Debian 13, and keeps what it knows',
    async () => {
      const agentHost = await DebianHost.make('trixie');
      try {
        await cp(join(host.folder, 'media'), join(agentHost.folder, 'media'), { recursive: true });
        await agentHost.boot();
        await updateAgent(agentHost);
      } finally {
        await agentHost.end();
      }
    },
    AGENT_WITHIN_MS,
  );
});

async function updateAgent(host: DebianHost): Promise<void> {
  const etc = join(host.folder, 'etc', 'lockerhub');
  const data = join(host.folder, 'var', 'lib', 'lockerhub', 'agent');
  for (const folder of [etc, data]) await mkdir(folder, { recursive: true });
  // As one that has joined; its hub and its PLC are away.
  await writeFile(join(data, 'identity.json'), '{}');
  await writeFile(join(etc, 'bank.yaml'), bankFileText('hall', 4, 502));
  const hub = { hub: 'mqtt://127.0.0.1:1883', building: 'court', username: 'hall', password: 'none' };
  const config = { ...hub, bankFile: 'bank.yaml', folder: '/var/lib/lockerhub/agent' };
  await writeFile(join(etc, 'agent.yaml'), JSON.stringify(config));
  await host.run('useradd', '--system', '--user-group', 'lockerhub');
  await host.run('chown', '-R', 'lockerhub:', '/var/lib/lockerhub');
  const installed = await host.run('/media/usb/install.sh', 'agent', '--yes', '--no-firewall');
  expect(installed).toEqual({ code: 0, said: expect.stringContaining('no kiosk page') });
  const { said: found } = await host.run('lockerhub', 'doctor', '--json');
  expect(found).toMatch(/"running":true.*"hub-away".*"line-silent"/);
  const fast = ['env', 'LOCKERHUB_UPDATE_WINDOW_S=3', '/media/0.1.2/install.sh'] as const;
  const { code, said } = await host.run(...fast, 'agent', '--yes', '--no-firewall');
  expect([code, said]).toEqual([0, expect.stringMatching(/update: 0\.1\.2-\w+ runs/)]);
  expect((await host.run('readlink', '/opt/lockerhub/current')).said).toContain('versions/0.1.2-');
  expect((await host.run('systemctl', 'is-active', 'lockerhub-agent')).said).toBe('active\n');
  expect(await readdir(data)).toEqual(expect.arrayContaining(['identity.json', 'ledger.journal']));
}
