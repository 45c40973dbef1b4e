/** The daily backup, on a clock that a test turns; the store and what looks into the copy are real. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Backups } from './backups.ts';

const HOUR_MS = 3_600_000;
const WITHIN_MS = 60_000;
let rig: HubRig;
let outside: string;
beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  outside = await mkdtemp(join(tmpdir(), 'schedule-'));
}, 60_000);
afterAll(async () => {
  await rig.end();
  await rm(outside, { recursive: true, force: true });
});

it('is made each day, tried again an hour after it failed, and a case until it is made', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 26, 22));
  const stick = join(outside, 'stick');
  const { hub } = rig;
  const { envelope, kept } = hub.recovery;
  if (envelope === null || kept === null) throw new Error('the rig has a recovery key');
  const told: string[] = [];
  const backups = new Backups({
    folder: stick,
    dataFolder: rig.folder,
    store: hub.store,
    head: () => hub.buildingLog.head(),
    epoch: hub.epoch,
    building: () => 'rig-house',
    sealed: () => ({ envelope, kept }),
    cloud: () => null,
    execute: async ({ type }) => void told.push(type),
    clock,
    random: systemRandom,
    log: hub.log,
  });
  const made = async () => (await readdir(stick).catch(() => [])).filter((name) => name.endsWith('.backup'));
  backups.start();
  // The stick is not plugged in.
  await clock.advance(11 * 60_000);
  await waitFor(() => told.length === 1, WITHIN_MS, 'the first try');
  await mkdir(stick);
  await clock.advance(40 * 60_000);
  expect([told, await made()]).toEqual([['backup-failed'], []]);
  await clock.advance(30 * 60_000);
  await waitFor(() => told.length === 2, WITHIN_MS, 'the try an hour later');
  expect([told.at(-1), (await made()).length]).toEqual(['backup-made', 1]);
  await clock.advance(23 * HOUR_MS);
  expect(told).toHaveLength(2);
  await clock.advance(HOUR_MS);
  await waitFor(() => told.length === 3, WITHIN_MS, 'the next day’s');
  expect([told.at(-1), (await made()).length]).toEqual(['backup-made', 2]);
  await backups.stop();
}, 180_000);
