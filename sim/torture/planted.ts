/**
 * Plants known bugs one by one into a copy of the tree (a guard removed, an order swapped) and sees whether the
 * simulated building finds each: a check that finds nothing proves nothing.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATCHES = fileURLToPath(new URL('../scenarios/planted', import.meta.url));
const PACKAGES = ['protocol', 'edge-agent', 'hub', 'sim'];
/** Left out of the copy: built pages and data. */
const NOT_COPIED = /(?:^|\/)(?:node_modules|dist|data|[.]turbo)(?:\/|$)/;

/** How hard a bug is searched for. */
const SEEDS = [1, 2, 3, 4, 5];
const DELIVERIES = 150;
const RUN_WITHIN_MS = 300_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** A copy of the sources in which `@lockerhub/…` is the copy itself and all else is the installed one. */
async function copyTree(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'lockerhub-planted-'));
  for (const name of PACKAGES) {
    const filter = (path: string) => !NOT_COPIED.test(path.slice(ROOT.length));
    await cp(join(ROOT, name), join(copy, name), { recursive: true, filter });
  }
  const modules = join(copy, 'node_modules');
  await mkdir(join(modules, '@lockerhub'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name !== '@lockerhub') await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  for (const name of PACKAGES) await symlink(join(copy, name), join(modules, '@lockerhub', name));
  return copy;
}

interface Run {
  readonly violations: readonly string[];
}

/** What a scenario finds; a run that breaks down altogether counts as found, with its last words. */
async function findings(tree: string, seed: number): Promise<readonly string[]> {
  const parameters = ['sim/scenarios/main.ts', '--seed', String(seed), '--deliveries', String(DELIVERIES)];
  try {
    await run(process.execPath, parameters, {
      cwd: tree,
      timeout: RUN_WITHIN_MS,
      maxBuffer: OUTPUT_LIMIT_BYTES,
    });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (stdout.trim() === '') return [stderr.trim().split('\n').slice(-1).join('') || String(error)];
    return (JSON.parse(stdout) as Run).violations;
  }
}

/** Searches for one bug. @returns what gave it away, or null. */
async function search(tree: string): Promise<string | null> {
  for (const seed of SEEDS) {
    const [first] = await findings(tree, seed);
    if (first !== undefined) return `seed ${seed}: ${first}`;
  }
  return null;
}

/** Plants every bug. @returns the names of those that were not found. */
export async function plantAll(tell: (line: string) => void): Promise<readonly string[]> {
  const tree = await copyTree();
  const missed: string[] = [];
  try {
    const clean = await search(tree);
    if (clean !== null) throw new Error(`the tree as it is fails already: ${clean}`);
    const patches = (await readdir(PATCHES)).filter((name) => name.endsWith('.patch')).sort();
    for (const name of patches) {
      const patch = join(PATCHES, name);
      await run('git', ['apply', patch], { cwd: tree });
      const found = await search(tree);
      await run('git', ['apply', '--reverse', patch], { cwd: tree });
      if (found === null) missed.push(name);
      tell(`${found === null ? 'MISSED' : 'found '} ${name}  ${found ?? ''}`);
    }
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
  return missed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`planting bugs into a copy beside ${dirname(PATCHES).slice(ROOT.length)}\n`);
  const missed = await plantAll((line) => process.stdout.write(`${line}\n`));
  process.stdout.write(
    missed.length === 0 ? 'every planted bug was found\n' : `${missed.length} not found\n`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
}
