/** A hub that writes while it is backed up, and another box that takes over from the file and the paper. */
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubIn, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { canMountDisk, onSmallDisk } from '@lockerhub/sim/testing/small-disk.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonOf } from './backup-fault.ts';
import { keyOf, readHeader, unpackBackup } from './backup-file.ts';
import { restoreBackup } from './restore-backup.ts';
import { NEWEST_KEPT } from './retention.ts';

let rig: HubRig;
let outside: string;
let token: string;
/** The recovery key on paper, once it was made anew. */
let newestKey = '';
const told: string[] = [];

const recoveryKey = async () => rig.made?.recoveryKey ?? '';
const addResident = (name: string) =>
  rig.ask('/api/v1/residents', { token, body: { unitName: '9Z', name, language: 'en' } });

async function backUp(): Promise<{ file: string; seq: number }> {
  const { status, json } = await rig.ask('/api/v1/backups', { token, body: {} });
  expect([status, json.failure]).toEqual([200, null]);
  return json.backups[0];
}

function restore(file: string, dataFolder: string, key = recoveryKey, isBehindAccepted = false) {
  const said = {
    clock: systemClock,
    random: systemRandom,
    onProgress: (what: string) => void told.push(what),
  };
  return restoreBackup({ file, dataFolder, recoveryKey: key, above: 0, isBehindAccepted, ...said });
}

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'lockerhub-backups-'));
  rig = await startHubRig(smallPlan(), { backupFolder: outside });
  token = await rig.signIn('manager');
});
afterAll(async () => {
  await rig.end();
  await rm(outside, { recursive: true, force: true });
});

describe('a backup', () => {
  it('made while people are added, opens elsewhere with all that was acknowledged before it began', async () => {
    await addResident('Before It Began');
    let goesOn = true;
    const adding = (async () => {
      for (let n = 0; goesOn; n++) await addResident(`Meanwhile ${n}`);
    })();
    const { file } = await backUp();
    goesOn = false;
    await adding;
    const box = await mkdtemp(join(tmpdir(), 'lockerhub-box-'));
    const epoch = await restore(file, box);
    expect(epoch).toMatchObject({ number: 2, reason: 'restored' });
    const restored = await startHubIn(box);
    try {
      const there = await restored.signIn('manager');
      const { json: residents } = await restored.ask('/api/v1/residents', { token: there });
      const names = residents.map(({ name }: { name: string }) => name);
      expect(names).toContain('Before It Began');
      // Gapless: whatever of "meanwhile" is in it, nothing before it is missing.
      const numbers = names.flatMap((name: string) => /^Meanwhile (\d+)$/.exec(name)?.[1] ?? []).map(Number);
      expect(numbers.toSorted((a: number, b: number) => a - b)).toEqual(
        numbers.map((_: number, index: number) => index),
      );
    } finally {
      await restored.end();
    }
  });

  it('shows nothing of what is in it', async () => {
    const { file } = await backUp();
    const bytes = await readFile(file);
    for (const secret of ['Mara Olsen', 'mara@example.org', await recoveryKey()]) {
      expect(bytes.includes(secret)).toBe(false);
    }
  });

  it('that was changed, cut or lengthened is refused, and so are another key and a folder in use', async () => {
    const { file } = await backUp();
    const bad = join(outside, 'bad');
    const box = await mkdtemp(join(tmpdir(), 'lockerhub-box-'));
    const spoil = async (how: (copy: string) => Promise<void>) => {
      await cp(file, bad);
      await how(bad);
      await expect(restore(bad, box)).rejects.toMatchObject({ code: 'backup-broken' });
    };
    const { length } = await readFile(file);
    await spoil((copy) => truncate(copy, length - 70_000));
    await spoil((copy) => truncate(copy, length - 1));
    await spoil((copy) => appendFile(copy, 'x'));
    await spoil(async (copy) => {
      const bytes = await readFile(copy);
      bytes.writeUInt8(bytes.readUInt8(length - 100_000) ^ 1, length - 100_000);
      await writeFile(copy, bytes);
    });
    await spoil((copy) => writeFile(copy, 'no backup at all'));
    const another = async () => 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA';
    await expect(restore(file, box, another)).rejects.toMatchObject({ code: /^recovery-key-/ });
    expect(await readdir(box)).not.toContain('store');
    await expect(restore(file, rig.folder)).rejects.toMatchObject({ code: 'backup-failed' });
    await rm(box, { recursive: true });
  });

  it('that can’t be made says why, and the hub goes on', async () => {
    const alone = await startHubRig(smallPlan(), { backupFolder: join(outside, 'not-plugged-in') });
    try {
      const manager = await alone.signIn('manager');
      const { status, json } = await alone.ask('/api/v1/backups', { token: manager, body: {} });
      expect([status, json.code]).toEqual([503, 'backup-failed']);
      const { json: view } = await alone.ask('/api/v1/backups', { token: manager });
      expect(view).toMatchObject({
        backups: [],
        failure: { message: expect.stringContaining('plug the disk in') },
      });
      const cases = async () => (await alone.ask('/api/v1/cases?state=open', { token: manager })).json.items;
      expect(await cases()).toMatchObject([{ kind: 'backup-failing' }]);
      await mkdir(join(outside, 'not-plugged-in'));
      expect((await alone.ask('/api/v1/backups', { token: manager, body: {} })).status).toBe(200);
      expect(await cases()).toEqual([]);
    } finally {
      await alone.end();
    }
  });
});

