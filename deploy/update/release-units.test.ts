/** Whose a unit is: by one rule for the updater, and for the installer, which is no program of ours. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isMeantFor, unitsOf, unitText } from './release-units.ts';

const INSTALLER = join(import.meta.dirname, '..', 'install.sh');
const UNITS = {
  'lockerhub-hub.service': '[Unit]\nDescription=x\n\n[X-Lockerhub]\n# For whom.\n\nMachines=hub\n',
  'lockerhub-both.timer': '[X-Lockerhub]\nMachines=agent hub',
  'lockerhub-firewall.service': '[X-Lockerhub]\nMachines=firewall\n',
  'lockerhub-elsewhere.service': '[Service]\nMachines=hub\n\n[X-Lockerhub]\nDescription=x\n',
  'lockerhub-after.service': '[X-Lockerhub]\n[Install]\nMachines=hub\n',
  'lockerhub-before.service': 'Machines=hub\n',
  'lockerhub-twice.service': '[X-Lockerhub]\nMachines=agent\nMachines=hub\n',
  'lockerhub-parts.service': '[X-Lockerhub]\nMachines=hubs my-hub\n',
  'lockerhub-commented.service': '[X-Lockerhub]\n#Machines=hub\n',
  'lockerhub-none.service': '[X-Lockerhub]\nMachines=\n',
  'lockerhub-spaced.path': '[X-Lockerhub]\nMachines=  hub  agent\n',
  'lockerhub-hub.service.old': '[X-Lockerhub]\nMachines=hub\n',
  'lockerhub-hub.conf': '[X-Lockerhub]\nMachines=hub\n',
  'elsewhere.service': '[X-Lockerhub]\nMachines=hub\n',
};

const folder = mkdtempSync(join(tmpdir(), 'lockerhub-units-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** By the installer's own function, as it stands there. */
function byInstaller(kind: string): string[] {
  const [units] = /^units_for\(\) \{\n[\s\S]*?^\}$/m.exec(readFileSync(INSTALLER, 'utf8')) ?? [];
  const said = execFileSync('sh', ['-c', `set -eu\n${units}\nunits_for ${kind}`], {
    env: { ...process.env, OPT: folder },
    encoding: 'utf8',
  });
  return said.split('\n').filter((name) => name !== '');
}

it.each([
  ['hub', ['both.timer', 'hub.service', 'spaced.path']],
  ['agent', ['both.timer', 'spaced.path', 'twice.service']],
  ['firewall', ['firewall.service']],
] as const)('is told by what stands below [X-Lockerhub]: %s', (kind, meant) => {
  const release = join(folder, 'current');
  mkdirSync(join(release, 'deploy', 'systemd'), { recursive: true });
  for (const [name, text] of Object.entries(UNITS))
    writeFileSync(join(release, 'deploy', 'systemd', name), text);
  const byUpdater = unitsOf(release).filter((name) =>
    isMeantFor(unitText(release, name) ?? '', new Set([kind])),
  );
  expect(byUpdater.map((name) => name.replace('lockerhub-', ''))).toEqual(meant);
  expect(byInstaller(kind).toSorted()).toEqual(meant);
});
