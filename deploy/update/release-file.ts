/**
 * A release as it came (a file, or the folder that it was unpacked into): what of it counts is copied to where only the
 * updater writes, checked there, and unpacked from there, so that nobody changes it between check and use.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createReadStream, existsSync, openSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_RELEASE_BYTES, ReleaseFacts } from '@lockerhub/protocol/update/files.ts';
import { isSigned } from '../release/signing.ts';
import { execute } from './execute.ts';
import { syncFolder } from './journal.ts';
import { UpdateError } from './update-error.ts';

/** Of the commit's name, in a folder's name; as `install.sh` has it. */
const COMMIT_LETTERS = 12;
const SUM_LINE = /^([0-9a-f]{64}) {2}([a-z0-9.-]+)$/;
/** What is run or unpacked has to be vouched for. */
const VOUCHED_FOR = ['files.tar.gz', 'install.sh', 'release.json', 'sbom.cdx.json'];
/** A slow stick. */
const READ_WITHIN_MS = 10 * 60_000;
/** Less than this is left where a program failed because the disk is full. */
const FULL_BYTES = 1_000_000;
const VOUCHERS = ['SHA256SUMS', 'SHA256SUMS.sig'];

export interface LookOptions {
  /** A file, or the folder that one was unpacked into. */
  readonly source: string;
  /** The folder of the releases; its file system has to have room. */
  readonly versions: string;
  /** The key that the installation keeps. */
  readonly keyFile: string;
}

export interface TakeInOptions extends LookOptions {
  /** When the release in use was made. */
  readonly inUseAtMs: number;
  /** Whether an older one than that in use is taken too. */
  readonly mayBeOlder: boolean;
}

/**
 * Checks a release: who made it, whether it is whole, and for which machine it is.
 *
 * @returns what it is
 * @throws UpdateError `release-damaged`, `release-foreign`, `release-unfit`
 */
export function lookAt(options: LookOptions): Promise<ReleaseFacts> {
  return withCopy(options, (folder) => checked(folder, options.keyFile));
}

/**
 * Checks a release and unpacks it. What is unpacked whole already is left as it is.
 *
 * @returns the name of its folder
 * @throws UpdateError `release-damaged`, `release-foreign`, `release-unfit`, `release-older`: nothing was changed
 */
export function takeIn(options: TakeInOptions): Promise<string> {
  const { versions, keyFile, inUseAtMs, mayBeOlder } = options;
  return withCopy(options, async (folder, incoming) => {
    const release = await checked(folder, keyFile);
    if (isOlder(release, inUseAtMs) && !mayBeOlder) throw older(release);
    const name = nameOf(release);
    if (!existsSync(join(versions, name)))
      await unpack(folder, join(incoming, 'files'), join(versions, name));
    return name;
  });
}

/** The name of a release's folder. */
export function nameOf({ version, commit }: ReleaseFacts): string {
  return `${version}-${commit.slice(0, COMMIT_LETTERS)}`;
}

/** Whether it was made before the one in use. */
export function isOlder({ at }: ReleaseFacts, inUseAtMs: number): boolean {
  return Date.parse(at) < inUseAtMs;
}

/** Why an older one is not taken. */
export function older({ version, at }: ReleaseFacts): UpdateError {
  const what =
    'it is older than the one in use, which may know faults of it; with --older it is taken all the same';
  return new UpdateError('release-older', `${version} of ${at}: ${what}`);
}

