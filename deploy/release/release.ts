/** What goes into a release, and in which order it comes to be. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkOut, compress, pack } from './archive.ts';
import { run } from './run.ts';
import { billOf } from './sbom.ts';
import { signText } from './signing.ts';

/** What runs in a building. */
const WORKSPACES = ['protocol', 'edge-agent', 'hub'];
/** Of the commit, what a building needs: no tests, nothing of the cloud, no simulator. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'LICENSE',
  'README.md',
  'ARCHITECTURE.md',
  ...WORKSPACES,
  'deploy/install.sh',
  'deploy/firewall.sh',
  'deploy/update',
  'deploy/release/signing.ts',
  'deploy/systemd',
  ':(exclude,glob)**/*.test.ts',
  ':(exclude,glob)**/*.test.tsx',
];
/** Built by Vite. */
const PAGES = ['edge-agent/kiosk/dist', 'hub/web/dist'];

export interface ReleaseOptions {
  /** Its full name. */
  readonly commit: string;
  readonly machines: readonly string[];
  readonly keyFile: string;
  /** An empty folder to work in. */
  readonly scratch: string;
  readonly out: string;
  readonly say: (what: string) => void;
}

export interface Made {
  readonly file: string;
  readonly sha256: string;
}

/** Makes the files, one after the other. */
export async function makeRelease(options: ReleaseOptions): Promise<Made[]> {
  const { commit, machines, scratch, say } = options;
  const atS = Number((await run('git', ['log', '-1', '--format=%ct', commit])).trim());
  const built = join(scratch, 'built');
  say('building the pages and the store (some minutes)');
  await build(commit, built);
  const made: Made[] = [];
  for (const machine of machines) {
    say(`putting together what a ${machine} machine needs`);
    made.push(await releaseFor(machine, options, built, atS));
  }
  return made;
}

/** A whole checkout with everything installed, in which pages and store are made. */
async function build(commit: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await checkOut(commit, ['.'], folder);
  await install(folder, []);
  const workspaces = ['edge-agent', 'hub'].map((name) => `--workspace=${name}`);
  await run('npm', ['run', 'build', ...workspaces], { cwd: folder });
  // By the very Node that will run it.
  await run(
    join(folder, 'node_modules', '.bin', 'node'),
    [
      '--import',
      './deploy/release/frozen-world.ts',
      'hub/store/pglite/create.ts',
      join(folder, 'store-template'),
    ],
    { cwd: folder },
  );
}

function install(folder: string, flags: readonly string[]): Promise<string> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return run('npm', ['ci', ...flags, ...quiet], { cwd: folder });
}

async function releaseFor(
  machine: string,
  { commit, keyFile, scratch, out }: ReleaseOptions,
  built: string,
  atS: number,
): Promise<Made> {
  const files = join(scratch, machine, 'files');
  await mkdir(files, { recursive: true });
  await checkOut(commit, SOURCES, files);
  await install(files, [
    '--omit=dev',
    '--os=linux',
    `--cpu=${machine}`,
    '--libc=glibc',
    '--include-workspace-root',
    ...WORKSPACES.map((name) => `--workspace=${name}`),
  ]);
  for (const made of [...PAGES, 'store-template'])
    await cp(join(built, made), join(files, made), { recursive: true });
  const bill = await billOf(files, WORKSPACES, atS);
  const version = await versionOf(files);
  const name = `lockerhub-${version}-linux-${machine}`;
  const release = { version, commit, machine, at: new Date(atS * 1_000).toISOString() };
  const outer = join(scratch, machine, name);
  await mkdir(outer);
  await writeFile(join(files, 'release.json'), `${JSON.stringify(release, null, 1)}\n`);
  await pack(files, ['.'], join(outer, 'files.tar'), atS);
  await compress(join(outer, 'files.tar'));
  await rm(join(outer, 'files.tar'));
  await cp(join(files, 'release.json'), join(outer, 'release.json'));
  await cp(join(files, 'deploy', 'install.sh'), join(outer, 'install.sh'));
  await writeFile(join(outer, 'sbom.cdx.json'), bill);
  await signAll(outer, keyFile);
  return finish(outer, join(out, `${name}.tar`), atS);
}

async function versionOf(folder: string): Promise<string> {
  return (await run('npm', ['pkg', 'get', 'version'], { cwd: folder })).trim().replaceAll('"', '');
}

/** Checksums as `sha256sum --check` reads them, and who vouches for them. */
async function signAll(folder: string, keyFile: string): Promise<void> {
  const names = ['files.tar.gz', 'install.sh', 'release.json', 'sbom.cdx.json'];
  const lines = await Promise.all(
    names.map(async (name) => `${await sha256Of(join(folder, name))}  ${name}\n`),
  );
  const sums = lines.join('');
  const { signature, publicKey } = await signText(sums, keyFile);
  await writeFile(join(folder, 'SHA256SUMS'), sums);
  await writeFile(join(folder, 'SHA256SUMS.sig'), `${signature}\n`);
  await writeFile(join(folder, 'release.pub'), publicKey);
}

/** The one file gets its name when it is whole. */
async function finish(folder: string, file: string, atS: number): Promise<Made> {
  await pack(join(folder, '..'), [basename(folder)], `${file}.new`, atS);
  await rename(`${file}.new`, file);
  return { file, sha256: await sha256Of(file) };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
