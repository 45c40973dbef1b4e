import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { refusal } from '../../sim/testing/refusal.ts';

const { single, staff } = PEOPLE;
const terminal = TERMINALS.a;

async function placed() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
  const to = { unit: single.unit, resident: null, size: 'S', tracking: 'TBA1' } as const;
  await rig.do({ type: 'add-parcel', terminal, visit, ...to });
  const open = rig.takeOpen();
  const step = () => rig.building.visit(visit)?.stops[0]?.step;
  return { rig, visit, open, step };
}

describe('a report', () => {
  it('is taken once and acknowledged each time it comes', async () => {
    const { rig, open } = await placed();
    const event = {
      type: 'bank-event',
      bank: 'a',
      session: 1,
      number: 1,
      kind: 'opened',
      compartment: 1,
      grant: open.grant,
      ageMs: 5,
      latencyMs: 40,
    } as const;
    await rig.do(event);
    await rig.do(event);
    expect(rig.entries('door.reported')).toHaveLength(1);
    expect(rig.entries('grant.ended')).toMatchObject([{ end: 'opened', latencyMs: 40 }]);
    const acknowledged = rig.effects.filter(({ type }) => type === 'acknowledge');
    expect(acknowledged).toEqual(Array(2).fill({ type: 'acknowledge', bank: 'a', session: 1, number: 1 }));
  });

  it('after a gap is neither taken nor acknowledged', async () => {
    const { rig, open } = await placed();
    await rig.report('a', 1, 'pulsed', open.grant);
    rig.effects.length = 0;
    const at = rig.sessions.get('a');
    if (at) at.number = 2;
    await rig.report('a', 1, 'opened', open.grant);
    expect(rig.entries('door.reported')).toHaveLength(1);
    expect(rig.effects.filter(({ type }) => type === 'acknowledge')).toEqual([]);
  });

  it('of a forced door makes one case', async () => {
    const { rig } = await placed();
    await rig.report('a', 5, 'forced', null);
    await rig.report('a', 5, 'forced', null);
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'forced', bank: 'a', compartment: 5 }]);
  });

  it('of another bank says nothing about a grant', async () => {
    const { rig, open, step } = await placed();
    await rig.report('b', 1, 'opened', open.grant);
    await rig.do({ type: 'open-refused', bank: 'b', grant: open.grant, reason: 'busy' });
    await rig.do({ type: 'grant-outcome', bank: 'b', grant: open.grant, outcome: 'burned', closed: false });
    expect(step()).toBe('opening');
  });
});

describe('a door', () => {
  it('that stays open is told to staff after two minutes, once, until it closes', async () => {
    const { rig, open } = await placed();
    await rig.opens(open);
    await rig.clock.advance(119_000);
    expect(rig.entries('case.opened')).toEqual([]);
    await rig.clock.advance(1_000);
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'left-open', compartment: 1 }]);
    await rig.clock.advance(600_000);
    expect(rig.entries('case.opened')).toHaveLength(1);
    await rig.seen('a', 1, 'closed');
    expect(rig.entries('case.closed')).toHaveLength(1);
  });

  it('is not believed from a session that is over', async () => {
    const { rig } = await placed();
    await rig.do({ type: 'bank-online', bank: 'a', session: 2 });
    await rig.do({ type: 'door-seen', bank: 'a', session: 1, compartment: 3, door: 'closed', sensed: true });
    expect(rig.building.doors('a')[2]).toMatchObject({ door: 'unseen' });
  });

  it('that closed while its bank was away counts as closed when it comes back', async () => {
    const { rig, open, step } = await placed();
    await rig.opens(open);
    await rig.do({ type: 'bank-offline', bank: 'a', session: 1, reason: 'unplugged' });
    await rig.online('a');
    expect(step()).toBe('confirm');
    expect(rig.entries('door.reported').at(-1)).toMatchObject({ kind: 'closed', number: 0 });
  });
});

describe('a bank', () => {
  it('that goes away is told at its doors, and comes back by itself', async () => {
    const { rig, open, step } = await placed();
    await rig.do({ type: 'bank-offline', bank: 'a', session: null, reason: 'the connection broke' });
    expect(step()).toBe('unknown');
    expect(rig.effects).toContainEqual(expect.objectContaining({ type: 'visit-changed' }));
    const asked = { staff, bank: 'a', compartment: 2, reason: 'to look' };
    expect(await refusal(rig.do({ type: 'staff-open', ...asked }))).toBe('bank-away');
    rig.effects.length = 0;
    await rig.online('a');
    expect(rig.effects).toContainEqual({ type: 'ask-outcomes', bank: 'a', session: 2, grants: [open.grant] });
    expect(rig.effects.filter(({ type }) => type === 'open')).toEqual([]);
  });

  it('is not marked away by the will of an older session', async () => {
    const { rig, step } = await placed();
    await rig.online('a');
    await rig.do({ type: 'bank-offline', bank: 'a', session: 1, reason: 'an old will' });
    expect(rig.entries('bank.offline')).toEqual([]);
    expect(step()).toBe('opening');
  });

  it.each([
    ['opened', true, 'confirm'],
    ['opened', false, 'open'],
    ['jammed', false, 'jammed'],
    ['refused', false, 'jammed'],
    ['burned', false, 'jammed'],
    ['unknown', false, 'unknown'],
    ['interrupted', false, 'unknown'],
    ['begun', false, 'opening'],
    ['pulsed', false, 'opening'],
  ] as const)('says %s (closed: %s) of a grant: the door stands at %s', async (outcome, closed, expected) => {
    const { rig, open, step } = await placed();
    await rig.do({ type: 'grant-outcome', bank: 'a', grant: open.grant, outcome, closed });
    expect(step()).toBe(expected);
  });

  it('that still says "begun" after a minute will never know', async () => {
    const { rig, open } = await placed();
    const begun = {
      type: 'grant-outcome',
      bank: 'a',
      grant: open.grant,
      outcome: 'begun',
      closed: false,
    } as const;
    await rig.clock.advance(59_000);
    await rig.do(begun);
    expect(rig.entries('grant.ended')).toEqual([]);
    await rig.clock.advance(1_000);
    await rig.do(begun);
    expect(rig.entries('grant.ended')).toMatchObject([{ end: 'unknown' }]);
  });

  it('is believed once about the end of a grant', async () => {
    const { rig, open, step } = await placed();
    await rig.opens(open);
    await rig.do({ type: 'grant-outcome', bank: 'a', grant: open.grant, outcome: 'jammed', closed: false });
    await rig.report('a', 1, 'jammed', open.grant);
    expect(rig.entries('grant.ended')).toHaveLength(1);
    expect(rig.entries('case.opened')).toEqual([]);
    expect(step()).toBe('open');
  });

  it('that got an open twice is asked what became of the first', async () => {
    const { rig, open, step } = await placed();
    rig.effects.length = 0;
    await rig.do({ type: 'open-refused', bank: 'a', grant: open.grant, reason: 'grant-known' });
    expect(rig.effects).toContainEqual({ type: 'ask-outcomes', bank: 'a', session: 1, grants: [open.grant] });
    expect(step()).toBe('opening');
  });
});

