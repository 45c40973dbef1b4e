/** Units of which nobody can be told: the case, the slip for the letter box, and the first who comes. */
import { CODE_SPACE } from '@lockerhub/protocol/codes/read-code.ts';
import { describe, expect, it } from 'vitest';
import type { Verified } from '../../protocol/log/payloads/slips.ts';
import { BuildingRig, PEOPLE, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import type { Claimant } from './command.ts';
import { livingCodes } from './owners.ts';
import { SLIP_MS } from './policy.ts';
import { Refusal } from './refusal.ts';
import { LOOK_AGAIN_MS } from './reminding.ts';

const { single, pair, mateA, mateB, staff } = PEOPLE;
const [one, other] = pair.residents as [string, string];
const VACANT = '01900000-0000-7000-8000-0000000000ab';
const terminal = TERMINALS.a;
const MAIL = { channel: 'email', to: 'new@example.org' } as const;
const NEW: Claimant = { name: 'Noor Aziz', language: 'ar', contacts: [MAIL] };

/** Who lives there no more, for a test that says so (and clears it). */
const MOVED_OUT = new Set<string>();

const roster: typeof ROSTER = {
  ...ROSTER,
  residentsOf: (household) => ROSTER.residentsOf(household).filter((id) => !MOVED_OUT.has(id)),
  unit: (id) => (id === VACANT ? { id, name: '9Z' } : ROSTER.unit(id)),
};

async function code(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => 'no refusal',
    (reason: unknown) => reason,
  );
  return error instanceof Refusal ? error.code : String(error);
}

/** Staff write down who lives where nobody lived. */
function movesIn(rig: BuildingRig): void {
  const household = '01900000-0000-7000-8000-0000000000ac';
  const id = '01900000-0000-7000-8000-0000000000ad';
  rig.disk.rows.set('households', new Map([[household, { id: household, unit: VACANT }]]));
  const row = { ...NOTHING_SET, id, household, name: 'Eve', language: 'en', email: null };
  rig.disk.rows.set('residents', new Map([[id, row]]));
}

async function house(unreachable: readonly string[] = [single.resident]) {
  const rig = await BuildingRig.start({ roster, policy: { vacated: 'desk' } });
  for (const resident of unreachable) rig.unreachable.add(resident);
  await rig.allOnline();
  const bring = async (to: { unit: string; resident?: string | null }) => {
    const delivery = await rig.dropOff({ unit: to.unit, resident: to.resident ?? null });
    await rig.tell();
    return delivery;
  };
  /** The desk has a parcel for a unit in which nobody lives. */
  const bringVacant = async () => {
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const parcel = { unit: VACANT, resident: null, size: 'S', tracking: null } as const;
    const { stops } = await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    const delivery = stops.at(-1)?.delivery ?? '';
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.do({ type: 'desk-received', staff, delivery });
    await rig.tell();
    return delivery;
  };
  const slip = async (delivery: string) => rig.do({ type: 'issue-slip', staff, delivery });
  const claim = (delivery: string, claimant: Claimant = NEW, how: Verified = 'id') =>
    rig.do({ type: 'claim', staff, delivery, claimant, how });
  const come = (typed: string | null, at: string = terminal) =>
    rig.do({ type: 'start-visit', terminal: at, code: typed ?? '' });
  const kinds = () => [...rig.building.model.cases.values()].map(({ kind }) => kind);
  const sent = async (channel: string) => {
    for (const { id } of [...rig.building.model.messages.values()]) {
      await rig.do({ type: 'message-sent', message: id, channel });
    }
  };
  return { rig, bring, bringVacant, slip, claim, come, kinds, sent };
}

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

