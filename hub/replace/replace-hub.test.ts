/** Another box takes a building over from a real cloud, cut short at every step; the old hub comes back and is fenced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { disagreements } from '@lockerhub/sim/testing/agreement.ts';
import { CloudWorld } from '@lockerhub/sim/testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubIn, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { PlcBank } from '@lockerhub/sim/testing/plc-bank.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreBackup } from '../backup/restore-backup.ts';
import { restoreHub } from '../recovery/restore.ts';
import { replaceHub } from './replace-hub.ts';

const WITHIN_MS = 60_000;
const HUB = join(import.meta.dirname, '..', 'main.ts');

describe('a hub that replaces another', () => {
  let world: CloudWorld;
  let old: HubRig;
  let next: HubRig | undefined;
  let building: string;
  let folder: string;
  let code: string;
  let recoveryKey: string;
  let yard: PlcBank;
  /** Of the old hub, soon after it joined. */
  let backup: string;

  beforeAll(async () => {
    world = await CloudWorld.start();
    yard = await PlcBank.start('yard');
    const backupFolder = await mkdtemp(join(tmpdir(), 'lockerhub-replace-backups-'));
    old = await startHubRig(smallPlan(), { backupFolder });
    const bank = { file: yard.file, reach: 'hub' };
    await old.ask('/api/v1/banks', { token: await old.signIn('manager'), body: bank });
    building = await world.rig.building();
    recoveryKey = old.made?.recoveryKey ?? '';
    const token = await old.signIn('manager');
    const body = { url: world.url, code: await world.rig.code(building) };
    expect((await old.ask('/api/v1/sync/join', { token, body })).status).toBe(204);
    await settled(old);
    const { json } = await old.ask('/api/v1/backups', { token, body: {} });
    [{ file: backup }] = json.backups;
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-replace-'));
    code = await world.rig.code(building, 'replace');
  });
  afterAll(async () => {
    await next?.end();
    await old.end();
    await yard.stop();
    await world.end();
  });

  async function settled(rig: HubRig): Promise<void> {
    const token = await rig.signIn('manager');
    await waitFor(
      async () => {
        const { state, entries, rows } = (await rig.ask('/api/v1/sync', { token })).json;
        if (state !== 'live' || entries + rows > 0) throw new Error(`${state}, ${entries} and ${rows} wait`);
        const differences = await disagreements(rig.hub.store, world.rig, building);
        if (differences.length > 0) throw new Error(differences.slice(0, 3).join('; '));
        return true;
      },
      WITHIN_MS,
      'hub and cloud to agree',
    );
  }
  /** @param breaksAt fails when it says this, as a pulled plug would */
  const replace = (breaksAt?: RegExp, key = recoveryKey) =>
    replaceHub({
      dataFolder: folder,
      url: world.url,
      code,
      recoveryKey: async () => key,
      clock: systemClock,
      random: systemRandom,
      onProgress: (what) => {
        if (breaksAt?.test(what)) throw new Error('the plug was pulled');
      },
    });

  /** As an installer does it, with the key typed from the paper. Returns what it prints. */
  async function replaceByCommand(): Promise<string> {
    const flags = ['--cloud', world.url, '--code', code, '--data', folder];
    const child = spawn(process.execPath, [HUB, 'replace', ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(`${recoveryKey}\n`);
    const [said, complained, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${complained}`);
    return said;
  }

  it('is refused by a mistyped key, and nothing of it is left', async () => {
    await expect(replace(undefined, `${recoveryKey.slice(0, -1)}`)).rejects.toMatchObject({
      code: 'recovery-key-mistyped',
    });
  });

  it.each([/under number 2/, /opening the store/, /^log: /, /reading residents/, /reading parcels/])(
    'may be cut short at %s, runs no hub then, and goes on',
    async (breaksAt) => {
      await expect(replace(breaksAt)).rejects.toThrow('the plug was pulled');
      await expect(startHubIn(folder)).rejects.toMatchObject({ code: 'replace-unfinished' });
    },
  );

  it('has the log, the rows, the sign-ins and the codes, and no door is believed before it was looked at', async () => {
    expect(await replaceByCommand()).toContain('under epoch 2');
    next = await startHubIn(folder);
    await settled(next);
    const manager = await next.signIn('manager');
    expect((await next.ask('/api/v1/residents', { token: manager })).json).toHaveLength(2);
    const kiosk = old.made?.terminals[0]?.token ?? '';
    const visit = await next.ask('/api/v1/visits', {
      token: kiosk,
      body: { code: old.made?.couriers[0]?.code },
    });
    expect(visit.json).toMatchObject({ kind: 'courier', who: 'Northline' });
    const { banks } = (await next.ask('/api/v1/building', { token: manager })).json;
    expect(banks[0].doors.every(({ unverified }: { unverified: boolean }) => unverified)).toBe(true);
    await expect(replace()).rejects.toMatchObject({ code: 'replace-refused' });
  });

  it('gets as a case what the old hub still holds, which is fenced at its first word', async () => {
    const token = await old.signIn('manager');
    const state = async () => (await old.ask('/api/v1/sync', { token })).json.state;
    await waitFor(async () => (await state()) === 'fenced', WITHIN_MS, 'the old hub to be fenced');
    expect((await old.ask('/api/v1/building', { token })).json.fencedBy).toBe(2);
    const manager = await next?.signIn('manager');
    await waitFor(
      async () => {
        const { items } = (await next?.ask('/api/v1/cases?state=open', { token: manager ?? '' }))?.json ?? {};
        return items.some(({ kind }: { kind: string }) => kind === 'orphaned-entries');
      },
      WITHIN_MS,
      'the case of the orphaned entries',
    );
  });

  const isOnline = async (rig: HubRig | undefined, bank: string) => {
    const token = (await rig?.signIn('manager')) ?? '';
    const { banks } = (await rig?.ask('/api/v1/building', { token }))?.json ?? {};
    const { online, lines } = banks.find((one: { bank: string }) => one.bank === bank);
    return online && lines.every(({ state }: { state: string }) => state === 'online');
  };

  it('finds the PLC free that the old hub drove, which takes one connection', async () => {
    await waitFor(() => isOnline(next, 'yard'), WITHIN_MS, 'the bank to answer the hub that speaks');
    expect(await isOnline(old, 'yard')).toBe(false);
  });

  it('is the only one that opens, and the only one that agents reach, also when the old hub starts without the cloud', async () => {
    old = await old.restart(() => cutOff(old.folder));
    const token = await old.signIn('manager');
    expect((await old.ask('/api/v1/sync', { token })).json.state).toBe('fenced');
    const kiosk = old.made?.terminals[0]?.token ?? '';
    const code = old.made?.couriers[0]?.code;
    const refused = await old.ask('/api/v1/visits', { token: kiosk, body: { code } });
    expect([refused.status, refused.json.code]).toEqual([409, 'hub-fenced']);
    const resident = { unitName: '9Y', name: 'Told to the fenced hub', language: 'en' };
    const changed = await old.ask('/api/v1/residents', { token, body: resident });
    expect(changed.json.code).toBe('hub-fenced');
    await expect(agentOf(old, old.made)).rejects.toThrow('Bad username or password');
    await expect(connectedTo(old.mqttsPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const agent = await agentOf(next, old.made);
    agent.end(true);
    expect(await isOnline(next, 'yard')).toBe(true);
  });

  it('is not put back from a backup of before, unless somebody insists: the cloud is asked first', async () => {
    const said: string[] = [];
    const putBack = async (isBehindAccepted: boolean) => {
      const box = await mkdtemp(join(tmpdir(), 'lockerhub-box-'));
      try {
        const onProgress = (what: string) => void said.push(what);
        const given = { recoveryKey: async () => recoveryKey, above: 0, isBehindAccepted, onProgress };
        const shared = { clock: systemClock, random: systemRandom };
        return await restoreBackup({ file: backup, dataFolder: box, ...given, ...shared });
      } finally {
        await rm(box, { recursive: true });
      }
    };
    await expect(putBack(false)).rejects.toMatchObject({
      code: 'backup-behind',
      message: expect.stringContaining(`hub replace --cloud ${world.url}`),
    });
    // The backup's own number is 1; the cloud has heard of 2.
    expect(await putBack(true)).toMatchObject({ number: 3, reason: 'restored' });
    const bytes = readFileSync(backup);
    const end = bytes.indexOf('\n');
    const header = bytes.subarray(0, end).toString().replace(world.url, 'http://127.0.0.1:9');
    writeFileSync(backup, Buffer.concat([Buffer.from(header), bytes.subarray(end)]));
    expect(await putBack(false)).toMatchObject({ number: 2 });
    expect(said.at(-3)).toMatch(/was not asked .*--above/);
  });

  it('is outvoted by the old one only under an epoch that is higher than its own', async () => {
    old = await old.restart(() => {
      const again = {
        dataFolder: old.folder,
        recoveryKey,
        above: 0,
        clock: systemClock,
        random: systemRandom,
      };
      expect(restoreHub(again)).toMatchObject({ number: 3 });
    });
    const token = await old.signIn('manager');
    expect((await old.ask('/api/v1/building', { token })).json).toMatchObject({ epoch: 3, fencedBy: null });
    (await agentOf(old, old.made)).end(true);
  });
});

/** As if the cloud were gone: its address leads nowhere (port 9, discard). */
function cutOff(folder: string): void {
  const path = join(folder, 'cloud.json');
  const account = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...account, url: 'http://127.0.0.1:9' }));
}

/** The agent of the bank `hall`, by the password that it was given first. */
function agentOf(rig: HubRig | undefined, made: HubRig['made']) {
  const password = made?.banks.find(({ bank }) => bank === 'hall')?.password ?? '';
  const url = `mqtt://127.0.0.1:${rig?.mqttPort}`;
  return connectAsync(url, { username: 'hall', password, reconnectPeriod: 0 });
}

function connectedTo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
