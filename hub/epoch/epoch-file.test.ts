import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochBytes, readClaim } from '@lockerhub/protocol/sync/epoch.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKeyring } from '../keyring/keyring.ts';
import { certifyEpoch, openEpoch, writeEpoch } from './epoch-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-epoch-'));
  path = join(folder, 'epoch.json');
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openEpoch(path, systemClock, systemRandom);

it('begins with the first number, and is the same ever after', () => {
  const made = open();
  expect(made.number).toBe(1);
  expect(open()).toEqual(made);
  writeEpoch(path, { ...made, number: 2 });
  expect(open()).toEqual({ ...made, number: 2 });
});

it.each(['', '{}', '{"version":1,"number":0,"instance":"x"}'])(
  'is never replaced if it holds %j',
  async (text) => {
    await writeFile(path, text);
    expect(open).toThrow(expect.objectContaining({ code: 'epoch-broken' }));
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

it('is certified by the building’s key, as exactly this claim', async () => {
  const { authority } = await openKeyring(join(folder, 'keyring.json'), systemRandom);
  const epoch = open();
  const certificate = certifyEpoch(epoch, 'linden-court', authority);
  const { number, instance } = epoch;
  const beforeMs = systemClock.wallMs();
  const claim = readClaim(certificate);
  expect(claim).toMatchObject({ number, instance, building: 'linden-court' });
  expect(Math.abs((claim?.atMs ?? 0) - beforeMs)).toBeLessThan(60_000);
  // The next process of this hub says exactly that again.
  expect(certifyEpoch(open(), 'linden-court', authority).text).toBe(certificate.text);
  const signature = Buffer.from(certificate.signature, 'base64');
  expect(authority.verify(epochBytes(certificate.text), signature)).toBe(true);
  expect(authority.verify(epochBytes(`${certificate.text} `), signature)).toBe(false);
});
