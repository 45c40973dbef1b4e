import { newId } from '@lockerhub/protocol/time/random.ts';
import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import { Refusal } from './refusal.ts';

const { staff } = PEOPLE;

async function begin(): Promise<BuildingRig> {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  return rig;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Refusal ? error.code : `not refused: ${String(error)}`;
}

const told = (rig: BuildingRig, state: 'normal' | 'releasing' | 'released') =>
  rig.do({ type: 'emergency-told', bank: 'a', session: rig.sessions.get('a')?.session ?? 0, state });

/** The agent opened a door by a grant of its own. */
async function released(rig: BuildingRig, compartment: number): Promise<void> {
  const at = rig.sessions.get('a');
  if (!at) throw new Error('not online');
  at.number += 1;
  await rig.do({
    type: 'bank-event',
    bank: 'a',
    ...at,
    kind: 'opened',
    compartment,
    grant: newId(rig.clock, rig.random),
    ageMs: 0,
    latencyMs: 40,
    purpose: 'emergency',
  });
  await rig.seen('a', compartment, 'open');
}

const kinds = (rig: BuildingRig) => [...rig.building.model.cases.values()].map(({ kind }) => kind).sort();
const ends = (rig: BuildingRig) =>
  rig.do({ type: 'end-emergency', staff, bank: 'a', reason: 'walked the doors' });

describe('an emergency', () => {
  it('calls staff for the bank and for each parcel that stood open, and gives out nothing there until they end it', async () => {
    const rig = await begin();
    const delivery = await rig.dropOff({ unit: PEOPLE.single.unit, resident: null });
    await rig.tell();
    await told(rig, 'releasing');
    await released(rig, 1);
    await released(rig, 2);
    await told(rig, 'released');
    expect(kinds(rig)).toEqual(['emergency', 'emergency-opened']);
    const code = rig.building.codeOf(PEOPLE.single.resident) ?? '';
    const { stops } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    expect(stops).toMatchObject([{ step: 'waiting', canOpen: false }]);
    expect(rig.takeOpens()).toEqual([]);
    expect(await refusal(ends(rig))).toBe('not-now');
    for (const compartment of [1, 2]) await rig.seen('a', compartment, 'closed');
    await told(rig, 'normal');
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    const terminal = TERMINALS.b;
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const parcel = { unit: PEOPLE.pair.unit, resident: null, size: 'S', tracking: null } as const;
    await rig.do({ type: 'add-parcel', terminal, visit, ...parcel });
    expect(rig.takeOpen().bank).not.toBe('a');
    await ends(rig);
    expect(kinds(rig)).toEqual(['emergency-opened']);
    expect([...rig.building.model.emergencies.values()].length).toBe(0);
    expect(rig.building.model.deliveries.get(delivery)?.state).toBe('deposited');
    await rig.do({ type: 'withdraw', staff, delivery });
    expect(kinds(rig)).toEqual([]);
  });

  it('that was over before the hub heard of it is on record, and staff have to end it', async () => {
    const rig = await begin();
    await released(rig, 3);
    expect(rig.building.model.emergencies.get('a')?.state).toBe('normal');
    expect(kinds(rig)).toEqual(['emergency']);
    await ends(rig);
    expect(kinds(rig)).toEqual([]);
  });

  it('counts a pulse as an opening where no sensor tells more, and a doubt anywhere', async () => {
    for (const [kind, sensed] of [
      ['pulsed', false],
      ['unknown', true],
      ['pulsed', true],
    ] as const) {
      const rig = await begin();
      await rig.do({
        type: 'door-seen',
        bank: 'a',
        compartment: 4,
        door: sensed ? 'closed' : 'unsensed',
        sensed,
        session: 1,
      });
      await rig.do({
        type: 'bank-event',
        bank: 'a',
        session: 1,
        number: 1,
        kind,
        compartment: 4,
        grant: newId(rig.clock, rig.random),
        ageMs: 0,
        latencyMs: null,
        purpose: 'emergency',
      });
      expect(kinds(rig)).toEqual(kind === 'pulsed' && sensed ? [] : ['emergency']);
    }
  });

  it('is no jam against a lock, and a door that did not open is a case', async () => {
    const rig = await begin();
    await told(rig, 'releasing');
    await rig.do({
      type: 'bank-event',
      bank: 'a',
      session: 1,
      number: 1,
      kind: 'jammed',
      compartment: 4,
      grant: newId(rig.clock, rig.random),
      ageMs: 0,
      latencyMs: null,
      purpose: 'emergency',
    });
    expect(kinds(rig)).toEqual(['emergency', 'jammed']);
    expect([...rig.building.model.supplies.values()].length).toBe(0);
  });

  it('lets staff open a door once the input is back, and nobody before', async () => {
    const rig = await begin();
    const open = () => rig.do({ type: 'staff-open', staff, bank: 'a', compartment: 1, reason: 'look' });
    await told(rig, 'released');
    expect(await refusal(open())).toBe('emergency');
    await told(rig, 'normal');
    await open();
    expect(rig.takeOpen().purpose).toBe('staff');
  });
});
