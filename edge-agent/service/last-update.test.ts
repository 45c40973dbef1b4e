import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToldUpdate } from '@lockerhub/protocol/update/files.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UpdateWatch } from './last-update.ts';

const KEPT = { endedAtMs: 5, release: '0.2.0-abc', isKept: true, why: null, code: null, update: null };
let folder: string;
let clock: VirtualClock;
let changes: number;
let watch: UpdateWatch;
const say = (what: unknown) => writeFile(join(folder, 'last.json'), JSON.stringify(what));
const later = () => clock.advance(10_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-last-update-'));
  clock = new VirtualClock(0);
  changes = 0;
  const onChange = () => {
    changes += 1;
  };
  watch = new UpdateWatch({ folder, clock, onChange });
  watch.start();
});
afterEach(async () => {
  watch.stop();
  await rm(folder, { recursive: true });
});

it('tells how it ended once the updater has written it, each end once', async () => {
  await later();
  expect([watch.last, changes]).toEqual([undefined, 0]);
  await say(KEPT);
  await later();
  await later();
  const { update: _, ...told } = KEPT;
  expect([watch.last, changes]).toEqual([told, 1]);
  // While the next one is under way there is none: the one before it is still the last.
  await rm(join(folder, 'last.json'));
  await later();
  expect([watch.last, changes]).toEqual([told, 1]);
  await say({ ...KEPT, endedAtMs: 9, isKept: false, code: 'unhealthy', why: 'it does not answer' });
  await later();
  expect([watch.last?.why, changes]).toEqual(['it does not answer', 2]);
});

it('knows at its start what is there, and passes over what nobody can read', async () => {
  await say(KEPT);
  expect(new UpdateWatch({ folder, clock, onChange: () => {} }).last?.release).toBe('0.2.0-abc');
  await writeFile(join(folder, 'last.json'), '{"endedAtMs":');
  await later();
  expect([watch.last, changes]).toEqual([undefined, 0]);
});

it('says no more of it than a hub takes', async () => {
  await say({ ...KEPT, release: 'r'.repeat(300), isKept: false, code: 'unhealthy', why: 'w'.repeat(3_000) });
  await later();
  expect(ToldUpdate.parse(watch.last)).toMatchObject({ release: 'r'.repeat(60), isKept: false });
});

it('looks nowhere where there is no updater', async () => {
  const alone = new UpdateWatch({ folder: undefined, clock, onChange: () => {} });
  alone.start();
  await say(KEPT);
  await later();
  expect(alone.last).toBeUndefined();
});