describe('who may, and what is seen', () => {
  it('an auditor reads; a manager and an installer make one; the policy is a manager’s', async () => {
    const statuses = async (login: string) => {
      const mine = await rig.signIn(login);
      const change = { token: mine, method: 'PATCH', body: { backupDays: 3 } };
      return [
        (await rig.ask('/api/v1/backups', { token: mine })).status,
        (await rig.ask('/api/v1/backups?wait=no', { token: mine, body: {} })).status,
        (await rig.ask('/api/v1/policy', change)).status,
      ];
    };
    expect(await statuses('auditor')).toEqual([200, 403, 403]);
    expect(await statuses('desk')).toEqual([200, 403, 403]);
    expect(await statuses('installer')).toEqual([200, 200, 403]);
    expect(await statuses('manager')).toEqual([200, 200, 200]);
    await rig.hub.backups.make();
    expect((await rig.ask('/api/v1/backups')).status).toBe(401);
  });

  it('tells how far it is, where it goes, what the policy keeps, and leaves nothing half made', async () => {
    const building = rig.hub.settings.require().building;
    const cutShort = join(outside, `lockerhub-${building}-2026.backup.new`);
    await writeFile(cutShort, 'a power cut');
    await writeFile(join(outside, 'no.backup'), 'none');
    const view = async () => (await rig.ask('/api/v1/backups', { token })).json;
    await rig.ask('/api/v1/backups?wait=no', { token, body: {} });
    const seen = new Set<string>();
    await waitFor(
      async () => {
        const { making, progress } = await view();
        if (progress) seen.add(progress.step);
        return !making;
      },
      60_000,
      'the backup',
    );
    const after = await view();
    expect(after).toMatchObject({ failure: null, progress: null, unreadable: [join(outside, 'no.backup')] });
    expect(seen).toContain('opening');
    expect(after.place).toMatchObject({ isThere: true, freeBytes: expect.any(Number) });
    expect(after.backups[0]).toMatchObject({ keptAs: 'day', isOfFormerKey: false });
    expect((await readdir(outside)).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(await readdir(rig.folder)).not.toContain('backup-check');
    await rm(join(outside, 'no.backup'));
  });

  it('a new recovery key leaves older ones to the older paper, and the page knows', async () => {
    const made = (await rig.ask('/api/v1/recovery', { token, body: {} })).json;
    newestKey = made.key;
    const body = { generation: made.generation };
    expect((await rig.ask('/api/v1/recovery/confirm', { token, body })).status).toBe(200);
    const [newest] = (await rig.ask('/api/v1/backups', { token })).json.backups;
    expect(newest.isOfFormerKey).toBe(true);
    await backUp();
    expect((await rig.ask('/api/v1/backups', { token })).json.backups[0].isOfFormerKey).toBe(false);
  });
});

it('made by a hub that another one has followed stays, though it sorts behind all of that one’s', async () => {
  const { header } = await readHeader((await rig.hub.backups.make()).file);
  // As many of the same day as have the day, the week, and the last place that is kept in any case.
  const others = [1, 2, 3].map((n) => join(outside, `of-the-other-${n}.backup`));
  expect(others).toHaveLength(NEWEST_KEPT);
  for (const other of others) await writeFile(other, `${JSON.stringify({ ...header, epoch: 2 })}\n`);
  const newest = await rig.hub.backups.make();
  expect(await readdir(outside)).toContain(basename(newest.file));
  for (const other of others) await rm(other);
});

describe.skipIf(!canMountDisk)('a disk that is full (root: it is mounted)', () => {
  let small: string;
  beforeAll(async () => {
    small = await mkdtemp(join(tmpdir(), 'lockerhub-small-'));
  });
  afterAll(async () => {
    await rm(small, { recursive: true, force: true });
  });

  it('on the stick: says so, leaves nothing there, and the hub goes on', async () => {
    const full = await startHubRig(smallPlan(), { backupFolder: small });
    try {
      await onSmallDisk(small, 400, async () => {
        await expect(full.hub.backups.make()).rejects.toMatchObject({ code: 'backup-failed' });
        const { failure, backups } = await full.hub.backups.view();
        expect([failure?.reason, backups, await readdir(small)]).toEqual(['no-room', [], []]);
      });
    } finally {
      await full.end();
    }
  });

  it('where one is opened: has no name, for nobody has seen that it opens', async () => {
    const before = await readdir(outside);
    await onSmallDisk(join(rig.folder, 'backup-check'), 100, () =>
      expect(rig.hub.backups.make()).rejects.toMatchObject({ code: 'backup-failed' }),
    );
    expect(await readdir(outside)).toEqual(before);
  });

  it('where the copy is opened: is an error that says so, and nothing waits for good', async () => {
    const { file } = await rig.hub.backups.make();
    const key = keyOf((await readHeader(file)).header, newestKey);
    const copy = join(small, 'copy');
    await onSmallDisk(copy, 1_000, () =>
      expect(unpackBackup(file, key, copy)).rejects.toSatisfy(
        (error) => reasonOf(error, 'opening') === 'no-room-here',
      ),
    );
  });
});
