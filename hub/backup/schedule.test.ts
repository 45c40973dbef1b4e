/** The daily backup, on a clock that a test turns; the store and what looks into the copy are real. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import type { Timer } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Backups } from './backups.ts';
import { isDue } from './schedule.ts';

const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 10 * 60_000;
const WITHIN_MS = 60_000;

/** Of a clock that only the backups look at: each look sets the timer of the next one when all of it is over. */
class LookedAt extends VirtualClock {
  #timers = 0;

  override after(...timer: Parameters<VirtualClock['after']>): Timer {
    this.#timers += 1;
    return super.after(...timer);
  }

  /** Moves on to the next look, and waits for its end: it reads and writes real files. */
  async look(): Promise<void> {
    const before = this.#timers;
    await this.advance(LOOK_EVERY_MS);
    await waitFor(() => this.#timers > before, WITHIN_MS, 'the end of the look');
  }
}

let rig: HubRig;
let outside: string;
beforeAll(async () => {
  rig = await startHubRig(smallPlan());
  outside = await mkdtemp(join(tmpdir(), 'schedule-'));
});
afterAll(async () => {
  await rig.end();
  await rm(outside, { recursive: true, force: true });
});

it('is made at its hour, tried again an hour after it failed, and a case until it is made', async () => {
  // 23:00 in the building; by default they are made at three.
  const clock = new LookedAt(Date.UTC(2026, 10, 26, 22));
  let policy = STANDARD_POLICY;
  let isHeld = true;
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
    timeZone: () => 'Europe/Berlin',
    policy: () => policy,
    isHeld: () => isHeld,
    recoveryKey: () => hub.recovery.view().current,
    sealed: () => ({ envelope, kept }),
    cloud: () => null,
    execute: async ({ type }) => void told.push(type),
    clock,
    random: systemRandom,
    log: hub.log,
  });
  const made = async () => (await readdir(stick).catch(() => [])).filter((name) => name.endsWith('.backup'));
  backups.start();
  // On trial nothing is made, however long that takes.
  for (let look = 0; look < 3; look++) await clock.look();
  expect(told).toEqual([]);
  isHeld = false;
  // The stick is not plugged in.
  await clock.look();
  expect(told).toEqual(['backup-failed']);
  await mkdir(stick);
  await clock.advance(40 * 60_000);
  expect([told, await made()]).toEqual([['backup-failed'], []]);
  await clock.advance(30 * 60_000);
  await waitFor(() => told.length === 2, WITHIN_MS, 'the try an hour later');
  expect([told.at(-1), (await made()).length]).toEqual(['backup-made', 1]);
  await clock.advance(2 * HOUR_MS);
  expect(told).toHaveLength(2);
  await clock.advance(HOUR_MS);
  await waitFor(() => told.length === 3, WITHIN_MS, 'the one by night');
  expect([told.at(-1), (await made()).length]).toEqual(['backup-made', 2]);
  // The policy holds from the next look on; a wrong clock makes none more often than each hour.
  policy = { ...policy, backupEvery: 'six-hours' };
  await clock.advance(6 * HOUR_MS);
  await waitFor(() => told.length === 4, WITHIN_MS, 'the one six hours later');
  clock.setWall(Date.UTC(2026, 0, 1));
  await clock.advance(40 * 60_000);
  expect(told).toHaveLength(4);
  await backups.stop();
}, 180_000);

describe('when one is due', () => {
  const zone = { timeZone: 'Europe/Berlin' };
  const daily = { every: 'day', hour: 3, ...zone } as const;
  const at = (iso: string) => Date.parse(iso);

  it('at once without any, at its hour else, and later where that was slept through', () => {
    expect(isDue(undefined, at('2026-11-26T12:00:00Z'), daily)).toBe(true);
    const newest = at('2026-11-26T02:04:00Z');
    expect(isDue(newest, at('2026-11-27T01:59:00Z'), daily)).toBe(false);
    expect(isDue(newest, at('2026-11-27T02:00:00Z'), daily)).toBe(true);
    expect(isDue(newest, at('2026-11-29T20:00:00Z'), daily)).toBe(true);
  });

  it('never stands in for the next one when it was made by hand, but for that of the week', () => {
    const byHand = at('2026-11-26T16:00:00Z');
    expect(isDue(byHand, at('2026-11-27T02:00:00Z'), daily)).toBe(true);
    const weekly = { ...daily, every: 'week' } as const;
    expect(isDue(byHand, at('2026-12-02T02:00:00Z'), weekly)).toBe(false);
    expect(isDue(byHand, at('2026-12-03T20:00:00Z'), weekly)).toBe(false);
    expect(isDue(byHand, at('2026-12-04T02:00:00Z'), weekly)).toBe(true);
  });

  it('is so on days that have no such hour, or have it twice, no more than once', () => {
    // Clocks went from 02:00 to 03:00 on 29 March 2026, and go from 03:00 to 02:00 on 25 October.
    const atTwo = { ...daily, hour: 2 } as const;
    expect(isDue(at('2026-03-28T01:05:00Z'), at('2026-03-29T02:05:00Z'), atTwo)).toBe(true);
    const { made } = countHours(at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'), daily);
    expect(made).toBe(2);
  });

  it('keeps its pace, whatever it is', () => {
    const month = [at('2026-11-01T02:00:00Z'), at('2026-11-29T02:10:00Z')] as const;
    const paces = (['six-hours', 'day', 'week'] as const).map(
      (every) => countHours(...month, { ...daily, every }).made,
    );
    expect(paces).toEqual([4 * 28, 28, 4]);
  });

  it('says nothing by one from the future', () => {
    expect(isDue(at('2030-01-01T00:00:00Z'), at('2026-11-27T12:00:00Z'), daily)).toBe(true);
  });
});

/** How many are made when it is looked each ten minutes, after a first one. */
function countHours(fromMs: number, untilMs: number, schedule: Parameters<typeof isDue>[2]) {
  let newest = fromMs;
  let made = 0;
  for (let now = fromMs; now < untilMs; now += 10 * 60_000) {
    if (!isDue(newest, now, schedule)) continue;
    newest = now;
    made += 1;
  }
  return { made };
}
