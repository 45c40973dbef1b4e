/** A release, installed on a Debian machine that has no internet, under its own systemd. */
import { appendFile, cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudRig } from '@lockerhub/sim/testing/cloud-rig.ts';
import { canBootDebian, DebianHost } from '@lockerhub/sim/testing/debian-host.ts';
import { hangUntilRestarted } from '@lockerhub/sim/testing/hang.ts';
import { installHub, softwareOf } from '@lockerhub/sim/testing/installed-hub.ts';
import { canMakeLan, Lan } from '@lockerhub/sim/testing/lan.ts';
import { MACHINE, presentRelease, stickIn } from '@lockerhub/sim/testing/present-release.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MADE_WITHIN_MS = 600_000;
const WITHIN_MS = 60_000;
/** Where the machine finds the cloud, that of `npm run cloud`. */
const CLOUD_PORT = 8085;
const CLOUD = `http://127.0.0.1:${CLOUD_PORT}`;
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

describe.skipIf(!canBootDebian)('the installer, on Debian 12', () => {
  let host: DebianHost;
  let usb: string;
  let cloud: CloudRig;
  let lan: Lan;
  const install = (...flags: string[]) => host.run('/media/usb/install.sh', ...flags);

  beforeAll(async () => {
    const [release, machine] = await Promise.all([presentRelease(), DebianHost.make('bookworm')]);
    host = machine;
    usb = await stickIn(host, release);
    await host.boot();
  }, MADE_WITHIN_MS);
  afterAll(async () => {
    await lan?.end();
    await cloud?.end();
    await host?.end();
  });

  /** With a file of the release changed as long as `act` goes on. */
  async function damaged(name: string, act: () => Promise<void>): Promise<void> {
    const file = join(usb, name);
    await cp(file, `${file}.good`);
    await appendFile(file, 'x');
    await act();
    await cp(`${file}.good`, file);
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
    const { code, said, password } = await installHub(host, '--modbus-interface', 'eth1', ...cloud);
    expect([code, said]).toEqual([0, expect.stringContaining('THE RECOVERY KEY')]);
    expect(said).toContain('the cloud was not joined');
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
      expect(await softwareOf(host)).toBe('lockerhub 0.1.0');
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

  it('is taken away but for the data, and with --purge wholly', async () => {
    expect((await install('--uninstall')).code).toBe(0);
    expect((await host.run('systemctl', 'is-active', 'lockerhub-hub')).said).not.toContain('active\n\n');
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
});
