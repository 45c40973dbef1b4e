import { MemoryLog } from '@lockerhub/hub/store/memory.ts';
import { describe, expect, it } from 'vitest';
import {
  BuildingRig,
  compartmentsOf,
  LAYOUTS,
  PEOPLE,
  ROSTER,
  TERMINALS,
} from '../../sim/testing/building-rig.ts';
import { beginEpoch } from '../epoch/begin-epoch.ts';
import { listContent } from '../pickups/list-content.ts';
import type { ComparedRecord } from './bank-command.ts';
import { freePlaces } from './places.ts';

const { single, mateA, staff } = PEOPLE;
const FOREIGN = '01900000-0000-7000-8000-000000000001';
const LOST = '01900000-0000-7000-8000-000000000002';

/** A building with a parcel in, told, whose hub is then replaced by one with the whole log. */
async function replaced() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const delivery = await rig.dropOff({ unit: single.unit, resident: null });
  await rig.tell();
  const { compartment, grant = null } = rig.building.model.deliveries.get(delivery) ?? {};
  await rig.replace(rig.disk.entries.length);
  await rig.online('a');
  const door = { bank: 'a', compartment: compartment ?? 1 };
  return { rig, delivery, door, grant };
}

/** What the agent of bank `a` tells: nothing ever happened there, unless `change` says so. */
function record(compartment: number, change: Partial<ComparedRecord> = {}): ComparedRecord {
  return {
    compartment,
    grant: null,
    delivery: null,
    purpose: null,
    outcome: null,
    closed: false,
    outstanding: false,
    openedAt: null,
    forced: false,
    grantSeq: null,
    newestSeq: null,
    ...change,
  };
}

const opened = (grant: string | null, seq: number | null): Partial<ComparedRecord> => ({
  grant,
  grantSeq: seq,
  newestSeq: seq,
  purpose: 'deposit',
  outcome: 'opened',
  closed: true,
});

async function tell(rig: BuildingRig, ...records: ComparedRecord[]): Promise<void> {
  const session = rig.sessions.get('a')?.session ?? 0;
  await rig.do({ type: 'records-told', bank: 'a', session, records });
}

const free = (rig: BuildingRig) =>
  freePlaces(rig.building.model, LAYOUTS).map(({ compartment }) => compartment);
const cases = (rig: BuildingRig) => [...rig.building.model.cases.values()];
const isUnverified = (rig: BuildingRig, compartment: number) =>
  rig.building.doors('a').find(({ number }) => number === compartment)?.unverified;