describe('a claim slip', () => {
  it('is refused where somebody was told', async () => {
    const { bring, slip } = await house([]);
    expect(await code(slip(await bring(single)))).toBe('already-told');
  });

  it('lets its bearer in, once, as a resident of the unit; the log says who printed it and how they came', async () => {
    const { rig, bring, slip, come, kinds } = await house();
    const delivery = await bring(single);
    const { slip: id, code: typed, untilMs } = await slip(delivery);
    expect(untilMs).toBe(rig.clock.wallMs() + SLIP_MS);
    rig.effects.length = 0;
    const { stops, visit } = await come(typed);
    expect(stops.map((stop) => stop.delivery)).toEqual([delivery]);
    expect(rig.takeOpen()).toMatchObject({ delivery, purpose: 'pickup' });
    expect(kinds()).toEqual([]);
    const [bound] = rig.entries('resident.bound');
    expect(bound).toMatchObject({
      unit: single.unit,
      household: single.household,
      slip: id,
      how: 'code',
      isNew: true,
    });
    expect(rig.entries('delivery.claimed')).toMatchObject([{ delivery, slip: id, how: 'code' }]);
    expect(rig.entries('delivery.invited')).toEqual([{ delivery, slip: id }]);
    expect(rig.payloads().find(({ type }) => type === 'slip.issued')?.by).toEqual({
      kind: 'staff',
      id: staff,
    });
    expect(rig.entries('visit.started').at(-1)).toMatchObject({ holder: bound?.resident, means: 'slip' });
    expect(rig.entries('slip.ended')).toEqual([{ slip: id, reason: 'claimed' }]);
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(await code(come(typed)), 'the code is dead').toBe('code-revoked');
    const own = rig.building.codeOf(bound?.resident ?? '') ?? '';
    expect((await come(own)).stops, 'they have a code of their own').toHaveLength(1);
  });

  it('goes to the first of two who come with one code at once', async () => {
    const { rig, bring, slip, come } = await house();
    const { code: typed } = await slip(await bring(single));
    // Only said from afar it binds nobody.
    expect(await code(rig.do({ type: 'prove-code', code: typed ?? '', address: '10.0.0.7' }))).toBe(
      'code-wrong',
    );
    expect(rig.entries('resident.bound')).toEqual([]);
    rig.effects.length = 0;
    const both = await Promise.all([code(come(typed)), code(come(typed, TERMINALS.b))]);
    expect(both.sort()).toEqual(['code-revoked', 'no refusal']);
    expect(rig.takeOpens()).toHaveLength(1);
    expect(rig.entries('resident.bound')).toHaveLength(1);
  });

  it('goes to the first of desk and kiosk', async () => {
    const { rig, bring, slip, come, claim } = await house();
    const delivery = await bring(single);
    const { code: typed } = await slip(delivery);
    const both = await Promise.all([code(claim(delivery)), code(come(typed))]);
    expect(both).toEqual(['no refusal', 'code-revoked']);
    expect(await code(claim(delivery))).toBe('already-told');
    expect(rig.entries('resident.bound')).toHaveLength(1);
  });

  it('is void once another one is printed: one lives a unit', async () => {
    const { rig, bring, slip, come } = await house();
    const delivery = await bring(single);
    const former = await slip(delivery);
    const { code: typed } = await slip(delivery);
    expect(rig.entries('slip.ended')).toEqual([{ slip: former.slip, reason: 'replaced' }]);
    expect(await code(come(former.code))).toBe('code-revoked');
    expect(await code(come(typed))).toBe('no refusal');
  });

  it('is over after its time, by a clock that is trusted', async () => {
    const { rig, bring, slip, come } = await house();
    const { code: typed } = await slip(await bring(single));
    rig.clockTrust = 'untrusted';
    await rig.clock.advance(SLIP_MS + LOOK_AGAIN_MS);
    expect(rig.entries('slip.ended')).toEqual([]);
    rig.clockTrust = 'trusted';
    expect(await code(come(typed)), 'also before the hub has looked').toBe('code-revoked');
    await rig.do({ type: 'tick' });
    expect(rig.entries('slip.ended')).toMatchObject([{ reason: 'over' }]);
  });

  it('outlives a restart, and its end does too', async () => {
    const { rig, bring, slip, come } = await house();
    const { code: typed } = await slip(await bring(single));
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    const { visit } = await come(typed);
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    expect(await code(come(typed))).toBe('code-wrong');
  });

  it('counts among the codes that a guess may hit, as its unit’s', async () => {
    const { rig, bring, slip } = await house();
    const delivery = await bring(single);
    const before = livingCodes(rig.building.model, rig.roster);
    await slip(delivery);
    const after = livingCodes(rig.building.model, rig.roster);
    expect(after.all).toBe(before.all + 1);
    const unit = [...after.owners].find(
      ([name, { living }]) => living > (before.owners.get(name)?.living ?? 0),
    );
    expect(unit?.[1]).toEqual({ living: 2, isCarrier: false });
  });

  it('cannot be guessed past the limits of a screen', async () => {
    const { rig, bring, slip, come } = await house();
    const { code: typed } = await slip(await bring(single));
    const wrong = String((Number(typed) + 1) % CODE_SPACE).padStart(8, '0');
    for (let tries = 0; tries < rig.policy.wrongCodes; tries += 1)
      expect(await code(come(wrong))).toBe('code-wrong');
    expect(await code(come(typed))).toBe('too-many-attempts');
  });

  it.each([
    ['is for one who wants theirs alone', async (rig: BuildingRig) => void rig.onlyMe.add(single.resident)],
    ['came when somebody can be told', async (rig: BuildingRig) => rig.unreachable.clear()],
  ])('opens nothing that %s by then', async (_, change) => {
    const { rig, bring, slip, come } = await house();
    const { code: typed } = await slip(await bring({ unit: single.unit, resident: single.resident }));
    await change(rig);
    expect(await code(come(typed))).toBe('code-revoked');
    expect(rig.entries('resident.bound')).toEqual([]);
  });

  it('opens nothing once others live there than when it was printed', async () => {
    const { rig, bringVacant, slip, come } = await house();
    const { code: typed } = await slip(await bringVacant());
    movesIn(rig);
    expect(await code(come(typed))).toBe('code-revoked');
    expect(rig.entries('resident.bound')).toEqual([]);
  });

  it('bears no code where strangers share the letter box, or where only its addressee may have it', async () => {
    const { rig, bring, slip } = await house([mateA.resident, single.resident]);
    const theirs = await bring({ unit: mateA.unit, resident: mateA.resident });
    expect((await slip(theirs)).code).toBeNull();
    rig.onlyMe.add(single.resident);
    const alone = await bring({ unit: single.unit, resident: single.resident });
    expect((await slip(alone)).code).toBeNull();
    expect(rig.entries('slip.issued').map(({ code: has }) => has)).toEqual([false, false]);
  });

  it('is over when what it was for is gone, and when somebody was told after all', async () => {
    const { rig, bring, slip, sent } = await house();
    const delivery = await bring(single);
    await slip(delivery);
    await rig.do({ type: 'withdraw', staff, delivery });
    await rig.do({ type: 'tick' });
    const next = await bring(single);
    await slip(next);
    await sent('sms');
    expect(rig.entries('slip.ended').map(({ reason }) => reason)).toEqual(['nothing-left', 'told']);
  });

  it('ends with "rotate all", and no other one takes its place', async () => {
    const { rig, bring, slip, come } = await house();
    const { slip: id, code: typed } = await slip(await bring(single));
    await rig.do({ type: 'replace-code', staff, holder: id });
    expect(await code(come(typed))).toBe('code-revoked');
    expect(rig.entries('slip.ended')).toEqual([{ slip: id, reason: 'revoked' }]);
  });
});

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
