import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEpoch, writeEpoch } from './epoch-file.ts';
import { Fence } from './fence.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-fence-'));
  path = join(folder, 'epoch.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => new Fence(path, openEpoch(path, systemClock, systemRandom));

it('is there after a restart, says so once, and keeps the highest number', () => {
  const fence = open();
  expect(fence.by).toBeNull();
  let raised = 0;
  fence.onRaised(() => {
    raised += 1;
  });
  fence.raise(4);
  fence.raise(2);
  fence.raise(4);
  expect([raised, fence.by, open().by]).toEqual([1, 4, 4]);
  fence.raise(7);
  expect([raised, open().by]).toEqual([1, 7]);
});

it('is by a hub of a higher number than this one’s, whatever was heard of that', () => {
  open().raise(1);
  expect(open().by).toBe(2);
});

it('ends with an epoch of this hub’s own, and by nothing else', () => {
  const { instance } = openEpoch(path, systemClock, systemRandom);
  open().raise(2);
  writeEpoch(path, { number: 3, instance, reason: 'restored' });
  expect(open().by).toBeNull();
});

it('holds for the process, and says so, if the disk does not take it', async () => {
  const fence = open();
  let raised = 0;
  fence.onRaised(() => {
    raised += 1;
  });
  await rm(folder, { recursive: true });
  expect(() => fence.raise(2)).toThrow(expect.objectContaining({ code: 'epoch-broken' }));
  expect([fence.by, raised]).toEqual([2, 1]);
});
