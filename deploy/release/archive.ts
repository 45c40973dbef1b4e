/** Archives whose bytes depend on nothing but what is in them: no clock, no owner, no order of a disk. */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { run } from './run.ts';

/** Of gzip; the file is written once and copied often. */
const COMPRESSION = 9;

/**
 * Packs `folder/name` as a tar file.
 *
 * @param atS seconds since 1970, for every file in it
 */
export async function pack(
  folder: string,
  names: readonly string[],
  file: string,
  atS: number,
): Promise<void> {
  // What reproducible-builds.org asks of GNU tar ("Archive metadata").
  await run('tar', [
    '--create',
    `--file=${file}`,
    '--format=gnu',
    '--sort=name',
    `--mtime=@${atS}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u+rwX,go+rX,go-w',
    `--directory=${folder}`,
    ...names,
  ]);
}

/** Compresses a file beside itself. Node's gzip writes neither name nor time. @returns the path of what came out */
export async function compress(file: string): Promise<string> {
  const packed = `${file}.gz`;
  await pipeline(createReadStream(file), createGzip({ level: COMPRESSION }), createWriteStream(packed));
  return packed;
}

/** What of a commit goes into a folder. `paths`: git's pathspecs. */
export async function checkOut(commit: string, paths: readonly string[], folder: string): Promise<void> {
  const file = join(folder, '.commit.tar');
  await run('git', ['archive', `--output=${file}`, commit, '--', ...paths]);
  await run('tar', ['--extract', `--file=${file}`, `--directory=${folder}`]);
  await run('rm', [file]);
}