async function withCopy<Result>(
  { source, versions }: LookOptions,
  act: (folder: string, incoming: string) => Promise<Result>,
): Promise<Result> {
  const incoming = join(versions, '.incoming');
  await rm(incoming, { recursive: true, force: true });
  const folder = join(incoming, 'outer');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const copyOf = (await stat(source)).isDirectory() ? fromFolder : fromFile;
    for (const name of [...VOUCHERS, ...VOUCHED_FOR]) await copyOf(source, name, join(folder, name));
    return await act(folder, incoming);
  } catch (cause) {
    // Whatever the programs said that copied and unpacked: nothing is wrong with the file.
    const freeBytes = await freeIn(versions);
    if (freeBytes >= FULL_BYTES) throw cause;
    const what = `${Math.ceil(freeBytes / 1e6)} MB are free in ${versions}; make room for a release (1 GB)`;
    throw new UpdateError('no-room', what, { cause });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** For root, who does this. */
async function freeIn(folder: string): Promise<number> {
  const { bfree, bsize } = await statfs(folder);
  return bfree * bsize;
}

async function fromFolder(source: string, name: string, target: string): Promise<void> {
  await bounded('cp', ['--', join(source, name), target], null).catch((cause) => {
    throw new UpdateError('release-damaged', `${source}: ${name} is missing; copy the release again`, {
      cause,
    });
  });
}

/** By name and to a file of ours: what nobody vouches for yet is given no say in where it goes. */
async function fromFile(source: string, name: string, target: string): Promise<void> {
  const flags = ['--extract', '--to-stdout', '--file', source];
  const wanted = ['--occurrence=1', '--wildcards', '--no-wildcards-match-slash', `*/${name}`];
  await bounded('tar', [...flags, ...wanted], target).catch((cause) => {
    throw new UpdateError('release-damaged', `${source} is no whole release: ${name}; copy it again`, {
      cause,
    });
  });
}

/** However large or deep a file says that it is. @param into a file for what it prints */
async function bounded(program: string, parameters: readonly string[], into: string | null): Promise<void> {
  const file = into === null ? null : openSync(into, 'w', 0o600);
  try {
    await run('prlimit', [`--fsize=${MAX_RELEASE_BYTES}`, program, ...parameters], file);
  } finally {
    if (file !== null) closeSync(file);
  }
}

async function run(program: string, parameters: readonly string[], file: number | null): Promise<void> {
  const running = spawn(program, parameters, {
    stdio: ['ignore', file ?? 'ignore', 'ignore'],
    timeout: READ_WITHIN_MS,
  });
  const [code, signal] = (await once(running, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${program} ended with ${signal ?? code}`);
}

/** When the release in a folder was made. @throws UpdateError `release-damaged`: without it none can be called older */
export async function madeAtMs(folder: string): Promise<number> {
  const file = join(folder, 'release.json');
  try {
    return Date.parse(ReleaseFacts.parse(JSON.parse(await readFile(file, 'utf8'))).at);
  } catch (cause) {
    throw new UpdateError('release-damaged', `${file} can't be read; install that release anew`, { cause });
  }
}

async function checked(folder: string, keyFile: string): Promise<ReleaseFacts> {
  await checkWhoMadeIt(folder, keyFile);
  // Signed: whatever is wrong with it was made wrong.
  const release = ReleaseFacts.parse(JSON.parse(await readFile(join(folder, 'release.json'), 'utf8')));
  if (release.machine === process.arch) return release;
  const what = `it is for ${release.machine} and this machine is ${process.arch}; take the other file`;
  throw new UpdateError('release-unfit', what);
}

async function checkWhoMadeIt(folder: string, keyFile: string): Promise<void> {
  const damaged = (what: string, cause?: unknown) =>
    new UpdateError('release-damaged', `${what}; copy the release again`, { cause });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const sums = await read('SHA256SUMS');
  const signature = (await read('SHA256SUMS.sig')).trim();
  const publicKey = await readFile(keyFile, 'utf8');
  if (!isSigned(sums, { signature, publicKey })) {
    const what = `it is not signed by the key that this machine keeps (${keyFile}); ask whoever gave it to you`;
    throw new UpdateError('release-foreign', what);
  }
  const summed = sums
    .trimEnd()
    .split('\n')
    .map((line) => SUM_LINE.exec(line));
  for (const name of VOUCHED_FOR) {
    const sum = summed.find((parts) => parts?.[2] === name)?.[1];
    const found = await sha256Of(join(folder, name)).catch((cause) => {
      throw damaged(`${name} can't be read`, cause);
    });
    if (sum === undefined || sum !== found) throw damaged(`${name} is not what was signed`);
  }
}

/** The folder gets its name when it is whole and on the disk. */
async function unpack(folder: string, scratch: string, target: string): Promise<void> {
  await mkdir(scratch);
  const flags = ['--extract', '--gzip', '--no-same-owner', '--file', join(folder, 'files.tar.gz')];
  await execute('tar', [...flags, '--directory', scratch]);
  await execute('chmod', ['755', scratch]);
  await execute('sync', ['--file-system', scratch]);
  await rename(scratch, target);
  syncFolder(join(target, '..'));
}

/** Takes away all releases but these. */
export async function dropReleases(versions: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(versions)) {
    if (!kept.includes(name)) await rm(join(versions, name), { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
