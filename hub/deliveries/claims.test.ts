/** Who comes to the desk for a parcel of which nobody can be told. */
import { describe, expect, it } from 'vitest';
import { PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { code, house, MAIL, MOVED_OUT, VACANT } from '../../sim/testing/untold-house.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';

const { single, pair, mateA, mateB, staff } = PEOPLE;
const [one, other] = pair.residents as [string, string];
const terminal = TERMINALS.a;

describe('a claim at the desk', () => {
  it('binds somebody new, who is told at once, and of later parcels too', async () => {
    const { rig, bring, slip, claim, come, kinds } = await house();
    const delivery = await bring(single);
    const { slip: id } = await slip(delivery);
    const { resident, code: typed } = await claim(delivery);
    expect(rig.entries('message.queued').at(-1)).toMatchObject({ resident, deliveries: [delivery] });
    expect(rig.entries('resident.bound')).toMatchObject([{ resident, slip: id, how: 'id', isNew: true }]);
    expect(rig.payloads().find(({ type }) => type === 'resident.bound')?.by).toEqual({
      kind: 'staff',
      id: staff,
    });
    expect(kinds()).toEqual([]);
    const later = await bring(single);
    expect(rig.entries('message.queued').at(-1)).toMatchObject({ resident, deliveries: [later] });
    expect(kinds(), 'somebody can be told now').toEqual([]);
    const named = await bring({ unit: single.unit, resident: single.resident });
    expect(rig.entries('message.queued').at(-1)).toMatchObject({ resident, deliveries: [named] });
    const theirs = (await come(typed)).stops.map((stop) => stop.delivery);
    expect(theirs.toSorted()).toEqual([delivery, later, named].toSorted());
  });

  it('may show that they are somebody of the list', async () => {
    const { rig, bring, claim } = await house();
    rig.onlyMe.add(single.resident);
    const delivery = await bring({ unit: single.unit, resident: single.resident });
    expect(await code(claim(delivery)), 'theirs alone').toBe('recipient-unknown');
    const { resident } = await claim(delivery, { resident: single.resident, row: null }, 'known');
    expect(resident).toBe(single.resident);
    expect(rig.entries('resident.bound')).toMatchObject([{ how: 'known', isNew: false, slip: null }]);
    expect(rig.disk.rows.get('residents')?.size ?? 0).toBe(0);
  });

  it('tells somebody of the list by the contact that they have just said', async () => {
    const { rig, bring, claim } = await house();
    const delivery = await bring(single);
    const row = {
      ...NOTHING_SET,
      ...{ id: single.resident, household: single.household, name: 'Ana', language: 'en' },
      ...{ email: null, contacts: [MAIL] },
    };
    await claim(delivery, { resident: single.resident, row });
    expect(rig.disk.rows.get('residents')?.get(single.resident)).toEqual(row);
    const told = { kind: 'parcels-arrived', resident: single.resident, deliveries: [delivery] };
    expect(rig.entries('message.queued').at(-1)).toMatchObject(told);
    expect(rig.roster.residentsOf(single.household)).toEqual([single.resident]);
  });

  it('is never for a stranger of the unit, nor for somebody of another one', async () => {
    const { bring, claim } = await house([mateA.resident]);
    const delivery = await bring({ unit: mateA.unit, resident: mateA.resident });
    expect(await code(claim(delivery)), 'whose household?').toBe('recipient-unknown');
    expect(await code(claim(delivery, { resident: mateB.resident, row: null }))).toBe('recipient-unknown');
    expect(await code(claim(delivery, { resident: single.resident, row: null }))).toBe('recipient-unknown');
    expect(await code(claim(delivery, { resident: mateA.resident, row: null }))).toBe('no refusal');
  });

  it('is never for somebody who moved out of the household', async () => {
    const { bring, claim } = await house([one, other]);
    const delivery = await bring({ unit: pair.unit, resident: other });
    MOVED_OUT.add(one);
    expect(await code(claim(delivery, { resident: one, row: null }))).toBe('recipient-unknown');
    MOVED_OUT.clear();
    expect(await code(claim(delivery, { resident: one, row: null }))).toBe('no refusal');
  });

  it('leaves the case to what else waits for the unit when the desk hands one out unclaimed', async () => {
    const { rig, kinds, bring } = await house();
    const inLocker = await bring(single);
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const parcel = { unit: single.unit, resident: null, size: 'S', oversize: true, tracking: null } as const;
    const { stops } = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const delivery = stops.at(-1)?.delivery ?? '';
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.do({ type: 'withdraw', staff, delivery: inLocker });
    expect(kinds(), 'the desk has not got it yet').toEqual(['desk-hand-over']);
    await rig.do({ type: 'desk-received', staff, delivery });
    await rig.tell();
    const next = await bring(single);
    expect(kinds()).toEqual(['nobody-told']);
    await rig.do({ type: 'handed-out', staff, delivery });
    expect([...rig.building.model.cases.values()].map((open) => [open.kind, open.delivery])).toEqual([
      ['nobody-told', next],
    ]);
  });

  it('settles the first one of a unit in which nobody lives', async () => {
    const { rig, bringVacant, slip, come, claim, kinds } = await house();
    const first = await bringVacant();
    const second = await bringVacant();
    const { code: typed } = await slip(first);
    const { stops } = await come(typed);
    expect(stops.map(({ delivery, atDesk }) => [delivery, atDesk])).toEqual([
      [first, true],
      [second, true],
    ]);
    expect(kinds()).toEqual([]);
    expect(rig.entries('delivery.matched').map(({ unit }) => unit)).toEqual([VACANT, VACANT]);
    expect(await code(claim(first))).toBe('already-told');
    await rig.do({ type: 'handed-out', staff, delivery: first });
  });
});
