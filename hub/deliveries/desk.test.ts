/** Parcels without a compartment, without a known recipient, and for units in which nobody lives. */
import { describe, expect, it } from 'vitest';
import {
  BuildingRig,
  compartmentsOf,
  LAYOUTS,
  PEOPLE,
  ROSTER,
  TERMINALS,
} from '../../sim/testing/building-rig.ts';

const { single, pair, mateA, mateB, staff } = PEOPLE;
const VACANT = '01900000-0000-7000-8000-0000000000aa';
const terminal = TERMINALS.a;

const roster: typeof ROSTER = {
  ...ROSTER,
  unit: (id) => (id === VACANT ? { id, name: '9Z' } : ROSTER.unit(id)),
};

type To = { unit: string | null; resident?: string | null; unknown?: boolean; oversize?: boolean };

async function courier(options: Parameters<typeof BuildingRig.start>[0] = {}) {
  const rig = await BuildingRig.start({ ...options, roster });
  await rig.allOnline();
  const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
  const add = async (to: To, size: 'S' | 'XL' = 'S') => {
    const view = await rig.do({
      ...{ type: 'add-parcel', terminal, visit, unit: to.unit, resident: to.resident ?? null, size },
      ...{ unknown: to.unknown ?? false, oversize: to.oversize ?? false, tracking: null },
    } as const);
    return view.stops;
  };
  /** Puts the parcel in behind the door that was asked to open. */
  const putIn = async () => {
    const open = rig.takeOpen();
    const delivery = open.delivery ?? '';
    if (open.bank === 'blind') {
      await rig.report('blind', open.compartment, 'pulsed', open.grant);
      await rig.do({ type: 'closed-by-hand', terminal, visit, delivery });
    } else {
      await rig.opens(open);
      await rig.closes(open);
    }
    await rig.do({ type: 'confirm', terminal, visit, delivery, inside: true });
    return delivery;
  };
  const end = () => rig.do({ type: 'end-visit', terminal, visit });
  const kinds = () => [...rig.building.model.cases.values()].map(({ kind }) => kind);
  return { rig, visit, add, putIn, end, kinds };
}

describe('the desk', () => {
  it('gets what fits nowhere, says that it has it, and hands it out', async () => {
    const { rig, add, end, kinds } = await courier();
    const [stop] = await add({ ...single, oversize: true });
    const delivery = stop?.delivery ?? '';
    expect(stop).toMatchObject({ step: 'desk', atDesk: true, place: null, canUndo: true });
    expect(rig.takeOpens()).toEqual([]);
    await end();
    await rig.tell();
    expect(kinds()).toEqual(['desk-hand-over']);
    expect(rig.entries('delivery.announced'), 'nobody is told before it is there').toEqual([]);
    await expect(rig.do({ type: 'handed-out', staff, delivery })).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'desk-received', staff, delivery });
    await rig.tell();
    expect(rig.entries('delivery.announced')).toHaveLength(1);
    const code = rig.building.codeOf(single.resident) ?? '';
    const { stops } = await rig.do({ type: 'start-visit', terminal, code });
    expect(stops).toMatchObject([{ step: 'elsewhere', atDesk: true, canOpen: false }]);
    await rig.do({ type: 'handed-out', staff, delivery });
    expect([...rig.building.model.deliveries.values()]).toEqual([]);
    expect(kinds()).toEqual([]);
    expect(rig.takeOpens()).toEqual([]);
  });

  it('may be spared: the courier keeps the parcel, or staff say that it did not come', async () => {
    const { rig, visit, add, kinds } = await courier();
    const [stop] = await add({ ...single, oversize: true });
    const kept = await rig.do({ type: 'undo', terminal, visit, delivery: stop?.delivery ?? '' });
    expect(kept.stops).toMatchObject([{ step: 'withdrawn', takenBack: 'undone' }]);
    const [next] = await add({ ...single, oversize: true });
    await rig.do({ type: 'withdraw', staff, delivery: next?.delivery ?? '' });
    expect(kinds()).toEqual([]);
  });

  it('is asked to say after a restart too, and knows no parcel that lies in a compartment', async () => {
    const { rig, add, putIn } = await courier();
    const [stop] = await add({ ...single, oversize: true });
    await add(pair);
    const inDoor = await putIn();
    await rig.kill();
    await rig.boot();
    await expect(rig.do({ type: 'desk-received', staff, delivery: inDoor })).rejects.toMatchObject({
      code: 'not-now',
    });
    await rig.do({ type: 'desk-received', staff, delivery: stop?.delivery ?? '' });
    expect(rig.entries('delivery.deposited')).toContainEqual({
      delivery: stop?.delivery,
      confirmation: 'attested',
    });
  });

  it('does not exist in every building: then the courier keeps what fits nowhere, with the reason', async () => {
    const { rig, add } = await courier({ policy: { desk: false } });
    expect(await add({ ...single, oversize: true })).toMatchObject([
      { step: 'withdrawn', takenBack: 'oversize' },
    ]);
    expect(rig.entries('delivery.taken-back')).toMatchObject([{ reason: 'oversize' }]);
  });
});