describe('after another hub’s end', () => {
  it('no door is given out and none opens for a resident or a courier, but for staff', async () => {
    const { rig, delivery, door } = await replaced();
    expect(free(rig)).toEqual([]);
    const code = rig.building.codeOf(single.resident) ?? '';
    const { visit, stops } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    expect(stops).toMatchObject([{ step: 'waiting' }]);
    expect(rig.takeOpens()).toEqual([]);
    const again = { type: 'open-again', terminal: TERMINALS.a, visit, delivery } as const;
    await expect(rig.do(again)).rejects.toMatchObject({ code: 'door-unverified' });
    await rig.do({ type: 'end-visit', terminal: TERMINALS.a, visit });
    const courier = rig.building.codeOf(PEOPLE.courier) ?? '';
    const drop = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code: courier });
    const parcel = { unit: mateA.unit, resident: mateA.resident, size: 'S', tracking: null } as const;
    const add = { type: 'add-parcel', terminal: TERMINALS.a, visit: drop.visit, ...parcel } as const;
    const sent = await rig.do(add);
    expect(sent.stops).toMatchObject([{ step: 'desk' }]);
    await rig.do({ type: 'staff-open', staff, ...door, reason: 'to look inside' });
    expect(rig.takeOpens()).toHaveLength(1);
  });

  it('asks the agent about each door that shows itself shut, and about an open one when it is', async () => {
    const { rig } = await replaced();
    const asked = () =>
      rig.effects.flatMap((effect) => (effect.type === 'ask-records' ? [effect.compartment] : []));
    expect(asked()).toEqual(compartmentsOf('a'));
    rig.effects.length = 0;
    await rig.online('a', (compartment) => (compartment === 2 ? 'open' : 'closed'));
    expect(asked()).not.toContain(2);
    await tell(rig, record(2));
    expect(isUnverified(rig, 2)).toBe(true);
    rig.effects.length = 0;
    await rig.seen('a', 2, 'closed');
    expect(asked()).toEqual([2]);
  });

  it('a door comes back where record and log agree, for its parcel and for others', async () => {
    const { rig, delivery, door, grant } = await replaced();
    await tell(rig, record(door.compartment, opened(grant, 20)), record(6));
    expect([isUnverified(rig, door.compartment), isUnverified(rig, 6), isUnverified(rig, 5)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(free(rig)).toEqual([6]);
    expect(cases(rig)).toEqual([]);
    const code = rig.building.codeOf(single.resident) ?? '';
    await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    expect(rig.takeOpens()).toMatchObject([{ delivery, purpose: 'pickup' }]);
  });

  it.each<[string, Partial<ComparedRecord>, RegExp]>([
    [
      'an opening that the log lacks',
      { grant: LOST, delivery: FOREIGN, purpose: 'deposit', outcome: 'opened', openedAt: 1_780_000_000_000 },
      /the bank: deposit of 01900000-0000-7000-8000-000000000001, last open 2026-05-28T20:26Z, unknown here; this hub: delivery .* is in it \(deposited\)/,
    ],
    ['a door that was forced', { ...opened(LOST, 20), forced: true }, /opened without a grant/],
    ['no record at all of a door that holds a parcel', {}, /its own was lost/],
    [
      'a record that ends before the log does',
      { ...opened(LOST, 20), newestSeq: 21 },
      /ends before this log/,
    ],
  ])(
    'a person is called for %s, with both stories, and the door stays as it is',
    async (_what, told, story) => {
      const { rig, delivery, door } = await replaced();
      await tell(rig, record(door.compartment, told));
      await tell(rig, record(door.compartment, told));
      expect(cases(rig)).toMatchObject([
        { kind: 'record-disagrees', delivery, compartment: door.compartment },
      ]);
      const [{ detail = '' } = {}] = rig.entries('case.opened');
      expect(detail).toMatch(story);
      expect(detail.length).toBeLessThanOrEqual(200);
      expect(isUnverified(rig, door.compartment)).toBe(true);
    },
  );

  it('a parcel that only the bank knows of is a case of an empty-looking door', async () => {
    const { rig } = await replaced();
    await tell(rig, record(6, { grant: LOST, delivery: FOREIGN, purpose: 'deposit', outcome: 'opened' }));
    expect(cases(rig)).toMatchObject([{ kind: 'record-disagrees', delivery: null, compartment: 6 }]);
    expect(rig.entries('case.opened')[0]?.detail).toMatch(/this hub: nothing is in it$/);
    expect(free(rig)).not.toContain(6);
  });

  it('a door without a sensor comes back by its record only where none has one', async () => {
    const { rig } = await replaced();
    await rig.online('blind');
    const session = rig.sessions.get('blind')?.session ?? 0;
    await rig.do({ type: 'records-told', bank: 'blind', session, records: [record(1)] });
    expect(rig.building.doors('blind').map(({ unverified }) => unverified)).toEqual([false, true]);
  });

  it('what the agent released by itself is waited for, and then asked about again', async () => {
    const { rig, delivery, door } = await replaced();
    const told = { grant: LOST, delivery, purpose: 'pickup', outcome: 'opened', closed: true } as const;
    await tell(rig, record(door.compartment, { ...told, outstanding: true }));
    expect(cases(rig)).toEqual([]);
    rig.effects.length = 0;
    const session = rig.sessions.get('a')?.session ?? 0;
    const release = {
      ...{ series: FOREIGN, number: 1, grant: LOST, delivery, compartment: door.compartment },
      ...{
        holder: single.resident,
        terminal: TERMINALS.a,
        list: 4,
        outcome: 'opened' as const,
        closed: true,
      },
      attested: null,
    } as const;
    await rig.do({ type: 'handed-over', bank: 'a', session, release });
    expect(rig.effects).toContainEqual({ type: 'ask-records', session, ...door });
    await tell(rig, record(door.compartment, { ...told, grantSeq: 40, newestSeq: 40 }));
    expect(isUnverified(rig, door.compartment)).toBe(false);
  });

  it('staff look: by one button a door, or by closing its case', async () => {
    const { rig, door } = await replaced();
    const lost = { grant: LOST, delivery: FOREIGN, purpose: 'deposit', outcome: 'opened' } as const;
    await tell(rig, record(door.compartment, lost), record(6, lost));
    const [first, second] = cases(rig);
    const verify = { type: 'verify-door', staff, bank: 'a' } as const;
    await rig.seen('a', 6, 'open');
    await expect(rig.do({ ...verify, compartment: 6 })).rejects.toMatchObject({ code: 'not-now' });
    await rig.seen('a', 6, 'closed');
    await rig.do({ ...verify, compartment: 6 });
    await rig.do({ ...verify, compartment: 6 });
    expect(cases(rig)).toEqual([first]);
    await rig.do({ type: 'close-case', staff, case: first?.id ?? '', resolution: 'it is there' });
    expect([isUnverified(rig, 6), isUnverified(rig, door.compartment)]).toEqual([false, false]);
    expect(rig.entries('case.closed')).toMatchObject([{ case: second?.id }, { case: first?.id }]);
    await expect(rig.do({ ...verify, compartment: 99 })).rejects.toMatchObject({
      code: 'compartment-unknown',
    });
  });

  it('is remembered by a restart until the last door of a bank is verified, and then forgotten', async () => {
    const { rig } = await replaced();
    const verify = { type: 'verify-door', staff, bank: 'b' } as const;
    await rig.do({ ...verify, compartment: 1 });
    await rig.kill();
    await rig.boot();
    expect(rig.building.doors('b').map(({ unverified }) => unverified)).toEqual([false, true, true]);
    await rig.do({ ...verify, compartment: 2 });
    await rig.do({ ...verify, compartment: 3 });
    expect(rig.entries('compartment.verified').map(({ over }) => over)).toEqual([false, false, true]);
    expect(rig.disk.living.has('b/unverified')).toBe(false);
  });

  it('parcels behind such doors stand on no pickup list', async () => {
    const { rig, door, grant } = await replaced();
    const listed = () =>
      listContent(
        {
          ...{ model: rig.building.model, roster: ROSTER, policy: rig.policy, terminals: [] },
          qrOf: (holder) => rig.building.qrOf(holder),
          ...{ building: { building: 'house', name: 'House', language: 'en' }, codeKey: 'ab'.repeat(32) },
          poweredHours: 72,
        },
        'a',
      ).deliveries;
    expect(listed()).toEqual([]);
    await tell(rig, record(door.compartment, opened(grant, 20)));
    expect(listed()).toHaveLength(1);
  });

  it('is written once for an epoch, whatever is killed and started, and never for a first hub', async () => {
    const { rig } = await replaced();
    const { clock, random, disk, epoch } = rig;
    const begin = (lastEpoch: number | null) =>
      beginEpoch({
        log: new MemoryLog({ epoch, random, disk }),
        clock,
        began: { number: epoch, instance: FOREIGN, reason: 'restored' },
        lastEpoch,
        layouts: LAYOUTS,
      });
    await begin(epoch);
    await begin(null);
    expect(rig.entries('bank.unverified')).toHaveLength(LAYOUTS.length);
    expect(rig.entries('epoch.began')).toMatchObject([{ number: 2, reason: 'replaced' }]);
  });
});

