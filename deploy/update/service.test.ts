/** The service on files as the hub leaves them, with a machine that only says what it was told to do. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { makeStick, packStick } from '@lockerhub/sim/testing/release-rig.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';
import { type Journal, readJournal, removeJournal, writeJournal } from './journal.ts';
import { type ServedMachine, UpdateService } from './service.ts';
import { UpdateError } from './update-error.ts';

const FILE = '00000000-0000-4000-8000-00000000000f';
const UPDATE = '00000000-0000-4000-8000-00000000000a';
const asked = { act: 'update', file: FILE, update: UPDATE, mayBeOlder: false, calmWithinMs: 0 };

let scratch: string;
let inbox: string;
let state: string;
let current: string;
let isIll: boolean;
let dies: boolean;
let isFull: boolean;

class Died extends Error {}

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lockerhub-service-'));
  [inbox, state] = [join(scratch, 'inbox'), join(scratch, 'state')];
  for (const folder of [inbox, state, join(scratch, 'versions')]) await mkdir(folder);
  await makeStick(scratch, { version: '0.2.0' });
  await packStick(scratch, join(inbox, 'release.tar'));
  [current, isIll, dies, isFull] = ['0.1.0-old', false, false, false];
  const old = { version: '0.1.0', commit: '0'.repeat(40), machine: process.arch, at: '2026-01-01T00:00:00Z' };
  await mkdir(join(scratch, 'versions', current));
  await writeFile(join(scratch, 'versions', current, 'release.json'), JSON.stringify(old));
});
afterEach(() => rm(scratch, { recursive: true }));

function service(): UpdateService {
  const journal = join(state, 'journal.json');
  const nothing = async () => {};
  const machine: ServedMachine = {
    journal: () => readJournal(journal),
    note(noted: Journal) {
      if (isFull) throw new Error('ENOSPC: no space left on device');
      writeJournal(journal, noted);
    },
    async end(noted, why) {
      await made.onEnd(noted, why);
      if (dies) throw new Died();
      removeJournal(journal);
    },
    inUse: () => current,
    use: (release) => {
      current = release;
    },
    async watch() {
      if (isIll) throw new UpdateError('unhealthy', 'it does not answer');
    },
    ...{ hold() {}, letGo() {}, say() {}, trust() {}, untilCalm: nothing, stop: nothing, start: nothing },
    ...{
      switchOn: nothing,
      takeAway: nothing,
      copy: nothing,
      putBack: nothing,
      dropCopy: nothing,
      dropOthers: nothing,
      fit: nothing,
    },
  };
  const made = new UpdateService({
    ...{ versions: join(scratch, 'versions'), state, keyFile: join(scratch, 'release.pub'), windowMs: 0 },
    inbox: new Inbox({ folder: inbox, asOwner: [] }),
    clock: systemClock,
    machineOf: () => machine,
  });
  return made;
}

const request = (what: unknown) => writeFile(join(inbox, 'request.json'), JSON.stringify(what));
const said = async (name: string) => JSON.parse(await readFile(join(state, name), 'utf8'));
async function lookAtIt(): Promise<void> {
  await request({ act: 'check', file: FILE });
  await service().run();
}

it('says what a release is, where the hub reads it, and keeps its own copy to itself', async () => {
  await lookAtIt();
  expect(await said('checked.json')).toMatchObject({
    file: FILE,
    release: { version: '0.2.0' },
    fault: null,
  });
  expect((await stat(join(state, 'checked.json'))).mode & 0o777).toBe(0o644);
  expect((await stat(join(state, 'incoming', `${FILE}.tar`))).mode & 0o077).toBe(0);
  expect(existsSync(join(inbox, 'request.json'))).toBe(false);
  expect(await readdir(join(scratch, 'versions'))).toEqual(['0.1.0-old']);
});

it('takes the copy that it looked at, whatever lies in the inbox by then', async () => {
  await lookAtIt();
  await makeStick(scratch, { version: '0.6.6' });
  await packStick(scratch, join(inbox, 'release.tar'));
  await request(asked);
  await service().run();
  expect(current).toMatch(/^0\.2\.0-/);
  expect(await said('last.json')).toMatchObject({ isKept: true, update: UPDATE, code: null });
  expect((await readdir(state)).sort()).toEqual(['last.json']);
});

it('takes nothing that it did not look at, and nothing foreign', async () => {
  await request(asked);
  await service().run();
  expect(await said('last.json')).toMatchObject({ isKept: false, update: UPDATE, code: 'release-damaged' });
  await makeStick(scratch, { version: '0.2.0', key: 'another' });
  await packStick(scratch, join(inbox, 'release.tar'));
  await lookAtIt();
  expect(await said('checked.json')).toMatchObject({ release: null, fault: { code: 'release-foreign' } });
  await request(asked);
  await service().run();
  expect(await said('last.json')).toMatchObject({ isKept: false, code: 'release-foreign' });
  expect(current).toBe('0.1.0-old');
});

it('keeps a release that did not run for another try', async () => {
  isIll = true;
  await lookAtIt();
  await request(asked);
  await service().run();
  expect(current).toBe('0.1.0-old');
  expect(await said('last.json')).toMatchObject({ isKept: false, code: 'unhealthy' });
  isIll = false;
  await request(asked);
  await service().run();
  expect(current).toMatch(/^0\.2\.0-/);
});

it('gives up what is no request, and follows no link to what the hub may not read', async () => {
  for (const text of ['{', '{"act":"sing"}', 'x'.repeat(20_000)]) {
    await writeFile(join(inbox, 'request.json'), text);
    await service().run();
    expect(existsSync(join(inbox, 'request.json'))).toBe(false);
  }
  await rm(join(inbox, 'release.tar'));
  await symlink('/dev/zero', join(inbox, 'release.tar'));
  await lookAtIt();
  expect((await said('checked.json')).fault.code).toBe('release-damaged');
});

it('killed between its last word and the end of its journal, says the same again and begins nothing', async () => {
  await lookAtIt();
  await request(asked);
  dies = true;
  await expect(service().run()).rejects.toThrow(Died);
  dies = false;
  await service().run();
  expect(await said('last.json')).toMatchObject({ isKept: true, update: UPDATE });
  expect((await readdir(state)).sort()).toEqual(['last.json']);
});

it('that cannot write its first word says how it ended, and begins nothing at a later start', async () => {
  await lookAtIt();
  await request(asked);
  isFull = true;
  await service().run();
  expect(await said('last.json')).toMatchObject({
    isKept: false,
    update: UPDATE,
    why: expect.stringContaining('ENOSPC'),
  });
  isFull = false;
  await service().run();
  expect([current, service().isBusy]).toEqual(['0.1.0-old', false]);
});

it('ends what it cannot read for a reason of its own, and does not try for good', async () => {
  await lookAtIt();
  await request(asked);
  // As of a card that fails: no error of the updater's own.
  await rm(join(scratch, 'versions', '0.1.0-old', 'release.json'));
  await mkdir(join(scratch, 'versions', '0.1.0-old', 'release.json'));
  await rm(join(scratch, 'release.pub'));
  await service().run();
  expect(await said('last.json')).toMatchObject({ isKept: false, update: UPDATE, code: 'release-damaged' });
  expect(existsSync(join(inbox, 'request.json'))).toBe(false);
  await lookAtIt();
  expect((await said('checked.json')).fault.message).toMatch(/ENOENT/);
});
