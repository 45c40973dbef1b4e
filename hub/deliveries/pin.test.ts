import { describe, expect, it } from 'vitest';
import { BuildingRig, CODE_KEY, PEOPLE, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import { pinHash } from '../codes/pin.ts';
import { ACCESSIBLE_PATIENCE } from './policy.ts';

const { pair, single, mateA, mateB } = PEOPLE;
const [one, other] = pair.residents as [string, string];
const PINS = { [one]: '11112222', [mateA.resident]: '33334444', [single.resident]: '55556666' };
const unitOf = (resident: string) => ROSTER.unit(ROSTER.resident(resident)?.unit ?? '')?.name ?? '';

/** A building in which one of the pair, a room-mate and the single have a PIN, and something waits for all but the single. */
async function house() {
  const pins = Object.entries(PINS).map(([resident, pin]) => ({
    resident,
    unitName: unitOf(resident),
    hash: pinHash(CODE_KEY, resident, pin),
  }));
  const rig = await BuildingRig.start({ roster: { ...ROSTER, pins: () => pins } });
  await rig.allOnline();
  const mine = await rig.dropOff({ unit: pair.unit, resident: one });
  await rig.dropOff({ unit: pair.unit, resident: other });
  await rig.dropOff({ unit: mateA.unit, resident: mateA.resident });
  await rig.dropOff({ unit: mateA.unit, resident: mateB.resident });
  await rig.tell();
  const come = (pin: string, owner: string | undefined, more: object = {}) =>
    rig.do({ type: 'start-visit', terminal: TERMINALS.a, code: pin, owner, pin: true, ...more });
  return { rig, mine, come };
}

describe('a PIN', () => {
  it('with its unit opens what its resident’s code opens; the log says by what they came, and never the PIN', async () => {
    const { rig, mine, come } = await house();
    rig.onlyMe.add(other);
    rig.accessible.add(one);
    const view = await come('1111 2222', 'UNIT-1');
    expect(view.stops.map(({ delivery }) => delivery)).toEqual([mine]);
    expect(rig.entries('visit.started').at(-1)).toMatchObject({ holder: one, delegate: null, means: 'pin' });
    expect(JSON.stringify(rig.payloads())).not.toContain('11112222');
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(rig.building.visit(view.visit)?.endsInMs).toBeGreaterThan(
      (ACCESSIBLE_PATIENCE - 1) * rig.policy.idleMs,
    );
  });

  it('shows a room-mate’s parcels to nobody', async () => {
    const { come } = await house();
    const { stops } = await come('33334444', unitOf(mateA.resident));
    expect(stops).toHaveLength(1);
  });

  it.each([
    ['of another unit', '11112222', 'Unit 2', {}],
    ['without a unit', '11112222', undefined, {}],
    ['by phone, with presence', '11112222', 'Unit 1', { byPhone: true }],
    ['as a code', '11112222', 'Unit 1', { pin: false }],
    ['with a tag, as if it were scanned', 'LH1:11112222:0123456789abcdef', 'Unit 1', {}],
    ['of somebody for whom nothing waits', '55556666', 'Unit 4', {}],
    ['that is nobody’s', '99999999', 'Unit 1', {}],
  ])('%s is as wrong as any', async (_, pin, owner, more) => {
    const { come } = await house();
    await expect(come(pin, owner, more)).rejects.toMatchObject({ code: 'code-wrong' });
  });

  it('does not make a code good, nor a code a PIN', async () => {
    const { rig, come } = await house();
    const code = rig.building.codeOf(one) ?? '';
    await expect(come(code, 'Unit 1')).rejects.toMatchObject({ code: 'code-wrong' });
  });

  it('is guessed under the limits of codes: the screen pauses, and nobody else does', async () => {
    const { rig, come } = await house();
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(come('00000000', 'Unit 1')).rejects.toMatchObject({ code: 'code-wrong' });
    }
    await expect(come('11112222', 'Unit 1')).rejects.toMatchObject({ code: 'too-many-attempts' });
    const elsewhere = { terminal: TERMINALS.b };
    await expect(come('11112222', 'Unit 1', elsewhere)).resolves.toMatchObject({ kind: 'resident' });
    const qr = rig.building.qrOf(one) ?? '';
    await expect(come(qr, undefined, { pin: false })).resolves.toMatchObject({ kind: 'resident' });
  });
});
