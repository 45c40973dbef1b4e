/** An agent on a Debian machine that is brought to a newer release. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Sticks } from '@lockerhub/sim/testing/another-release.ts';
import { canBootDebian, DebianHost } from '@lockerhub/sim/testing/debian-host.ts';
import { bankFileText } from '@lockerhub/sim/testing/hub-rig.ts';
import { presentRelease } from '@lockerhub/sim/testing/present-release.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MADE_WITHIN_MS = 600_000;
/** Two releases are unpacked. */
const UPDATED_WITHIN_MS = 300_000;

describe.skipIf(!canBootDebian)('an update of an agent, on Debian 13', () => {
  let host: DebianHost;

  beforeAll(async () => {
    const [release, machine] = await Promise.all([presentRelease(), DebianHost.make('trixie')]);
    host = machine;
    await (await Sticks.in(host, release)).add('0.1.2', (main) => main);
    await host.boot();
  }, MADE_WITHIN_MS);
  afterAll(() => host?.end());

  it(
    'without a kiosk page brings the newer release in, and keeps what it knows',
    async () => {
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
    },
    UPDATED_WITHIN_MS,
  );
});
