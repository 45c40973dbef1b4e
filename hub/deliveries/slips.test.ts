/** The slip for the letter box of a unit of which nobody can be told. */
import { CODE_SPACE } from '@lockerhub/protocol/codes/read-code.ts';
import { describe, expect, it } from 'vitest';
import { type BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { code, house, movesIn } from '../../sim/testing/untold-house.ts';
import { livingCodes } from './owners.ts';
import { SLIP_MS } from './policy.ts';
import { LOOK_AGAIN_MS } from './reminding.ts';

const { single, mateA, staff } = PEOPLE;
const terminal = TERMINALS.a;

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
