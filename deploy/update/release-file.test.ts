import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RELEASED_AT as AT,
  COMMIT,
  makeStick,
  RELEASE_NAMES as NAMES,
  signStick,
} from '@lockerhub/sim/testing/release-rig.ts';
import { canMountDisk, onSmallDisk } from '@lockerhub/sim/testing/small-disk.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeKey, signText } from '../release/signing.ts';
import { execute } from './execute.ts';
import { madeAtMs, takeIn } from './release-file.ts';

const NAME = `0.2.0-${COMMIT.slice(0, 12)}`;
let scratch: string;
let stick: string;
let versions: string;
let keyFile: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lockerhub-take-in-'));
  versions = join(scratch, 'versions');
  await mkdir(versions);
  stick = await makeStick(scratch, { version: '0.2.0' });
  keyFile = join(scratch, 'release.pub');
});
afterEach(() => rm(scratch, { recursive: true }));

const taken = (source = stick, more: { inUseAtMs?: number; mayBeOlder?: boolean } = {}) =>
  takeIn({ source, versions, keyFile, inUseAtMs: 0, mayBeOlder: false, ...more });

it('unpacks a release whole, from its folder or its file, and leaves nothing else', async () => {
  expect(await taken()).toBe(NAME);
  expect(await readdir(versions)).toEqual([NAME]);
  expect(await madeAtMs(join(versions, NAME))).toBe(Date.parse(AT));
  await rm(join(versions, NAME), { recursive: true });
  const file = join(scratch, 'one.tar');
  await execute('tar', ['--create', '--file', file, '--directory', scratch, 'stick']);
  expect(await taken(file)).toBe(NAME);
  expect(await readdir(versions)).toEqual([NAME]);
});

it.each(NAMES)('refuses one whose %s was changed, or is missing', async (name) => {
  await writeFile(join(stick, name), 'other');
  await expect(taken()).rejects.toMatchObject({ code: 'release-damaged' });
  await rm(join(stick, name));
  await expect(taken()).rejects.toMatchObject({ code: 'release-damaged' });
  expect(await readdir(versions)).toEqual([]);
});

it('refuses what another key signed, what is cut, and what is for another machine', async () => {
  await writeFile(keyFile, await makeKey(join(scratch, 'other.pem')));
  await expect(taken()).rejects.toMatchObject({ code: 'release-foreign' });
  await writeFile(join(scratch, 'cut.tar'), 'no archive');
  await expect(taken(join(scratch, 'cut.tar'))).rejects.toMatchObject({ code: 'release-damaged' });
  const { publicKey } = await signText('', join(scratch, 'key.pem'));
  await writeFile(keyFile, publicKey);
  const machine = process.arch === 'x64' ? 'arm64' : 'x64';
  await signStick(scratch, { version: '0.2.0', commit: COMMIT, machine, at: AT });
  await expect(taken()).rejects.toMatchObject({ code: 'release-unfit' });
  expect(await readdir(versions)).toEqual([]);
});

it('takes an older one only if it is told to, and calls none older than what it can’t read', async () => {
  const inUseAtMs = Date.parse(AT) + 1;
  await expect(taken(stick, { inUseAtMs })).rejects.toMatchObject({ code: 'release-older' });
  expect(await taken(stick, { inUseAtMs, mayBeOlder: true })).toBe(NAME);
  await expect(madeAtMs(join(versions, 'none'))).rejects.toMatchObject({ code: 'release-damaged' });
});

it.skipIf(!canMountDisk)('says that the disk is full, and not that the release is damaged', async () => {
  await writeFile(join(stick, 'sbom.cdx.json'), Buffer.alloc(600_000));
  const small = join(scratch, 'small');
  await onSmallDisk(small, 400, async () => {
    const full = takeIn({ source: stick, versions: small, keyFile, inUseAtMs: 0, mayBeOlder: false });
    await expect(full).rejects.toMatchObject({ code: 'no-room' });
    expect(await readdir(small)).toEqual([]);
  });
});
