import { listedHash } from '@lockerhub/edge-agent/pickups/sealed-list.ts';
import { PickupList } from '@lockerhub/protocol/bank/pickup-list.ts';
import { expect, it } from 'vitest';
import { BuildingRig, PEOPLE, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import { listContent } from './list-content.ts';

const CODE_KEY = 'ab'.repeat(32);
const { pair, single } = PEOPLE;

function listOf(rig: BuildingRig, bank: string) {
  const source = {
    model: rig.building.model,
    roster: ROSTER,
    policy: rig.policy,
    qrOf: (holder: string) => rig.building.qrOf(holder),
    terminals: [
      { id: TERMINALS.a, bank: 'a', tokenHash: '1'.repeat(64) },
      { id: TERMINALS.b, bank: 'b', tokenHash: '2'.repeat(64) },
    ],
    building: { building: 'house', name: 'House', language: 'en' },
    codeKey: CODE_KEY,
    poweredHours: 72,
  };
  const content = listContent(source, bank);
  PickupList.parse({ ...content, version: 1, epoch: 1, issuedAt: 0 });
  return content;
}

it('lists what is in and announced at that bank, for those who may take it, by hashes of their codes', async () => {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const delivery = await rig.dropOff({ unit: pair.unit, resident: null });
  expect(listOf(rig, 'a').deliveries).toEqual([]);
  await rig.tell();
  const { deliveries, holders, terminals } = listOf(rig, 'a');
  expect(deliveries).toMatchObject([{ delivery, holders: [0, 1] }]);
  expect(holders.map(({ holder }) => holder)).toEqual([...pair.residents]);
  const digits = rig.building.codeOf(pair.residents[0] ?? '') ?? '';
  expect(holders[0]?.digits).toBe(listedHash(CODE_KEY, { digits, tag: null }));
  expect(JSON.stringify(holders)).not.toContain(digits);
  expect(terminals.map(({ terminal }) => terminal)).toEqual([TERMINALS.a]);
  expect(listOf(rig, 'b').deliveries).toEqual([]);
});

it('leaves out what was taken, revoked, or is in doubt', async () => {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  await rig.dropOff({ unit: single.unit, resident: null });
  await rig.tell();
  expect(listOf(rig, 'a').deliveries).toHaveLength(1);
  const code = rig.building.codeOf(single.resident) ?? '';
  const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
  const open = rig.takeOpen();
  expect(listOf(rig, 'a').deliveries).toEqual([]);
  await rig.report('a', open.compartment, 'unknown', open.grant);
  await rig.do({ type: 'end-visit', terminal: TERMINALS.a, visit });
  expect(listOf(rig, 'a').deliveries).toEqual([]);

  const other = await BuildingRig.start();
  await other.allOnline();
  await other.dropOff({ unit: single.unit, resident: null });
  await other.tell();
  await other.do({ type: 'revoke-code', staff: PEOPLE.staff, holder: single.resident });
  expect(listOf(other, 'a').deliveries).toEqual([]);
});

it('lists nothing at a bank whose doors were released in an emergency, until staff have walked them', async () => {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  await rig.dropOff({ unit: single.unit, resident: null });
  await rig.tell();
  expect(listOf(rig, 'a').deliveries).toHaveLength(1);
  const session = rig.sessions.get('a')?.session ?? 0;
  await rig.do({ type: 'emergency-told', bank: 'a', session, state: 'releasing' });
  expect(listOf(rig, 'a').deliveries).toEqual([]);
  await rig.do({ type: 'emergency-told', bank: 'a', session, state: 'normal' });
  expect(listOf(rig, 'a').deliveries).toEqual([]);
  await rig.do({ type: 'end-emergency', staff: PEOPLE.staff, bank: 'a', reason: 'walked the doors' });
  expect(listOf(rig, 'a').deliveries).toHaveLength(1);
});
