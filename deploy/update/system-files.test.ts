/** Units and firewall rules of two releases, over files of the test's own. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { execute } from './execute.ts';
import { SystemFiles } from './system-files.ts';

const SCRIPT = join(import.meta.dirname, '..', 'firewall.sh');
const HUB = 'lockerhub-hub.service';
let scratch: string;
let asked: string[];
let said: string[];
let files: SystemFiles;
let needsReload: boolean;
const at = (...names: string[]) => join(scratch, ...names);
const unit = (name = HUB) => readFileSync(at('units', name), 'utf8');

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lockerhub-system-files-'));
  [asked, said, needsReload] = [[], [], false];
  for (const release of ['old', 'new']) {
    mkdirSync(at(release, 'deploy', 'systemd'), { recursive: true });
    for (const name of ['hub.service', 'agent.service', 'update.service'])
      writeFileSync(at(release, 'deploy', 'systemd', `lockerhub-${name}`), `${name} of ${release}`);
    const port = release === 'new' ? '22, 9100' : '22';
    const script = readFileSync(SCRIPT, 'utf8').replace('dport 22 ', `dport { ${port} } `);
    writeFileSync(at(release, 'deploy', 'firewall.sh'), script);
  }
  mkdirSync(at('units'));
  for (const name of ['hub.service', 'update.service'])
    writeFileSync(at('units', `lockerhub-${name}`), `${name} of old`);
  writeFileSync(
    at('rules'),
    await execute('sh', [at('old', 'deploy', 'firewall.sh'), 'hub', '8080', 'eth1']),
    { mode: 0o640 },
  );
  chmodSync(at('rules'), 0o640);
  files = new SystemFiles({
    systemctl: async (...words) => {
      asked.push(words.join(' '));
      return words[0] === 'show' && needsReload ? 'NeedDaemonReload=yes\n' : 'NeedDaemonReload=no\n';
    },
    units: at('units'),
    rules: at('rules'),
    hubPort: () => 8080,
    say: (what) => void said.push(what),
  });
});
afterEach(() => rm(scratch, { recursive: true }));

it('puts those of the newer release in place that the machine has, and back again, each whole', async () => {
  await files.fit(at('new'), at('old'));
  expect(unit()).toBe('hub.service of new');
  expect(readdirSync(at('units'))).toEqual([HUB, 'lockerhub-update.service']);
  // The updater that runs is still that of the release before.
  expect(unit('lockerhub-update.service')).toBe('update.service of old');
  expect(readFileSync(at('rules'), 'utf8')).toMatch(
    /iifname "eth1" drop.*dport \{ 22, 9100 \}.*8080, 8081, 8883/s,
  );
  expect(statSync(at('rules')).mode & 0o777).toBe(0o640);
  expect(asked).toEqual(['daemon-reload', 'try-reload-or-restart lockerhub-firewall.service']);
  await files.fit(at('old'), at('new'));
  expect(unit()).toBe('hub.service of old');
  expect(readFileSync(at('rules'), 'utf8')).not.toContain('9100');
  await files.fitUpdater(at('new'));
  expect(unit('lockerhub-update.service')).toBe('update.service of new');
});

it('twice is once; but what a run before this one had no time to tell systemd is told', async () => {
  await files.fit(at('new'), at('old'));
  asked.length = 0;
  await files.fit(at('new'), at('old'));
  expect(asked.filter((words) => words === 'daemon-reload')).toEqual([]);
  needsReload = true;
  await files.fit(at('new'), at('old'));
  expect(asked).toContain('daemon-reload');
});

it('leaves rules alone that somebody wrote by hand, and says so; and makes none where there are none', async () => {
  writeFileSync(at('rules'), `${readFileSync(at('rules'), 'utf8')}# ours\n`);
  await files.fit(at('new'), at('old'));
  expect(readFileSync(at('rules'), 'utf8')).toMatch(/# ours\n$/);
  expect(said.join()).toContain('changed by hand');
  rmSync(at('rules'));
  await files.fit(at('new'), at('old'));
  expect(readdirSync(scratch)).not.toContain('rules');
});

it('of a release of before, which has no such script, the rules stay', async () => {
  rmSync(at('old', 'deploy', 'firewall.sh'));
  const before = readFileSync(at('rules'), 'utf8');
  await files.fit(at('old'), at('new'));
  expect(readFileSync(at('rules'), 'utf8')).toBe(before);
});
