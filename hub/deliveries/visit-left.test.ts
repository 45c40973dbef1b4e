/** What a courier takes back, and what becomes of the visit that they leave. */
import { describe, expect, it } from 'vitest';
import { PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { courier } from '../../sim/testing/courier-visit.ts';
import { refusal } from '../../sim/testing/refusal.ts';

const { single } = PEOPLE;
const terminal = TERMINALS.a;

/** A courier who has put a parcel in and said so. */
async function placed() {
  const at = await courier();
  await at.add();
  const open = at.rig.takeOpen();
  await at.rig.opens(open);
  await at.rig.closes(open);
  await at.confirm(open.delivery);
  return { ...at, open };
}

describe('taking back', () => {
  it('opens the door again within the undo time and asks again', async () => {
    const { rig, act, confirm, end, open } = await placed();
    await act('undo', open.delivery);
    const again = rig.takeOpen();
    expect(again).toMatchObject({ purpose: 'reopen', compartment: open.compartment });
    await rig.opens(again);
    await rig.closes(again);
    await confirm(again.delivery, false);
    expect(rig.entries('delivery.withdrawn')).toMatchObject([{ delivery: open.delivery }]);
    await end();
    await rig.tell();
    expect(rig.entries('message.queued')).toEqual([]);
  });

  it('is too late after the undo time', async () => {
    const { rig, act, stop, visit, open } = await placed();
    await rig.clock.advance(40_000);
    await rig.do({ type: 'stay', terminal, visit });
    await rig.clock.advance(20_000);
    expect(stop()).toMatchObject({ canUndo: false });
    expect(await refusal(act('undo', open.delivery))).toBe('not-now');
  });

  it.each(['waiting', 'ending'])('that gets no answer (%s) keeps the parcel, with a case', async (how) => {
    const { rig, act, end, open } = await placed();
    await act('undo', open.delivery);
    const again = rig.takeOpen();
    await rig.opens(again);
    await rig.closes(again);
    if (how === 'ending') await end();
    else await rig.clock.advance(15_000);
    expect(rig.entries('case.opened')).toMatchObject([
      { kind: 'unconfirmed-deposit', delivery: open.delivery },
    ]);
    expect(rig.building.model.deliveries.get(open.delivery ?? '')).toMatchObject({ state: 'deposited' });
  });
});

describe('an abandoned visit', () => {
  it('withdraws what was never opened', async () => {
    const { rig, add, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await end();
    expect(rig.entries('delivery.withdrawn')).toEqual([]);
    await rig.do({ type: 'open-refused', bank: 'a', grant: open.grant, reason: 'expired' });
    expect(rig.entries('delivery.withdrawn')).toEqual([{ delivery: open.delivery, reason: 'abandoned' }]);
  });

  it('forgets no delivery while a door that it left has not answered', async () => {
    const { rig, add, otherDoor, end } = await courier();
    await add();
    const lost = rig.takeOpen();
    await rig.clock.advance(17_000);
    rig.effects.length = 0;
    await otherDoor(lost.delivery, 'jammed');
    const second = rig.takeOpen();
    await rig.do({ type: 'open-refused', bank: 'a', grant: second.grant, reason: 'busy' });
    await end();
    expect(rig.entries('delivery.withdrawn')).toEqual([]);
    await rig.do({ type: 'open-refused', bank: 'a', grant: lost.grant, reason: 'expired' });
    expect(rig.entries('delivery.withdrawn')).toMatchObject([{ delivery: lost.delivery }]);
  });

  it('keeps what was closed in, unconfirmed, and tells the resident', async () => {
    const { rig, add, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await end();
    expect(rig.entries('delivery.deposited')).toMatchObject([{ confirmation: 'unconfirmed' }]);
    await rig.tell();
    expect(rig.entries('message.queued')).toMatchObject([{ resident: single.resident }]);
  });

  it('makes a case of an open door, and resolves it when it closes', async () => {
    const { rig, add, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await end();
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'left-open', compartment: 1 }]);
    await rig.closes(open);
    expect(rig.entries('delivery.deposited')).toMatchObject([{ confirmation: 'unconfirmed' }]);
    expect(rig.entries('case.closed')).toHaveLength(1);
  });

  it.each([
    ['settled', 'delivery.withdrawn'],
    ['closed', 'delivery.deposited'],
  ] as const)('makes a case of an unknown opening, resolved when the bank says %s', async (kind, entry) => {
    const { rig, add, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.report('a', 1, 'unknown', open.grant);
    await end();
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'unfinished-drop-off' }]);
    await rig.report('a', 1, kind, open.grant);
    expect(rig.entries(entry)).toMatchObject([{ delivery: open.delivery }]);
    expect(rig.entries('case.closed')).toHaveLength(1);
  });

  it('ends by itself when nobody does anything, and the door is not open', async () => {
    const { rig, add, visit } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.clock.advance(90_000);
    expect(rig.building.visit(visit)).toMatchObject({ state: 'open', endsInMs: null });
    expect(rig.building.visit(visit)?.stops[0]).toMatchObject({ openTooLong: true });
    await rig.closes(open);
    await rig.clock.advance(60_000);
    expect(rig.building.visit(visit)).toMatchObject({ state: 'ended', endReason: 'timeout' });
  });
});
