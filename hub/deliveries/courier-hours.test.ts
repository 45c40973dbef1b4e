/** When a courier's code begins a visit, and how it ends one. */
import type { DropOffHours } from '@lockerhub/protocol/codes/drop-off-hours.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, type RigOptions, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';

const terminal = TERMINALS.a;
const WORKDAYS = [1, 2, 3, 4, 5];

/** A building at which a courier has these hours, at this instant. */
async function at(iso: string, hours: DropOffHours | null, options: RigOptions = {}) {
  const roster: typeof ROSTER = {
    ...ROSTER,
    courier: (id) => {
      const known = ROSTER.courier(id);
      return known && { ...known, hours: id === PEOPLE.courier ? hours : null };
    },
  };
  const rig = await BuildingRig.start({ ...options, roster });
  await rig.allOnline();
  const code = await rig.courierCode();
  const to = (when: string) => rig.clock.advance(Date.parse(when) - rig.clock.wallMs());
  await to(iso);
  const begin = (where: string = terminal) =>
    rig.do({ type: 'start-visit', terminal: where, code }).then(
      ({ visit }) => visit,
      (refusal: { code: string }) => refusal.code,
    );
  return { rig, code, to, begin };
}

describe('a courier’s hours', () => {
  // 1 August 2026 is a Saturday.
  it.each([
    ['2026-07-31T07:59:59Z', 'outside-hours'],
    ['2026-07-31T08:00:00Z', 'begun'],
    ['2026-07-31T19:59:59Z', 'begun'],
    ['2026-07-31T20:00:00Z', 'outside-hours'],
    ['2026-08-01T10:00:00Z', 'outside-hours'],
  ])('at %s: %s', async (iso, expected) => {
    const { rig, begin } = await at(iso, { days: WORKDAYS, fromHour: 8, untilHour: 20 });
    const answer = await begin();
    expect(
      answer === expected || (expected === 'begun' && rig.building.visit(answer)?.kind === 'courier'),
    ).toBe(true);
  });

  it('are by the building’s clocks, in the hour that repeats too', async () => {
    const { rig, to, begin } = await at('2026-10-24T22:59:00Z', { days: [7], fromHour: 2, untilHour: 3 });
    rig.timeZone = 'Europe/Berlin';
    expect(await begin(), 'Sunday 00:59').toBe('outside-hours');
    for (const iso of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']) {
      await to(iso);
      const visit = await begin();
      expect(rig.building.visit(visit), 'half past two, twice').toMatchObject({ state: 'open' });
      await rig.do({ type: 'end-visit', terminal, visit });
    }
    await to('2026-10-25T02:00:00Z');
    expect(await begin(), 'Sunday 03:00').toBe('outside-hours');
  });

  it('are the building’s where the courier has none of their own', async () => {
    const policy = { dropOffFromHour: 22, dropOffUntilHour: 6 };
    const { begin, to } = await at('2026-07-31T21:00:00Z', null, { policy });
    expect(await begin()).toBe('outside-hours');
    await to('2026-08-01T03:00:00Z');
    expect(await begin()).not.toBe('outside-hours');
  });

  it('refuse nobody while the clock is not trusted', async () => {
    const { rig, begin } = await at('2026-08-01T10:00:00Z', { days: [1], fromHour: 8, untilHour: 9 });
    expect(await begin()).toBe('outside-hours');
    rig.clockTrust = 'untrusted';
    expect(await begin()).not.toBe('outside-hours');
  });

  it('cut off no visit that has begun, not even where its courier types the code again', async () => {
    const { rig, begin, to } = await at('2026-07-31T19:59:50Z', {
      days: WORKDAYS,
      fromHour: 8,
      untilHour: 20,
    });
    const visit = await begin();
    await to('2026-07-31T20:00:10Z');
    expect(await begin()).toBe(visit);
    const parcel = { unit: PEOPLE.single.unit, resident: null, size: 'S', tracking: null } as const;
    const { stops } = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    expect(stops).toMatchObject([{ step: 'opening' }]);
  });

  it('that are over do not break off somebody else’s visit', async () => {
    const { rig, begin } = await at('2026-08-01T10:00:00Z', { days: [1], fromHour: 8, untilHour: 9 });
    const other = await rig.do({
      type: 'start-visit',
      terminal,
      code: await rig.courierCode(PEOPLE.otherCourier),
    });
    expect(await begin()).toBe('outside-hours');
    expect(rig.building.visit(other.visit)).toMatchObject({ state: 'open' });
  });
});

describe('a courier’s code that is revoked', () => {
  it('ends the visit that it began; what is in stays in, an open door is looked after', async () => {
    const { rig, code, begin } = await at('2026-07-31T10:00:00Z', null);
    const visit = await begin();
    const other = await rig.do({
      type: 'start-visit',
      terminal: TERMINALS.b,
      code: await rig.courierCode(PEOPLE.otherCourier),
    });
    const parcel = { unit: PEOPLE.single.unit, resident: null, size: 'S', tracking: null } as const;
    await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const first = rig.takeOpen();
    await rig.opens(first);
    await rig.closes(first);
    await rig.do({ type: 'confirm', terminal, visit, delivery: first.delivery ?? '', inside: true });
    await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const second = rig.takeOpen();
    await rig.opens(second);
    await rig.do({ type: 'revoke-code', staff: PEOPLE.staff, holder: PEOPLE.courier });
    expect(rig.building.visit(visit)).toMatchObject({ state: 'ended', endReason: 'revoked' });
    expect(rig.building.visit(other.visit)).toMatchObject({ state: 'open' });
    expect(rig.entries('delivery.deposited')).toMatchObject([{ delivery: first.delivery }]);
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'left-open', delivery: second.delivery }]);
    await expect(rig.do({ type: 'add-parcel', terminal, visit, ...parcel })).rejects.toMatchObject({
      code: 'visit-ended',
    });
    await expect(rig.do({ type: 'start-visit', terminal, code })).rejects.toMatchObject({
      code: 'code-revoked',
    });
  });
});
