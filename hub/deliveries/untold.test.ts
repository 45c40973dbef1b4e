/** Units of which nobody can be told: the case, and how it ends. */
import { describe, expect, it } from 'vitest';
import { PEOPLE } from '../../sim/testing/building-rig.ts';
import { code, house, movesIn } from '../../sim/testing/untold-house.ts';
import { LOOK_AGAIN_MS } from './reminding.ts';

const { single, pair, staff } = PEOPLE;
const [one, other] = pair.residents as [string, string];

describe('a parcel of which nobody can be told', () => {
  it('calls a person once a unit, and no more once somebody was told', async () => {
    const { rig, bring, kinds, sent } = await house();
    await bring(single);
    await bring(single);
    await sent('outbox');
    expect(kinds(), 'the outbox told nobody').toEqual(['nobody-told']);
    rig.unreachable.clear();
    await bring(single);
    await sent('email');
    expect(kinds()).toEqual([]);
  });

  it('goes over to the next of the unit when the one it was about is taken', async () => {
    const { rig, bring, kinds } = await house();
    const first = await bring(single);
    const second = await bring(pair);
    expect(kinds(), 'the pair can be told').toEqual(['nobody-told']);
    const third = await bring(single);
    const about = () => [...rig.building.model.cases.values()].map(({ delivery }) => delivery);
    await rig.do({ type: 'withdraw', staff, delivery: first });
    expect(about()).toEqual([third]);
    await rig.do({ type: 'withdraw', staff, delivery: second });
    await rig.do({ type: 'withdraw', staff, delivery: third });
    expect(kinds()).toEqual([]);
  });

  it('is told to the others of the household who may take it, if its addressee cannot be told', async () => {
    const { rig, bring, kinds } = await house([one]);
    await bring({ unit: pair.unit, resident: one });
    expect(rig.entries('message.queued').map(({ resident }) => resident)).toEqual([one, other]);
    expect(kinds()).toEqual([]);
    rig.onlyMe.add(one);
    await bring({ unit: pair.unit, resident: one });
    expect(rig.entries('message.queued').map(({ resident }) => resident)).toEqual([one, other, one]);
    expect(kinds(), '"only me" beats the household').toEqual(['nobody-told']);
  });

  it('is told as soon as staff have written down a contact', async () => {
    const { rig, bring, kinds, sent } = await house();
    const first = await bring(single);
    const second = await bring({ unit: single.unit, resident: single.resident });
    await sent('outbox');
    rig.unreachable.clear();
    await rig.clock.advance(LOOK_AGAIN_MS);
    const told = { kind: 'parcels-arrived', resident: single.resident, deliveries: [first, second] };
    expect(rig.entries('message.queued').at(-1)).toMatchObject(told);
    expect(kinds()).toEqual([]);
    const messages = rig.entries('message.queued').length;
    await sent('outbox');
    await rig.clock.advance(2 * LOOK_AGAIN_MS);
    expect(rig.entries('message.queued'), 'once').toHaveLength(messages);
  });

  it('is to be matched as soon as staff have written down who lives there', async () => {
    const { rig, bringVacant, kinds } = await house();
    await bringVacant();
    movesIn(rig);
    await rig.do({ type: 'tick' });
    expect(kinds()).toEqual(['recipient-unknown']);
  });

  it('is at the desk where nobody lives, and its case says so until somebody comes', async () => {
    const { rig, bringVacant, kinds } = await house();
    const delivery = await bringVacant();
    expect(kinds()).toEqual(['nobody-told']);
    const [open] = [...rig.building.model.cases.values()];
    const closing = rig.do({ type: 'close-case', staff, case: open?.id ?? '', resolution: 'seen' });
    expect(await code(closing)).toBe('not-now');
    await rig.do({ type: 'match', staff, delivery, unit: single.unit, resident: null });
    expect(kinds()).toEqual([]);
  });
});