describe('a hub that was put back to an older copy', () => {
  it('opens nothing but for staff at a bank whose agent knows more, and says what to do', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const delivery = await rig.dropOff({ unit: single.unit, resident: null });
    await rig.tell();
    const told = (ahead: string | null, session = rig.sessions.get('a')?.session ?? 0) =>
      rig.do({ type: 'head-told', bank: 'a', session, ahead });
    await told('its agent has seen entry 9, the log ends at 7', 99);
    expect(cases(rig)).toEqual([]);
    await told('its agent has seen entry 9, the log ends at 7');
    await told('its agent has seen entry 9, the log ends at 7');
    expect(cases(rig)).toMatchObject([{ kind: 'record-disagrees', bank: 'a', compartment: null }]);
    expect(rig.entries('case.opened')[0]?.detail).toMatch(/recovery key/);
    expect(freePlaces(rig.building.model, LAYOUTS).filter(({ bank }) => bank === 'a')).toEqual([]);
    const code = rig.building.codeOf(single.resident) ?? '';
    const { visit } = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    const again = { type: 'open-again', terminal: TERMINALS.a, visit, delivery } as const;
    await expect(rig.do(again)).rejects.toMatchObject({ code: 'hub-behind' });
    expect(rig.takeOpens()).toEqual([]);
    const { compartment } = rig.building.model.deliveries.get(delivery) ?? {};
    await rig.do({
      type: 'staff-open',
      staff,
      bank: 'a',
      compartment: (compartment ?? 1) + 1,
      reason: 'to look',
    });
    expect(rig.takeOpens()).toHaveLength(1);
    await told(null);
    await rig.do(again);
    expect(rig.takeOpens()).toMatchObject([{ delivery }]);
  });
});
