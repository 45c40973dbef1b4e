/** Another box takes a building over from a real cloud, cut short at every step; the old hub comes back and is fenced. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { disagreements } from '@lockerhub/sim/testing/agreement.ts';
import { CloudWorld } from '@lockerhub/sim/testing/cloud-world.ts';
import { type HubRig, smallPlan, startHubIn, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceHub } from './replace-hub.ts';

const WITHIN_MS = 60_000;

describe('a hub that replaces another', () => {
  let world: CloudWorld;
  let old: HubRig;
  let next: HubRig | undefined;
  let building: string;
  let folder: string;
  let code: string;
  let recoveryKey: string;

  beforeAll(async () => {
    world = await CloudWorld.start();
    old = await startHubRig(smallPlan());
    building = await world.rig.building();
    recoveryKey = old.made?.recoveryKey ?? '';
    const token = await old.signIn('manager');
    const body = { url: world.url, code: await world.rig.code(building) };
    expect((await old.ask('/api/v1/sync/join', { token, body })).status).toBe(204);
    await settled(old);
    folder = await mkdtemp(join(tmpdir(), 'lockerhub-replace-'));
    code = await world.rig.code(building, 'replace');
  });
  afterAll(async () => {
    await next?.end();
    await old.end();
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
    expect(await replace()).toMatchObject({ number: 2, reason: 'replaced' });
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
    const body = { unitName: '8X', name: 'Told to the old hub', language: 'en' };
    await old.ask('/api/v1/residents', { token, body });
    const state = async () => (await old.ask('/api/v1/sync', { token })).json.state;
    await waitFor(async () => (await state()) === 'fenced', WITHIN_MS, 'the old hub to be fenced');
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
});
