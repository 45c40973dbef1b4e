/** Releases to be brought in, and the updater that does it: for a hub and for an agent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from '@lockerhub/deploy/update/ask-ready.ts';
import { ENDED, type UpdatePlan } from './update-plan.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const UPDATER = fileURLToPath(new URL('./updater-process.ts', import.meta.url));

/** What is wrong with the newer release. */
export const FAULTS = ['none', 'does-not-start', 'falls-ill'] as const;
export type Fault = (typeof FAULTS)[number];

const PROGRAMS: Readonly<Record<Fault, string>> = {
  none: '',
  'does-not-start': 'process.exit(1);',
  'falls-ill': `import { get } from 'node:http';
setInterval(() => {
  get({ ...PLACE, host: '127.0.0.1', path: '/readyz' }, ({ statusCode }) => {
    if (statusCode === 200) setTimeout(() => process.exit(1), 300);
  }).on('error', () => {});
}, 200).unref();`,
};

/** The folder `programs` of a machine. */
export class ReleaseShelf {
  readonly #folder: string;
  readonly #script: string;
  readonly #place: Place;
  #made = 0;

  private constructor(folder: string, script: string, place: Place) {
    this.#folder = folder;
    this.#script = script;
    this.#place = place;
  }

  /** With one good release in use. @param script of this repository, that each runs; @param place where it says how it is */
  static async make(folder: string, script: string, place: Place): Promise<ReleaseShelf> {
    const shelf = new ReleaseShelf(folder, script, place);
    await mkdir(join(folder, 'programs', 'versions'), { recursive: true });
    const first = await shelf.make('none');
    await symlink(join('versions', first), join(folder, 'programs', 'current'));
    await shelf.#install(first);
    return shelf;
  }

  async #makeSystemFiles(deploy: string, release: string): Promise<void> {
    await mkdir(join(deploy, 'systemd'), { recursive: true });
    for (const [name, text] of unitsOf(release)) await writeFile(join(deploy, 'systemd', name), text);
    await writeFile(join(deploy, 'firewall.sh'), `echo 'rules of ${release}'\n`);
  }

  /** As the installer leaves it. */
  async #install(release: string): Promise<void> {
    const units = join(this.#folder, 'units');
    await mkdir(join(units, 'multi-user.target.wants'), { recursive: true });
    const what = this.#script.startsWith('hub/') ? 'hub' : 'agent';
    for (const [name, text] of unitsOf(release).filter(([name]) => name !== OTHER[what])) {
      await writeFile(join(units, name), text);
      await symlink(join('..', name), join(units, 'multi-user.target.wants', name));
    }
    await writeFile(join(this.#folder, 'firewall.nft'), `rules of ${release}\n`);
  }

  /** The release in use. */
  async inUse(): Promise<string> {
    return (await readlink(join(this.#folder, 'programs', 'current'))).replace('versions/', '');
  }

  /** One more release: this repository's, after what is wrong with it. @returns its name */
  async make(fault: Fault): Promise<string> {
    const versions = join(this.#folder, 'programs', 'versions');
    for (const name of (await readdir(versions)).slice(0, -2)) {
      if (name !== (await this.inUse())) await rm(join(versions, name), { recursive: true });
    }
    this.#made += 1;
    const name = `0.${this.#made}.0-${'a'.repeat(12)}`;
    const main = join(versions, name, this.#script);
    await mkdir(dirname(main), { recursive: true });
    const wrong = PROGRAMS[fault].replace('PLACE', JSON.stringify(this.#place));
    await writeFile(main, `${wrong}\nawait import(${JSON.stringify(ROOT + this.#script)});\n`);
    await this.#makeSystemFiles(join(versions, name, 'deploy'), name);
    return name;
  }
}

/** The units and rules that a machine has on which that release runs, and on which everybody knows them. */
export function standingOf(release: string, what: 'hub' | 'agent'): object {
  const units = Object.fromEntries(unitsOf(release).filter(([name]) => name !== OTHER[what]));
  const names = Object.keys(units);
  const rules = `rules of ${release}\n`;
  return { units, known: units, switchedOn: names, started: names, rules, loaded: rules };
}

const OTHER = { hub: 'lockerhub-agent.service', agent: 'lockerhub-hub.service' } as const;

/** One of the program, which each release has, and one that no other release has; by name. */
function unitsOf(release: string): [string, string][] {
  const [number] = /(?<=^0\.)\d+/.exec(release) ?? [];
  const text = (kinds: string) => `# of ${release}\n[X-Lockerhub]\nMachines=${kinds}\n`;
  return [
    ['lockerhub-agent.service', text('agent')],
    ['lockerhub-hub.service', text('hub')],
    [`lockerhub-only-in-${number}.service`, text('hub agent')],
  ];
}

/** Runs the updater once. @returns whether it came to its end, and was not killed */
export async function runUpdater(plan: UpdatePlan): Promise<boolean> {
  const updater = spawn(process.execPath, [UPDATER, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [updater.stdout, updater.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [, signal] = (await once(updater, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') return false;
  if (said.includes(ENDED)) return true;
  throw new Error(`the updater failed:\n${said}`);
}
