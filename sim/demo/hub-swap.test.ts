/** What is left of a swap that was cut short, on folders as a kill leaves them. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certifyEpoch, openEpoch, writeEpoch } from '@lockerhub/hub/epoch/epoch-file.ts';
import { openKeyring } from '@lockerhub/hub/keyring/keyring.ts';
import { seal } from '@lockerhub/hub/recovery/envelope.ts';
import { keepEnvelope } from '@lockerhub/hub/recovery/recovery.ts';
import { newRecoveryKey, readRecoveryKey, sealingKey } from '@lockerhub/hub/recovery/recovery-key.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settleSwap } from './hub-swap.ts';

const recoveryKey = newRecoveryKey(systemRandom);
const settling = { recoveryKey, clock: systemClock, random: systemRandom };
let folder: string;
let hub: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-swap-'));
  hub = join(folder, 'hub');
});
afterEach(() => rm(folder, { recursive: true }));

const epochOf = (box: string) => openEpoch(join(box, 'epoch.json'), systemClock, systemRandom);

/** A box of the building under number 1, without its store. */
async function box(path: string): Promise<void> {
  await mkdir(path);
  epochOf(path);
  const { content } = await openKeyring(join(path, 'keyring.json'), systemRandom);
  const recipient = sealingKey(readRecoveryKey(recoveryKey));
  const about = { building: 'linden', generation: 1, madeAtMs: 0, recipient, former: [] };
  keepEnvelope(join(path, 'recovery.json'), seal(content, about, systemRandom), content);
}

/** A box that began to take the building over under number 2, as `hub replace` leaves it when it is killed. */
async function unfinished(path: string): Promise<void> {
  await mkdir(path);
  const next = { number: 2, instance: newId(systemClock, systemRandom) };
  const { authority } = await openKeyring(join(path, 'keyring.json'), systemRandom);
  const certificate = certifyEpoch(next, 'linden', authority);
  const plan = {
    version: 1,
    url: 'http://127.0.0.1:9',
    code: 'AAAA',
    building: 'linden',
    ...next,
    certificate,
  };
  await writeFile(join(path, 'replacing.json'), JSON.stringify(plan));
}

it('puts the old box back as it was where the new one had not begun', async () => {
  await box(`${hub}.old`);
  await mkdir(`${hub}.next`);
  await settleSwap(folder, settling);
  expect(epochOf(hub)).toMatchObject({ number: 1, reason: 'first' });
  expect([`${hub}.old`, `${hub}.next`].filter(existsSync)).toEqual([]);
});

it('puts it back under a number above the one that the cloud may have adopted, whenever that is cut short', async () => {
  await box(`${hub}.old`);
  await unfinished(`${hub}.next`);
  await settleSwap(folder, settling);
  expect(epochOf(hub)).toMatchObject({ number: 3, reason: 'restored' });
  // Killed before the unfinished box was thrown away.
  await unfinished(`${hub}.next`);
  await settleSwap(folder, settling);
  expect(epochOf(hub).number).toBe(4);
  expect(existsSync(`${hub}.next`)).toBe(false);
});

it('leaves the new box where it had taken over, and the old one in its corner', async () => {
  await box(`${hub}.old`);
  await box(`${hub}.next`);
  const taken = { number: 2, instance: newId(systemClock, systemRandom), reason: 'replaced' } as const;
  writeEpoch(join(`${hub}.next`, 'epoch.json'), taken);
  await settleSwap(folder, settling);
  expect(epochOf(hub)).toMatchObject({ number: 2, reason: 'replaced' });
  expect(epochOf(`${hub}.old`).number).toBe(1);
});
