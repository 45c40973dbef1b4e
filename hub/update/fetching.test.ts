/** A release from a cloud whose line breaks, into a folder as it is. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../config/logging.ts';
import { Fetching } from './fetching.ts';
import { Inbox, type Order } from './inbox.ts';

const FILE = '00000000-0000-4000-8000-00000000000f';
const RELEASE = new Uint8Array(600_000).map((_, at) => at % 251);
const order: Order = {
  update: '00000000-0000-4000-8000-00000000000a',
  file: FILE,
  version: '0.2.0',
  sha256: createHash('sha256').update(RELEASE).digest('hex'),
  bytes: RELEASE.length,
  untilMs: 9e15,
};
const facts = {
  version: '0.2.0',
  commit: 'a'.repeat(40),
  machine: 'x64',
  at: '2026-11-20T10:00:00Z',
} as const;

let folder: string;
let inbox: Inbox;
let clock: VirtualClock;
let asked: number[];
let breaks: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockerhub-fetching-'));
  inbox = new Inbox(folder);
  clock = new VirtualClock(0);
  [asked, breaks] = [[], 0];
});
afterEach(() => rm(folder, { recursive: true }));

const fetching = () =>
  new Fetching({
    inbox,
    clock,
    logger: createLogger('silent'),
    fetchPiece: async (_sha256, at, most) => {
      asked.push(at);
      if (breaks-- > 0) throw new Error('the line broke');
      return RELEASE.subarray(at, at + most);
    },
  });

it('goes on where it stopped, waits after a failure, and shows the updater what is whole', async () => {
  let one = fetching();
  await one.goOn(order, null);
  await one.goOn(order, null);
  breaks = 1;
  await one.goOn(order, null);
  await one.goOn(order, null);
  expect(asked).toEqual([0, 262_144]);
  await clock.advance(30_000);
  // Another process: nothing is fetched twice.
  one = fetching();
  for (let look = 0; look < 4; look++) expect(await one.goOn(order, null)).toBeNull();
  expect(asked).toEqual([0, 262_144, 262_144, 524_288]);
  expect(await readFile(join(folder, 'release.tar'))).toEqual(Buffer.from(RELEASE));
  expect(await inbox.isAsked()).toBe(true);
  expect(await one.goOn(order, { file: FILE, release: facts, fault: null })).toBe('good');
});

it.each([
  ['what another sum has', { ...order, sha256: '0'.repeat(64) }, null, 'release-damaged'],
  ['what the updater refuses', order, { code: 'release-foreign', message: '' }, 'release-foreign'],
  ['another version than was named', { ...order, version: '0.3.0' }, null, 'release-unfit'],
] as const)('takes not %s', async (_what, wanted, fault, why) => {
  const one = fetching();
  for (let look = 0; look < 4; look++) await one.goOn(wanted, null);
  const said = await one.goOn(wanted, null);
  const after = await one.goOn(wanted, { file: FILE, release: fault ? null : facts, fault });
  expect([said, after]).toContain(why);
});
