import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeOf } from './place.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-place-'));
  await writeFile(join(folder, 'file'), '');
});
afterEach(() => rm(folder, { recursive: true }));

it('says whether a folder is there, and on the disk of the hub', async () => {
  expect(await placeOf(folder, folder)).toEqual({
    isThere: true,
    freeBytes: expect.any(Number),
    isSameDisk: true,
  });
  const none = { isThere: false, freeBytes: null, isSameDisk: false };
  expect(await placeOf(join(folder, 'none'), folder)).toEqual(none);
  expect(await placeOf(join(folder, 'file'), folder)).toEqual(none);
});

it('of a hub without a folder: on another disk; of one that cannot be looked at nothing is said', async () => {
  expect(await placeOf(folder, join(folder, 'none'))).toMatchObject({ isThere: true, isSameDisk: false });
  await expect(placeOf(folder, join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
