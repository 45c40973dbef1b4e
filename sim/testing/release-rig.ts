/** Releases of a few bytes, signed as their maker signs them: for tests. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKey, signText } from '@lockerhub/deploy/release/signing.ts';
import { execute } from '@lockerhub/deploy/update/execute.ts';

export const RELEASED_AT = '2026-11-20T10:00:00.000Z';
export const COMMIT = 'ab'.repeat(20);
export const RELEASE_NAMES = ['files.tar.gz', 'install.sh', 'release.json', 'sbom.cdx.json'];

/** A release in the folder `stick`; the key that a machine keeps becomes `release.pub`. @returns the folder */
export async function makeStick(
  scratch: string,
  { version, key = 'key' }: { readonly version: string; readonly key?: string },
): Promise<string> {
  const stick = join(scratch, 'stick');
  await rm(stick, { recursive: true, force: true });
  await mkdir(stick);
  const keyFile = join(scratch, `${key}.pem`);
  const publicKey = existsSync(keyFile) ? null : await makeKey(keyFile);
  if (publicKey !== null && key === 'key') await writeFile(join(scratch, 'release.pub'), publicKey);
  await signStick(scratch, { version, commit: COMMIT, machine: process.arch, at: RELEASED_AT }, key);
  return stick;
}

/** Fills the folder `stick` anew. */
export async function signStick(
  scratch: string,
  release: Readonly<Record<string, string>>,
  key = 'key',
): Promise<void> {
  const stick = join(scratch, 'stick');
  await writeFile(join(stick, 'release.json'), JSON.stringify(release));
  for (const name of ['install.sh', 'sbom.cdx.json']) await writeFile(join(stick, name), name);
  const flags = ['--create', '--gzip', '--file', join(stick, 'files.tar.gz'), '--directory', stick];
  await execute('tar', [...flags, 'release.json']);
  const lines: string[] = [];
  for (const name of RELEASE_NAMES) {
    const hash = createHash('sha256').update(await readFile(join(stick, name)));
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  await writeFile(join(stick, 'SHA256SUMS'), lines.join(''));
  const { signature } = await signText(lines.join(''), join(scratch, `${key}.pem`));
  await writeFile(join(stick, 'SHA256SUMS.sig'), signature);
}

/** The folder `stick` as one file. */
export async function packStick(scratch: string, file: string): Promise<void> {
  await execute('tar', ['--create', '--file', file, '--directory', scratch, 'stick']);
}
