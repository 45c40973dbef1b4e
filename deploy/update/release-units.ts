/** Which of systemd's units a release has, and for which machines: each says it itself (`[X-Lockerhub]`, which systemd passes over). */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './journal.ts';

const NAME = /^lockerhub-[a-z0-9-]+\.(service|path|timer|socket|target)$/;
/** `Machines=hub agent`: a machine with one of these gets it. The installer goes by the same (`units_for` in `deploy/install.sh`). */
const MACHINES = /^\[X-Lockerhub\]\n(?:[^[\n].*\n|\n)*?Machines=(.*)$/m;

/** What a machine is: with a hub, with an agent, with the installer's firewall. */
export type MachineKind = 'hub' | 'agent' | 'firewall';

/** The names of its units; of a release without any: none. */
export function unitsOf(release: string): string[] {
  const folder = join(release, 'deploy', 'systemd');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => NAME.test(name))
        .sort()
    : [];
}

/** A unit's text; null: the release has none of that name. */
export function unitText(release: string, unit: string): string | null {
  return readIfThere(join(release, 'deploy', 'systemd', unit));
}

/** Whether a machine of these kinds gets that unit. One that says nothing is nobody's: the installer of its release knew whose. */
export function isMeantFor(text: string, kinds: ReadonlySet<MachineKind>): boolean {
  const [, machines = ''] = MACHINES.exec(text) ?? [];
  return machines.split(' ').some((kind) => (kinds as ReadonlySet<string>).has(kind));
}
