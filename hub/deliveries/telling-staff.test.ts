/** When managers are told by mail, and when they are not: a real building on a disk of its own. */
import { expect, it } from 'vitest';
import { BuildingRig, PEOPLE } from '../../sim/testing/building-rig.ts';
import { MAX_MANAGERS_TOLD } from './telling-staff.ts';

const [ANA, BO] = [PEOPLE.courier, PEOPLE.otherCourier];
const UPDATE = PEOPLE.carrier;
const FAILED = { type: 'backup-failed', reason: 'no-room' } as const;
const endOf = (outcome: 'kept' | 'not-kept' | 'called-off') =>
  ({
    type: 'update-ended',
    by: { kind: 'hub' },
    ended: { update: UPDATE, release: '0.2.0-b', outcome, code: outcome === 'not-kept' ? 'unhealthy' : null },
  }) as const;

async function started(...managers: readonly string[]): Promise<BuildingRig> {
  const rig = await BuildingRig.start();
  rig.managersTold = managers;
  return rig;
}
const waiting = (rig: BuildingRig) =>
  [...rig.building.model.notices.values()].map(({ kind, staff, code }) => [kind, staff, code]);
const first = (rig: BuildingRig) => [...rig.building.model.notices.values()][0]?.id ?? '';

it('tells each manager once for as long as backups fail, over a restart too', async () => {
  const rig = await started(ANA, BO);
  await rig.do(FAILED);
  await rig.do(FAILED);
  const both = [
    ['backup-failing', ANA, 'no-room'],
    ['backup-failing', BO, 'no-room'],
  ];
  expect(waiting(rig)).toEqual(both);
  expect(rig.effects.filter(({ type }) => type === 'send-message')).toHaveLength(2);
  await rig.kill();
  await rig.boot();
  expect(waiting(rig)).toEqual(both);
  await rig.do({ type: 'message-sent', message: first(rig), channel: 'email' });
  await rig.do(FAILED);
  expect(waiting(rig)).toEqual([['backup-failing', BO, 'no-room']]);
  await rig.do({ type: 'message-sent', message: first(rig), channel: 'email' });
  await rig.do({ type: 'backup-made' });
  await rig.do(FAILED);
  expect(waiting(rig)).toEqual(both);
});

it('tells of an update that was not kept, and of no other end', async () => {
  const rig = await started(ANA);
  await rig.do(endOf('kept'));
  await rig.do(endOf('called-off'));
  expect(waiting(rig)).toEqual([]);
  await rig.do(endOf('not-kept'));
  expect(waiting(rig)).toEqual([['update-put-back', ANA, 'unhealthy']]);
  // Said again, as after a kill: what waits is not doubled.
  await rig.do(endOf('not-kept'));
  expect(waiting(rig)).toHaveLength(1);
});

it('ends as the notifier says, and is not asked for again', async () => {
  const rig = await started(ANA);
  await rig.do(endOf('not-kept'));
  const message = first(rig);
  const refused = { type: 'message-failed', message, channel: 'email', attempt: 1, reason: 'busy' } as const;
  await rig.do({ ...refused, final: false });
  expect(waiting(rig)).toHaveLength(1);
  await rig.do({ ...refused, final: true });
  expect(waiting(rig)).toEqual([]);
  const before = rig.disk.entries.length;
  await rig.do({ type: 'message-sent', message, channel: 'email' });
  await rig.do({ type: 'message-void', message });
  expect(rig.disk.entries.length).toBe(before);
  expect(rig.disk.entries.at(-1)?.payload).toContain('"outcome":"failed","reason":"busy"');
});

it('knows no time that was not to be trusted', async () => {
  const rig = await started(ANA);
  const times = () => [...rig.building.model.notices.values()].map(({ atMs }) => atMs);
  await rig.do(FAILED);
  expect(times()).toEqual([rig.clock.wallMs()]);
  rig.clockTrust = 'untrusted';
  await rig.do(endOf('not-kept'));
  expect(times()).toEqual([rig.clock.wallMs(), null]);
});

it('tells nobody where another hub speaks, and no more than so many', async () => {
  const many = Array.from({ length: MAX_MANAGERS_TOLD + 1 }, (_, at) =>
    ANA.replace(/.{4}$/, String(1000 + at)),
  );
  const rig = await started(...many);
  rig.fencedBy = 2;
  await rig.do(FAILED);
  expect(waiting(rig)).toEqual([]);
  rig.fencedBy = null;
  await rig.do(endOf('not-kept'));
  expect(waiting(rig)).toHaveLength(MAX_MANAGERS_TOLD);
});
