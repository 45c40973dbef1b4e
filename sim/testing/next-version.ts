/**
 * This software as its next version could be: a copy of the sources in which some definitions are altered by the rules for
 * change that they state. Programs of both versions then run beside each other.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGES = ['protocol', 'edge-agent', 'hub', 'sim', 'deploy'] as const;
/** A first look at a store may fold the whole log anew; on a loaded machine that takes its time. */
const RUN_WITHIN_MS = 120_000;

/** In a file of the sources, this text becomes that. */
export interface Alteration {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface NextVersion {
  /** Where its sources are, laid out as ours. */
  readonly root: string;
  /** Runs one of its programs to its end. @returns what it printed, as JSON */
  run(program: string, words: readonly string[]): Promise<unknown>;
  remove(): Promise<void>;
}

/** Makes the copy. @throws Error naming an alteration whose text is not in its file (any more) */
export async function nextVersion(alterations: readonly Alteration[]): Promise<NextVersion> {
  const root = await mkdtemp(join(tmpdir(), 'lockerhub-next-'));
  for (const name of PACKAGES) {
    await cp(join(ROOT, name), join(root, name), { recursive: true, filter: isSource });
  }
  await linkLibraries(root);
  for (const { file, from, to } of alterations) {
    const text = await readFile(join(root, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no "${from}": alter it elsewhere`);
    await writeFile(
      join(root, file),
      text.replace(from, () => to),
    );
  }
  return {
    root,
    async run(program, words) {
      const { stdout } = await promisify(execFile)(process.execPath, [join(root, program), ...words], {
        timeout: RUN_WITHIN_MS,
      });
      return JSON.parse(stdout);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** No tests, nothing that is built or installed. */
function isSource(path: string): boolean {
  const name = basename(path);
  return !['node_modules', 'dist', 'recordings', 'pictures'].includes(name) && !/[.]test[.]tsx?$/.test(name);
}

/** The libraries as they are installed; our own packages are the copy's. */
async function linkLibraries(root: string): Promise<void> {
  const [from, to] = [join(ROOT, 'node_modules'), join(root, 'node_modules')];
  await mkdir(join(to, '@lockerhub'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== '@lockerhub' && !name.startsWith('.')) await symlink(join(from, name), join(to, name));
  }
  for (const name of PACKAGES) await symlink(join(root, name), join(to, '@lockerhub', name));
}
