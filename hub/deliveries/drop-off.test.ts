import { describe, expect, it } from 'vitest';
import { TERMINALS } from '../../sim/testing/building-rig.ts';
import { courier, nextPlace } from '../../sim/testing/courier-visit.ts';
import { refusal } from '../../sim/testing/refusal.ts';

describe('a drop-off', () => {
  it('that nobody confirms counts as deposited, unconfirmed', async () => {
    const { rig, add, stop } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await rig.clock.advance(14_999);
    expect(stop()).toMatchObject({ step: 'confirm', answerInMs: 1 });
    await rig.clock.advance(1);
    expect(rig.entries('delivery.deposited')).toEqual([
      { delivery: open.delivery, confirmation: 'unconfirmed' },
    ]);
    expect(stop()).toMatchObject({ step: 'done' });
  });

  it('whose door was closed with nothing put in is off by the courier’s "no": the door is free, and nobody is told', async () => {
    const { rig, add, confirm, end, stop } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(stop()).toMatchObject({ step: 'confirm' });
    await confirm(open.delivery, false);
    expect(rig.entries('delivery.withdrawn')).toMatchObject([
      { delivery: open.delivery, reason: 'not-inside' },
    ]);
    expect(stop()).toMatchObject({ step: 'withdrawn', takenBack: 'not-inside' });
    await end();
    await rig.tell();
    expect([rig.entries('message.queued'), rig.entries('case.opened')]).toEqual([[], []]);
    expect(rig.building.doors('a').find(({ number }) => number === open.compartment)?.holds).toEqual([]);
    expect(await nextPlace(rig)).toBe(`a/${open.compartment}`);
  });

  it('moves to a larger door for a parcel that does not fit', async () => {
    const { rig, add, otherDoor, confirm } = await courier();
    await add();
    const first = rig.takeOpen();
    await rig.opens(first);
    await otherDoor(first.delivery, 'wrong-size');
    const second = rig.takeOpen();
    expect(second).toMatchObject({ bank: 'a', compartment: 3, delivery: first.delivery });
    await rig.closes(first);
    expect(rig.entries('delivery.deposited')).toEqual([]);
    await rig.opens(second);
    await rig.closes(second);
    await confirm(second.delivery);
    expect(rig.building.doors('a')[2]?.holds).toMatchObject([
      { delivery: first.delivery, state: 'deposited' },
    ]);
  });

  it('at a jammed door gets another, and staff get a case that keeps the first one out of use', async () => {
    const { rig, add, otherDoor, stop } = await courier();
    await add();
    const first = rig.takeOpen();
    await rig.report('a', 1, 'jammed', first.grant);
    await rig.seen('a', 1, 'closed');
    expect(stop()).toMatchObject({ step: 'jammed', canOpen: true, canOtherDoor: true, canUndo: true });
    await otherDoor(first.delivery, 'jammed');
    expect(rig.takeOpen()).toMatchObject({ compartment: 2 });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'jammed', bank: 'a', compartment: 1 }]);
    expect(await nextPlace(rig)).toBe('b/1');
  });

  it('into a door that is found occupied or dirty keeps it out of use', async () => {
    const { rig, add, otherDoor } = await courier();
    await add();
    const first = rig.takeOpen();
    await rig.opens(first);
    await otherDoor(first.delivery, 'occupied');
    expect(rig.entries('case.opened')).toMatchObject([
      { kind: 'record-disagrees', bank: 'a', compartment: 1 },
    ]);
  });

  it('whose open got lost is offered another door after 17 s, and the agent is asked', async () => {
    const { rig, add, otherDoor, stop } = await courier();
    await add();
    const lost = rig.takeOpen();
    expect(await refusal(otherDoor(lost.delivery, 'jammed'))).toBe('not-now');
    await rig.clock.advance(17_000);
    expect(rig.effects).toContainEqual({ type: 'ask-outcomes', bank: 'a', session: 1, grants: [lost.grant] });
    expect(stop()).toMatchObject({ step: 'unknown', canOtherDoor: true, canOpen: false });
    rig.effects.length = 0;
    await otherDoor(lost.delivery, 'jammed');
    expect(rig.takeOpen()).toMatchObject({ compartment: 2 });
    expect(await nextPlace(rig)).toBe('b/1');
    const burned = {
      type: 'grant-outcome',
      bank: 'a',
      grant: lost.grant,
      outcome: 'burned',
      closed: false,
    } as const;
    await rig.do(burned);
    expect(rig.entries('grant.ended')).toMatchObject([{ grant: lost.grant, end: 'burned' }]);
  });

  it('can be opened once more before it is confirmed', async () => {
    const { rig, add, act, confirm } = await courier();
    await add();
    const first = rig.takeOpen();
    await rig.opens(first);
    await rig.closes(first);
    await act('open-again', first.delivery);
    const second = rig.takeOpen();
    await rig.report('a', second.compartment, 'pulsed', second.grant);
    await rig.clock.advance(15_000);
    expect(rig.entries('delivery.deposited')).toEqual([]);
    await rig.opens(second);
    await rig.closes(second);
    await confirm(second.delivery);
    expect(rig.entries('delivery.deposited')).toHaveLength(1);
  });

  it('at a door without a sensor is attested by the courier', async () => {
    const { rig, add, act, confirm, stop } = await courier({ at: TERMINALS.blind });
    await add();
    const open = rig.takeOpen();
    await rig.report('blind', 1, 'pulsed', open.grant);
    expect(stop()).toMatchObject({ step: 'attest', sensed: false });
    await act('closed-by-hand', open.delivery);
    expect(stop()).toMatchObject({ step: 'confirm' });
    await confirm(open.delivery);
    expect(rig.entries('delivery.deposited')).toEqual([
      { delivery: open.delivery, confirmation: 'attested' },
    ]);
  });
});

describe('a door without a sensor that did not open, as its courier says', () => {
  it('is looked at by staff, and the parcel goes through another one', async () => {
    const { rig, visit, add, act, stop } = await courier({ at: TERMINALS.blind });
    await add();
    const open = rig.takeOpen();
    const delivery = open.delivery ?? '';
    await rig.report('blind', 1, 'pulsed', open.grant);
    await act('did-not-open', delivery);
    expect(stop()).toMatchObject({ step: 'jammed', canOpen: true, canOtherDoor: true });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'jammed', compartment: 1 }]);
    await rig.do({ type: 'other-door', terminal: TERMINALS.blind, visit, delivery, reason: 'jammed' });
    expect(rig.takeOpen().compartment).not.toBe(1);
  });
});
