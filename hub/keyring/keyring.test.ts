import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepKeyring, openKeyring } from './keyring.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-keyring-'));
  path = join(folder, 'keyring.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('is made once, readable by its owner only, and is the same ever after', async () => {
  const made = await openKeyring(path, systemRandom);
  expect([made.codeKey.length, made.listKey.length]).toEqual([32, 32]);
  expect(made.listKey).not.toEqual(made.codeKey);
  expect(new X509Certificate(made.authority.certificate).ca).toBe(true);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const again = await openKeyring(path, systemRandom);
  expect([again.codeKey, again.listKey, again.authority.certificate]).toEqual([
    made.codeKey,
    made.listKey,
    made.authority.certificate,
  ]);
});

it('of version 1 is completed and keeps its code key', async () => {
  const codeKey = 'ab'.repeat(32);
  await writeFile(path, JSON.stringify({ version: 1, codeKey }), { mode: 0o600 });
  const completed = await openKeyring(path, systemRandom);
  expect(Buffer.from(completed.codeKey).toString('hex')).toBe(codeKey);
  expect(completed.listKey).toHaveLength(32);
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 2, codeKey });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await openKeyring(path, systemRandom)).listKey).toEqual(completed.listKey);
  expect(await readdir(folder)).toEqual(['keyring.json']);
});

it('signs what nobody else’s key verifies', async () => {
  const { authority } = await openKeyring(path, systemRandom);
  const other = await openKeyring(join(folder, 'other.json'), systemRandom);
  const bytes = new TextEncoder().encode('a map');
  const signature = authority.sign(bytes);
  expect(authority.verify(bytes, signature)).toBe(true);
  expect(authority.verify(new TextEncoder().encode('a nap'), signature)).toBe(false);
  expect(other.authority.verify(bytes, signature)).toBe(false);
  expect(authority.verify(bytes, signature.subarray(1))).toBe(false);
});

it.each(['', '{', '{}', '{"version":2,"codeKey":""}', '{"version":1,"codeKey":"ab"}'])(
  'is never replaced if it holds %j',
  async (text) => {
    await writeFile(path, text, { mode: 0o600 });
    await expect(openKeyring(path, systemRandom)).rejects.toMatchObject({ code: 'keyring-broken' });
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

it('is never replaced if its CA’s certificate is another key’s', async () => {
  await openKeyring(path, systemRandom);
  await openKeyring(join(folder, 'other.json'), systemRandom);
  const keys = JSON.parse(await readFile(path, 'utf8'));
  const other = JSON.parse(await readFile(join(folder, 'other.json'), 'utf8'));
  const text = JSON.stringify({ ...keys, ca: { ...keys.ca, certificate: other.ca.certificate } });
  await writeFile(path, text, { mode: 0o600 });
  await expect(openKeyring(path, systemRandom)).rejects.toThrow('its CA is damaged');
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('is refused while others may read it, and says what to run', async () => {
  await openKeyring(path, systemRandom);
  await chmod(path, 0o644);
  await expect(openKeyring(path, systemRandom)).rejects.toThrow('chmod 600');
});

it('comes back out of an envelope as it was, and is never put over other keys', async () => {
  const { content } = await openKeyring(path, systemRandom);
  const elsewhere = join(folder, 'elsewhere.json');
  keepKeyring(elsewhere, content);
  keepKeyring(elsewhere, content);
  expect((await openKeyring(elsewhere, systemRandom)).content).toBe(content);
  expect((await stat(elsewhere)).mode & 0o777).toBe(0o600);
  const { content: other } = await openKeyring(join(folder, 'other.json'), systemRandom);
  expect(() => keepKeyring(elsewhere, other)).toThrow('never overwritten');
  expect(() => keepKeyring(join(folder, 'none.json'), '{}')).toThrow('no keyring of version 2');
  expect((await openKeyring(elsewhere, systemRandom)).content).toBe(content);
});

it('says so if its folder is not there', async () => {
  await expect(openKeyring(join(folder, 'none', 'keyring.json'), systemRandom)).rejects.toThrow(
    'cannot be created',
  );
});
