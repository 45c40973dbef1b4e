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
    await symlink(join('versions', await shelf.make('none')), join(folder, 'programs', 'current'));
    return shelf;
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
    return name;
  }
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
