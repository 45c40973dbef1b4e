import { STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import { expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { Register } from '../log/register.ts';
import { endCodesOfMoved } from './move-outs.ts';
import { NOTHING_SET } from './nothing-set.ts';

const { single, pair } = PEOPLE;
const DAY_MS = 86_400_000;
const TO_THEM = { unit: single.unit, resident: single.resident };

/** A resident with a code moves out now; `look` is what the hub does each time that it looks. */
async function movingOut(parcels: readonly (typeof TO_THEM | { unit: string; resident: null })[]) {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  for (const to of parcels) await rig.dropOff(to);
  await rig.tell();
  rig.effects.length = 0;
  const code = rig.building.codeOf(single.resident) ?? 'none';
  const register = new Register();
  const movedOutAt = rig.clock.wallMs();
  const row = { id: single.resident, household: single.household, name: 'A', language: 'en', email: null };
  register.apply({ table: 'residents', row: { ...NOTHING_SET, ...row, movedOut: true, movedOutAt } });
  const look = () =>
    endCodesOfMoved({
      register,
      building: rig.building,
      formerMs: () => STANDARD_POLICY.formerMs,
      wallMs: () => rig.clock.wallMs(),
      clockTrust: () => rig.clockTrust,
    });
  const come = () => rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
  const isLiving = () => rig.building.codeOf(single.resident) !== undefined;
  return { rig, look, come, isLiving };
}

it.each([
  ['to them', TO_THEM],
  ['to their household', { unit: single.unit, resident: null }],
])('what waits addressed %s is collected after the move, and then the code dies', async (_, to) => {
  const { rig, look, come, isLiving } = await movingOut([to]);
  await look();
  expect(isLiving()).toBe(true);
  const { visit } = await come();
  const open = rig.takeOpen();
  await rig.opens(open);
  await rig.closes(open);
  await rig.do({ type: 'end-visit', terminal: TERMINALS.a, visit });
  // They may have left something behind: the grace time is theirs too.
  await look();
  expect(isLiving()).toBe(true);
  await rig.clock.advance(rig.policy.graceMs + 1);
  await look();
  expect(isLiving()).toBe(false);
  expect(rig.entries('code.revoked')).toEqual([{ holder: single.resident }]);
});

it('nothing waits: the code dies at once', async () => {
  const { rig, look, isLiving } = await movingOut([TO_THEM]);
  const [delivery = ''] = [...rig.building.model.deliveries.values()].map(({ id }) => id);
  const reason = 'handed out at the desk';
  await rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery, reason });
  await look();
  expect(isLiving()).toBe(false);
  await look();
  expect(rig.entries('code.revoked')).toHaveLength(1);
});

it('what waits for fourteen days after the move is collected no more, while a trusted clock says so', async () => {
  const { rig, look, come, isLiving } = await movingOut([TO_THEM]);
  await rig.clock.advance(14 * DAY_MS - 1);
  await look();
  expect(isLiving()).toBe(true);
  rig.clockTrust = 'untrusted';
  await rig.clock.advance(DAY_MS);
  await look();
  expect(isLiving()).toBe(true);
  rig.clockTrust = 'trusted';
  await look();
  await expect(come()).rejects.toMatchObject({ code: 'code-revoked' });
  // The parcel is not forgotten: it became a case long before.
  expect(rig.entries('case.opened')).toMatchObject([{ kind: 'uncollected' }]);
});

it('leaves the codes of those who stay', async () => {
  const { rig, look } = await movingOut([TO_THEM, { unit: pair.unit, resident: null }]);
  await rig.clock.advance(20 * DAY_MS);
  await look();
  expect(pair.residents.every((resident) => rig.building.codeOf(resident) !== undefined)).toBe(true);
});
