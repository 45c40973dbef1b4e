/** Which compartment a parcel gets, and for whom it may be. */
import { describe, expect, it } from 'vitest';
import { PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { courier } from '../../sim/testing/courier-visit.ts';
import { refusal } from '../../sim/testing/refusal.ts';

const { single, mateA, mateB } = PEOPLE;

describe('a place', () => {
  it('is the smallest that fits, near before far, and one size up when there is none', async () => {
    const { rig, add, confirm } = await courier();
    const given: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      await add();
      const open = rig.takeOpen();
      given.push(`${open.bank}/${open.compartment}`);
      await rig.opens(open);
      await rig.closes(open);
      await confirm(open.delivery);
    }
    expect(given).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
  });

  it('is never one that is open, unavailable, unknown, retired, or not seen in this session', async () => {
    const { rig, add } = await courier();
    await rig.seen('a', 1, 'open');
    await rig.seen('a', 2, 'unavailable');
    await rig.seen('a', 3, 'unknown');
    const because = { staff: PEOPLE.staff, bank: 'a', reason: 'a broken hinge' };
    await rig.do({ type: 'retire', compartment: 4, ...because });
    await rig.do({ type: 'bank-online', bank: 'b', session: 9 });
    await add();
    expect(rig.takeOpen()).toMatchObject({ bank: 'a', compartment: 5 });
  });

  it('has no sensor only where the whole bank has none', async () => {
    const { rig, add } = await courier({ at: TERMINALS.blind });
    await add();
    expect(rig.takeOpen()).toMatchObject({ bank: 'blind', compartment: 1 });
    await rig.do({
      type: 'door-seen',
      bank: 'blind',
      session: 1,
      compartment: 1,
      door: 'closed',
      sensed: true,
    });
    const other = await courier({ at: TERMINALS.blind });
    const { session } = other.rig.sessions.get('blind') ?? { session: 0 };
    const seen = { type: 'door-seen', bank: 'blind', session, door: 'open', sensed: true } as const;
    await other.rig.do({ ...seen, compartment: 1 });
    await other.add();
    expect(other.rig.takeOpen().bank).not.toBe('blind');
  });

  it('is refused by name when there is none, when no bank answers, and when the disk is low', async () => {
    const { rig, add, end } = await courier({ policy: { desk: false } });
    rig.diskState = 'low';
    expect(await refusal(add())).toBe('disk-low');
    rig.diskState = 'ok';
    for (const n of [6]) await rig.seen('a', n, 'open');
    expect(await refusal(add(single, 'XL'))).toBe('no-place');
    for (const bank of ['a', 'b', 'blind']) {
      await rig.do({ type: 'bank-offline', bank, session: 1, reason: 'unplugged' });
    }
    expect(await refusal(add())).toBe('bank-away');
    expect(rig.takeOpens()).toEqual([]);
    await end();
    expect(await refusal(add())).toBe('visit-ended');
  });
});

describe('a recipient', () => {
  it('must be chosen where strangers share a unit, and must exist', async () => {
    const { rig, add } = await courier();
    expect(await refusal(add({ unit: mateA.unit }))).toBe('recipient-unknown');
    expect(await refusal(add({ unit: mateA.unit, resident: single.resident }))).toBe('recipient-unknown');
    expect(await refusal(add({ unit: single.resident }))).toBe('recipient-unknown');
    await add({ unit: mateA.unit, resident: mateB.resident });
    expect(rig.entries('delivery.assigned')).toMatchObject([{ household: mateB.household }]);
  });
});
