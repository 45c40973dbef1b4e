import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { systemRandom } from '@lockerhub/protocol/time/random.ts';
import { type HubRig, smallPlan, startHubRig } from '@lockerhub/sim/testing/hub-rig.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRecoveryKey } from './recovery-key.ts';
import { restoreHub } from './restore.ts';

let rig: HubRig;
beforeAll(async () => {
  rig = await startHubRig(smallPlan());
});
afterAll(() => rig.end());

const restore = (recoveryKey: string, above = 0) =>
  restoreHub({
    ...{ dataFolder: rig.folder, recoveryKey, above },
    ...{ clock: systemClock, random: systemRandom },
  });

it('lets a hub speak again under a higher epoch, with its codes and with no door believed', async () => {
  const key = rig.made?.recoveryKey ?? '';
  const code = rig.made?.couriers[0]?.code;
  expect(() => restore(key)).toThrow(expect.objectContaining({ code: 'folder-locked' }));
  const before = rig.hub.epoch;
  rig = await rig.restart(async () => {
    expect(() => restore(newRecoveryKey(systemRandom))).toThrow(
      expect.objectContaining({ code: 'recovery-key-foreign' }),
    );
    // A copy that somebody made without the keys.
    await rm(join(rig.folder, 'keyring.json'));
    const epoch = restore(key.toLowerCase().replaceAll('-', ' '), 4);
    expect(epoch).toMatchObject({ number: 5, reason: 'restored' });
    expect(restore(key).number).toBe(6);
  });
  expect([before, rig.hub.epoch]).toEqual([1, 6]);
  const token = rig.made?.terminals[0]?.token ?? '';
  expect((await rig.ask('/api/v1/visits', { token, body: { code } })).json).toMatchObject({
    kind: 'courier',
  });
  const doors = rig.hub.building.doors('hall');
  expect(doors.length).toBeGreaterThan(0);
  expect(doors.every(({ unverified }) => unverified)).toBe(true);
  const entries = await rig.hub.store.query<{ type: string; epoch: number }>(
    `select payload::jsonb->>'type' as type, epoch from log where epoch = 6 order by seq limit 3`,
  );
  expect(entries.map(({ type }) => type)).toEqual(['epoch.began', 'bank.unverified', 'bank.unverified']);
});
