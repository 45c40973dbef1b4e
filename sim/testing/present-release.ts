/** A release of what lies in this working tree, for tests that install it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeRelease } from '@lockerhub/deploy/release/release.ts';
import { makeKey } from '@lockerhub/deploy/release/signing.ts';
import type { DebianHost } from './debian-host.ts';
import { madeOnce } from './made-once.ts';

const execute = promisify(execFile);
/** Of this machine. */
export const MACHINE = process.arch === 'arm64' ? 'arm64' : 'x64';

/** Of a line of `git ls-tree`: what may change without another release coming of it. */
const IS_NO_PART = /\tsim\/|\.test\.tsx?$/;

export interface PresentRelease {
  /** The one file of this machine's kind. */
  readonly file: string;
  /** The key that signed it. */
  readonly keyFile: string;
}

/** Made once for each state of the tree: it takes minutes. */
export async function presentRelease(): Promise<PresentRelease> {
  const commit = await presentCommit();
  const files = (await git('ls-tree', '-r', '--full-tree', commit)).split('\n');
  const outOf = files.filter((file) => !IS_NO_PART.test(file)).join('\n');
  const folder = await madeOnce('release', outOf, (empty) => make(commit, empty));
  const [tar = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tar'));
  return { file: join(folder, tar), keyFile: join(folder, 'key.pem') };
}

/** Unpacks it as a stick in that machine. @returns its folder, as seen from here */
export async function stickIn(host: DebianHost, { file }: PresentRelease): Promise<string> {
  const usb = join(host.folder, 'media', 'usb');
  await mkdir(usb, { recursive: true });
  await execute('tar', ['--extract', '--strip-components=1', '--file', file, '--directory', usb]);
  return usb;
}

const git = async (...words: string[]) => (await execute('git', words)).stdout.trim();

/** What is not committed yet is tried as well: `stash create` makes a commit of it that nobody sees. */
async function presentCommit(): Promise<string> {
  const isClean = (await git('status', '--porcelain', '--untracked-files=no')) === '';
  if (isClean) return git('rev-parse', 'HEAD');
  return git('-c', 'user.name=nobody', '-c', 'user.email=nobody@localhost', 'stash', 'create');
}

async function make(commit: string, out: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'lockerhub-release-'));
  try {
    const keyFile = join(out, 'key.pem');
    await makeKey(keyFile);
    await makeRelease({ commit, machines: [MACHINE], keyFile, scratch, out, say: () => {} });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