describe('a parcel of which nobody knows whose it is', () => {
  it('is held behind a door that no code opens until staff have matched it; then they are told', async () => {
    const { rig, add, putIn, end, kinds } = await courier();
    await add({ unit: mateA.unit, unknown: true });
    const delivery = await putIn();
    await end();
    await rig.tell();
    expect(kinds()).toEqual(['recipient-unknown']);
    expect(rig.entries('delivery.announced')).toEqual([]);
    const open = [...rig.building.model.cases.values()][0]?.id ?? '';
    await expect(
      rig.do({ type: 'close-case', staff, case: open, resolution: 'looked' }),
      'whose it is has to be said',
    ).rejects.toMatchObject({ code: 'not-now' });
    const whose = { unit: mateA.unit, resident: mateB.resident };
    await expect(
      rig.do({ type: 'match', staff, delivery, unit: single.unit, resident: mateB.resident }),
    ).rejects.toMatchObject({ code: 'recipient-unknown' });
    await rig.do({ type: 'match', staff, delivery, ...whose });
    await rig.clock.advance(1);
    expect(kinds()).toEqual([]);
    expect(rig.entries('message.queued').map(({ resident }) => resident)).toEqual([mateB.resident]);
    rig.effects.length = 0;
    const code = rig.building.codeOf(mateB.resident) ?? '';
    await rig.do({ type: 'start-visit', terminal, code });
    expect(rig.takeOpen()).toMatchObject({ delivery, purpose: 'pickup' });
  });
});

describe('a vacated unit', () => {
  it('gets nothing: the courier keeps the parcel, or the desk takes it where the building says so', async () => {
    const { rig, add } = await courier();
    expect(await add({ unit: VACANT })).toMatchObject([
      { step: 'withdrawn', takenBack: 'vacated', unitName: '9Z' },
    ]);
    expect(rig.entries('delivery.taken-back')).toMatchObject([{ unit: VACANT, reason: 'vacated' }]);
    const keeps = await courier({ policy: { vacated: 'desk' } });
    expect(await keeps.add({ unit: VACANT })).toMatchObject([{ step: 'desk' }]);
    expect(keeps.kinds()).toEqual(['desk-hand-over']);
    expect([...rig.takeOpens(), ...keeps.rig.takeOpens()]).toEqual([]);
  });
});

describe('a round of fourteen parcels', () => {
  const known = Array.from({ length: 9 }, (_, n) =>
    n % 2 ? single : { unit: mateA.unit, resident: mateB.resident },
  );
  /** Two unknown, nine that are known, one for which the bank is full, one oversize, one for a vacated unit. */
  async function round(policy: { desk: boolean }) {
    const made = await courier({ policy });
    const { rig, visit, add, putIn } = made;
    expect(LAYOUTS.flatMap(({ bank }) => compartmentsOf(bank))).toHaveLength(11);
    const firstEleven: To[] = [{ unit: null }, { unit: mateA.unit, unknown: true }, ...known];
    for (const one of firstEleven) {
      await add(one);
      await putIn();
    }
    const twelfth = await add(pair, 'XL').catch(({ code }: { code: string }) => code);
    if (twelfth === 'no-place') {
      const kept = { unit: pair.unit, size: 'XL', tracking: null, reason: 'no-place' } as const;
      await rig.do({ type: 'take-back', terminal, visit, ...kept });
    }
    await add({ ...single, oversize: true });
    await add({ unit: VACANT });
    expect(rig.takeOpens()).toEqual([]);
    const { stops } = await rig.do({ type: 'end-visit', terminal, visit });
    await rig.tell();
    return { ...made, stops, ends: Object.groupBy(stops, ({ step }) => step) };
  }

  it('ends with each placed, at the desk or taken back: two unknown, one oversize, one vacated, full at the 12th', async () => {
    const { rig, stops, ends, kinds } = await round({ desk: true });
    expect(stops).toHaveLength(14);
    expect([ends.done?.length, ends.desk?.length, ends.withdrawn?.length]).toEqual([11, 2, 1]);
    expect(rig.entries('delivery.sent-to-desk').map(({ reason }) => reason)).toEqual([
      'no-place',
      'oversize',
    ]);
    expect(kinds(), 'two unknown, two on their way to the desk').toHaveLength(4);
  });

  it('ends so without a desk, too: three go back, each with its reason', async () => {
    const { rig, stops, ends, kinds } = await round({ desk: false });
    expect(stops).toHaveLength(14);
    expect([ends.done?.length, ends.withdrawn?.length]).toEqual([11, 3]);
    expect(rig.entries('delivery.taken-back').map(({ reason }) => reason)).toEqual([
      'no-place',
      'oversize',
      'vacated',
    ]);
    expect(kinds()).toEqual(['recipient-unknown', 'recipient-unknown']);
  });
});

describe('the last place', () => {
  it.each([
    [true, ['desk', 'opening']],
    [false, ['no-place', 'opening']],
  ])(
    'goes to one of two couriers; the other hears of the desk (%s) or that nothing is free',
    async (desk, ends) => {
      const rig = await BuildingRig.start({ policy: { desk } });
      await rig.online('a');
      for (const compartment of [2, 3, 4, 5, 6]) await rig.seen('a', compartment, 'open');
      const visits = [PEOPLE.courier, PEOPLE.otherCourier].map(async (holder, at) => {
        const where = at === 0 ? TERMINALS.a : TERMINALS.lobby;
        const { visit } = await rig.do({
          type: 'start-visit',
          terminal: where,
          code: await rig.courierCode(holder),
        });
        const parcel = { unit: single.unit, resident: null, size: 'S', tracking: null } as const;
        return rig.do({ type: 'add-parcel', terminal: where, visit, ...parcel });
      });
      const answers = visits.map((asked) =>
        asked.then(
          ({ stops }) => stops[0]?.step,
          ({ code }: { code: string }) => code,
        ),
      );
      expect((await Promise.all(answers)).sort()).toEqual(ends);
      expect(rig.takeOpens()).toHaveLength(1);
    },
  );
});