describe('a restart', () => {
  it('ends visits, opens nothing, and resolves a parcel by what the bank then says', async () => {
    const { rig, open } = await placed();
    await rig.kill();
    await rig.boot();
    expect(rig.entries('visit.ended')).toMatchObject([{ reason: 'restart' }]);
    await rig.online('a');
    expect(rig.takeOpens()).toEqual([]);
    expect(rig.entries('delivery.withdrawn')).toEqual([]);
    await rig.do({ type: 'grant-outcome', bank: 'a', grant: open.grant, outcome: 'opened', closed: true });
    expect(rig.entries('delivery.deposited')).toMatchObject([{ confirmation: 'unconfirmed' }]);
  });

  it('takes what was asked about as deposited', async () => {
    const { rig, open } = await placed();
    await rig.opens(open);
    await rig.closes(open);
    await rig.kill();
    await rig.boot();
    expect(rig.entries('delivery.deposited')).toMatchObject([{ confirmation: 'unconfirmed' }]);
  });
});

describe('staff', () => {
  it('open a door once at a time', async () => {
    const { rig } = await placed();
    const asked = { type: 'staff-open', staff, bank: 'a', compartment: 2, reason: 'to look inside' } as const;
    const { grant } = await rig.do(asked);
    expect(rig.takeOpen()).toMatchObject({ grant, purpose: 'staff', delivery: null });
    expect(await refusal(rig.do(asked))).toBe('door-in-use');
    await rig.report('a', 2, 'opened', grant);
    await rig.do(asked);
    expect(await refusal(rig.do({ ...asked, compartment: 99 }))).toBe('compartment-unknown');
  });

  it('withdraw a delivery once its door has answered, and its residents are told', async () => {
    const { rig, open } = await placed();
    const delivery = open.delivery ?? '';
    expect(await refusal(rig.do({ type: 'withdraw', staff, delivery }))).toBe('not-now');
    await rig.opens(open);
    await rig.closes(open);
    await rig.clock.advance(200_000);
    await rig.do({ type: 'withdraw', staff, delivery });
    expect(rig.entries('message.queued').map(({ kind }) => kind)).toEqual([
      'parcels-arrived',
      'parcel-withdrawn',
    ]);
    expect(await refusal(rig.do({ type: 'withdraw', staff, delivery }))).toBe('delivery-unknown');
  });

  it('retire a compartment and put it back', async () => {
    const { rig } = await placed();
    const door = { staff, bank: 'a', compartment: 2, reason: 'a broken hinge' };
    await rig.do({ type: 'retire', ...door });
    expect(rig.building.doors('a')[1]).toMatchObject({ inService: false });
    await rig.do({ type: 'return', ...door });
    expect(rig.building.doors('a')[1]).toMatchObject({ inService: true });
  });

  it('close an unfinished drop-off as a parcel that is in', async () => {
    const { rig, open, visit } = await placed();
    await rig.report('a', 1, 'unknown', open.grant);
    await rig.do({ type: 'end-visit', terminal, visit });
    const [unfinished] = rig.entries('case.opened');
    await rig.do({ type: 'close-case', staff, case: unfinished?.case ?? '', resolution: 'it lies inside' });
    expect(rig.entries('delivery.deposited')).toMatchObject([{ delivery: open.delivery }]);
    const again = { type: 'close-case', staff, case: unfinished?.case ?? '', resolution: 'twice' } as const;
    expect(await refusal(rig.do(again))).toBe('case-unknown');
  });

  it('give codes and take them away', async () => {
    const { rig } = await placed();
    const code = rig.building.codeOf(PEOPLE.courier);
    await rig.do({ type: 'revoke-code', staff, holder: PEOPLE.courier });
    expect(rig.building.codeOf(PEOPLE.courier)).toBeUndefined();
    const start = { type: 'start-visit', terminal: TERMINALS.b, code: code ?? '' } as const;
    expect(await refusal(rig.do(start))).toBe('code-revoked');
    const next = await rig.do({ type: 'issue-code', staff, holder: PEOPLE.courier });
    expect(next.code).not.toBe(code);
    expect(await refusal(rig.do({ type: 'issue-code', staff, holder: staff }))).toBe('holder-unknown');
    expect(await refusal(rig.do({ type: 'revoke-code', staff, holder: staff }))).toBe('holder-unknown');
  });
});
