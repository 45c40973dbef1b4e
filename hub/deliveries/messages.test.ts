/** Whom a drop-off tells, and how often. */
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE } from '../../sim/testing/building-rig.ts';
import { courier } from '../../sim/testing/courier-visit.ts';

const { single, pair, empty } = PEOPLE;

describe('messages', () => {
  it('are one per resident and visit, for the person named, else for the household', async () => {
    const { rig, add, confirm, end } = await courier();
    for (const to of [
      { unit: pair.unit },
      { unit: pair.unit, resident: pair.residents[0] ?? null },
      single,
    ]) {
      await add(to);
      const open = rig.takeOpen();
      await rig.opens(open);
      await rig.closes(open);
      await confirm(open.delivery);
    }
    await rig.clock.advance(59_000);
    await end();
    expect(rig.entries('message.queued')).toEqual([]);
    await rig.tell();
    const told = rig.entries('message.queued');
    expect(told.map(({ resident, deliveries }) => [resident, deliveries.length]).sort()).toEqual(
      [
        [pair.residents[0], 2],
        [pair.residents[1], 1],
        [single.resident, 1],
      ].sort(),
    );
    expect(rig.effects.filter(({ type }) => type === 'send-message')).toHaveLength(3);
  });

  it('come once, also when the hub is killed before or after', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    await rig.dropOff(single);
    await rig.kill();
    await rig.boot();
    await rig.tell();
    expect(rig.entries('message.queued')).toHaveLength(1);
    await rig.kill();
    await rig.boot();
    const again = rig.effects.filter(({ type }) => type === 'send-message');
    expect(again).toHaveLength(1);
    const { message } = rig.entries('message.queued')[0] ?? { message: '' };
    await rig.do({ type: 'message-sent', message, channel: 'email' });
    await rig.kill();
    await rig.boot();
    await rig.tell();
    expect(rig.entries('message.queued')).toHaveLength(1);
    expect(rig.effects.filter(({ type }) => type === 'send-message')).toEqual([]);
  });

  it('that reach nobody become a case', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const delivery = await rig.dropOff({ unit: empty.unit, resident: null });
    await rig.tell();
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'message-undelivered', delivery }]);
  });
});
