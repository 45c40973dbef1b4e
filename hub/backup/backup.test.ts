/** A hub that writes while it is backed up, and another box that takes over from the file and the paper. */
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubIn, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreBackup } from './restore-backup.ts';

let rig: HubRig;
let outside: string;
let token: string;
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
