import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKeyring } from './keyring.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-keyring-'));
  path = join(folder, 'keyring.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('is made once, readable by its owner only, and is the same ever after', async () => {
  const made = openKeyring(path, systemRandom);
  expect(made.codeKey).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(openKeyring(path, systemRandom)).toEqual(made);
});

it.each(['', '{', '{}', '{"version":2,"codeKey":""}', '{"version":1,"codeKey":"ab"}'])(
  'is never replaced if it holds %j',
  async (text) => {
    await writeFile(path, text, { mode: 0o600 });
    expect(() => openKeyring(path, systemRandom)).toThrowError(
      expect.objectContaining({ code: 'keyring-broken' }),
    );
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

it('is refused while others may read it, and says what to run', async () => {
  openKeyring(path, systemRandom);
  await chmod(path, 0o644);
  expect(() => openKeyring(path, systemRandom)).toThrow('chmod 600');
});

it('says so if its folder is not there', () => {
  expect(() => openKeyring(join(folder, 'none', 'keyring.json'), systemRandom)).toThrow('cannot be created');
});
