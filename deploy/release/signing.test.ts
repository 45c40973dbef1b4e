import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSigned, makeKey, signText } from './signing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a signature holds for its text and its key alone', async () => {
  await makeKey(join(folder, 'a.pem'));
  await makeKey(join(folder, 'b.pem'));
  const signed = await signText('sums', join(folder, 'a.pem'));
  const other = await signText('sums', join(folder, 'b.pem'));
  expect(isSigned('sums', signed)).toBe(true);
  expect(isSigned('sums!', signed)).toBe(false);
  expect(isSigned('sums', { ...signed, publicKey: other.publicKey })).toBe(false);
});

test('a key is never overwritten, and read by nobody else', async () => {
  const file = join(folder, 'c.pem');
  await makeKey(file);
  await expect(makeKey(file)).rejects.toThrow('EEXIST');
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test('another kind of key is refused by name', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = join(folder, 'rsa.pem');
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await expect(signText('sums', file)).rejects.toThrow('no Ed25519 key');
});
