import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, type RigOptions, TERMINALS } from '../../sim/testing/building-rig.ts';
import { Refusal } from './refusal.ts';

const { single, pair, mateA, mateB, empty } = PEOPLE;
const terminal = TERMINALS.a;

async function courier(options: RigOptions & { at?: string } = {}) {
  const rig = await BuildingRig.start(options);
  await rig.allOnline();
  const at = options.at ?? terminal;
  const { visit } = await rig.do({ type: 'start-visit', terminal: at, code: await rig.courierCode() });
  const add = (to: { unit: string; resident?: string | null } = single, size: 'S' | 'M' | 'L' | 'XL' = 'S') =>
    rig.do({
      type: 'add-parcel',
      terminal: at,
      visit,
      unit: to.unit,
      resident: to.resident ?? null,
      size,
      tracking: null,
    });
  const act = (type: 'undo' | 'open-again' | 'closed-by-hand' | 'did-not-open', delivery: string | null) =>
    rig.do({ type, terminal: at, visit, delivery: delivery ?? '' });
  const confirm = (delivery: string | null, inside = true) =>
    rig.do({ type: 'confirm', terminal: at, visit, delivery: delivery ?? '', inside });
  const otherDoor = (delivery: string | null, reason: 'jammed' | 'wrong-size' | 'occupied' | 'dirty') =>
    rig.do({ type: 'other-door', terminal: at, visit, delivery: delivery ?? '', reason });
  const end = () => rig.do({ type: 'end-visit', terminal: at, visit });
  const stop = (index = 0) => rig.building.visit(visit)?.stops[index];
  return { rig, visit, add, act, confirm, otherDoor, end, stop };
}

/** Where the next parcel of another courier, who stands at no bank, would go. */
async function nextPlace(rig: BuildingRig): Promise<string> {
  rig.effects.length = 0;
  const code = await rig.courierCode(PEOPLE.otherCourier);
  const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.lobby, code });
  const to = { unit: pair.unit, resident: null, size: 'S', tracking: null } as const;
  await rig.do({ type: 'add-parcel', terminal: TERMINALS.lobby, visit, ...to });
  const { bank, compartment } = rig.takeOpen();
  return `${bank}/${compartment}`;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Refusal ? error.code : `no refusal: ${String(error)}`;
}

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

describe('taking back', () => {
  it('opens the door again within the undo time and asks again', async () => {
    const { rig, add, act, confirm, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await confirm(open.delivery);
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
    const { rig, add, act, confirm, stop, visit } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await confirm(open.delivery);
    await rig.clock.advance(40_000);
    await rig.do({ type: 'stay', terminal, visit });
    await rig.clock.advance(20_000);
    expect(stop()).toMatchObject({ canUndo: false });
    expect(await refusal(act('undo', open.delivery))).toBe('not-now');
  });

  it.each(['waiting', 'ending'])('that gets no answer (%s) keeps the parcel, with a case', async (how) => {
    const { rig, add, act, confirm, end } = await courier();
    await add();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    await confirm(open.delivery);
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
