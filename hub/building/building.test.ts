import { STANDARD_POLICY } from '@lockerhub/protocol/http/policy-items.ts';
import type { Entry } from '@lockerhub/protocol/log/entry.ts';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../sim/clock/seeded-random.ts';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { BuildingRig, CODE_KEY, PEOPLE, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import type { Effect } from '../deliveries/command.ts';
import { MemoryLog } from '../store/memory.ts';
import type { Batch } from '../store/store.ts';
import { Building, MAX_WAITING, MAX_WAITING_PEOPLE } from './building.ts';

const { single } = PEOPLE;
const terminal = TERMINALS.a;

/** The log in memory, held back or broken as a test wants. */
class TroubledLog extends MemoryLog {
  broken = false;
  gate: Promise<void> = Promise.resolve();

  override async append(batch: Batch): Promise<readonly Entry[]> {
    await this.gate;
    if (this.broken) throw new Error('the disk is gone');
    return super.append(batch);
  }
}

function troubled() {
  const clock = new VirtualClock(0);
  const random = new SeededRandom(3);
  const log = new TroubledLog({ epoch: 1, random });
  const effects: Effect[] = [];
  const faults: unknown[] = [];
  const building = new Building({
    clock,
    random,
    log,
    roster: ROSTER,
    policy: () => STANDARD_POLICY,
    codeKey: CODE_KEY,
    perform: (effect) => {
      effects.push(effect);
      if (effect.type === 'case-opened') throw new Error('nobody listens');
    },
    clockTrust: () => 'trusted',
    disk: () => 'ok',
    fencedBy: () => null,
    isHeld: () => false,
    language: () => 'en',
    timeZone: () => 'UTC',
    onFault: (error) => faults.push(error),
  });
  return { clock, log, building, effects, faults };
}

describe('a parcel', () => {
  it('goes in, is announced, and comes out', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const code = await rig.courierCode();
    const visit = await rig.do({ type: 'start-visit', terminal, code });
    expect(visit).toMatchObject({ kind: 'courier', state: 'open', who: 'Swift Parcels', stops: [] });
    const placed = await rig.do({
      type: 'add-parcel',
      terminal,
      visit: visit.visit,
      unit: single.unit,
      resident: null,
      size: 'S',
      tracking: 'TBA123',
    });
    expect(placed.stops).toMatchObject([{ step: 'opening', place: { bank: 'a', compartment: 1 } }]);
    const open = rig.takeOpen();
    await rig.opens(open);
    expect(rig.building.visit(visit.visit)?.stops).toMatchObject([{ step: 'open' }]);
    await rig.closes(open);
    expect(rig.building.visit(visit.visit)?.stops).toMatchObject([{ step: 'confirm', answerInMs: 15_000 }]);
    const delivery = open.delivery ?? '';
    const done = await rig.do({ type: 'confirm', terminal, visit: visit.visit, delivery, inside: true });
    expect(done.stops).toMatchObject([{ step: 'done', canUndo: true }]);
    await rig.do({ type: 'end-visit', terminal, visit: visit.visit });
    expect(rig.building.codeOf(single.resident)).toBeUndefined();
    await rig.tell();
    expect(rig.entries('message.queued')).toMatchObject([
      { resident: single.resident, deliveries: [delivery] },
    ]);

    const residentCode = rig.building.codeOf(single.resident) ?? '';
    rig.effects.length = 0;
    const pickup = await rig.do({ type: 'start-visit', terminal, code: residentCode });
    expect(pickup.stops).toMatchObject([{ delivery, step: 'opening' }]);
    const second = rig.takeOpen();
    expect(second).toMatchObject({ purpose: 'pickup', compartment: 1 });
    await rig.opens(second);
    await rig.closes(second);
    expect(rig.building.visit(pickup.visit)?.stops).toMatchObject([{ step: 'done', canOpen: true }]);
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery, confirmation: 'confirmed' }]);
    await rig.clock.advance(rig.policy.graceMs + 1);
    expect(rig.entries('delivery.archived')).toEqual([{ delivery }]);
    expect(rig.faults).toEqual([]);
  });
});

describe('the shell', () => {
  it('changes nothing and asks for nothing when the log does not take a command', async () => {
    const { building, log, effects } = troubled();
    await building.start();
    const issue = { type: 'issue-code', staff: PEOPLE.staff, holder: PEOPLE.courier } as const;
    await building.execute({ type: 'bank-online', bank: 'a', session: 1 });
    effects.length = 0;
    log.broken = true;
    await expect(building.execute(issue)).rejects.toThrow('the disk is gone');
    await expect(building.execute({ type: 'bank-online', bank: 'a', session: 2 })).rejects.toThrow();
    expect(building.codeOf(PEOPLE.courier)).toBeUndefined();
    expect(building.model.banks.get('a')).toEqual({ bank: 'a', session: 1 });
    expect(effects).toEqual([]);
    log.broken = false;
    const { code } = await building.execute(issue);
    expect(building.codeOf(PEOPLE.courier)).toBe(code);
    await building.stop();
  });

  it('answers and acts only once the log has it', async () => {
    const { building, log, effects } = troubled();
    await building.start();
    let release = () => {};
    log.gate = new Promise((resolve) => {
      release = resolve;
    });
    let isAnswered = false;
    const done = building.execute({ type: 'bank-event', ...FORCED }).then(() => {
      isAnswered = true;
    });
    for (let turn = 0; turn < 50; turn += 1) await null;
    expect([isAnswered, effects]).toEqual([false, []]);
    release();
    await done;
    expect(effects).toContainEqual({ type: 'acknowledge', bank: 'a', session: 1, number: 1 });
    await building.stop();
  });

  it('carries out the other effects when one fails, and says so', async () => {
    const { building, effects, faults } = troubled();
    await building.start();
    await building.execute({ type: 'bank-event', ...FORCED });
    expect(effects.map(({ type }) => type)).toEqual(['case-opened', 'acknowledge', 'door-changed']);
    expect(faults).toMatchObject([{ message: 'nobody listens' }]);
    await building.stop();
  });

  it('turns people away before banks, each at its bound', async () => {
    const { building, log } = troubled();
    await building.start();
    let release = () => {};
    log.gate = new Promise((resolve) => {
      release = resolve;
    });
    const stay = { type: 'stay', terminal, visit: PEOPLE.staff } as const;
    const asked = Array.from({ length: MAX_WAITING_PEOPLE }, () =>
      building.execute({ type: 'bank-event', ...FORCED }),
    );
    await expect(building.execute(stay)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 500 });
    for (let more = asked.length; more < MAX_WAITING; more += 1) {
      asked.push(building.execute({ type: 'bank-event', ...FORCED }));
    }
    await expect(building.execute({ type: 'bank-event', ...FORCED })).rejects.toMatchObject({
      code: 'overloaded',
    });
    release();
    await Promise.all(asked);
    await expect(building.execute(stay)).rejects.toMatchObject({ code: 'visit-unknown' });
    await building.stop();
  });

  it('goes on after a tick that failed', async () => {
    const { clock, building, log, faults } = troubled();
    await building.start();
    await building.execute({ type: 'bank-online', bank: 'a', session: 1 });
    const door = { bank: 'a', session: 1, compartment: 1, sensed: true } as const;
    await building.execute({ type: 'door-seen', ...door, door: 'open' });
    log.broken = true;
    await clock.advance(STANDARD_POLICY.openAlarmMs + 5_000);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThan(10);
    log.broken = false;
    await clock.advance(5_000);
    expect([...building.model.cases.values()]).toMatchObject([{ kind: 'left-open' }]);
    await building.stop();
  });
});

const FORCED = {
  bank: 'a',
  session: 1,
  number: 1,
  kind: 'forced',
  compartment: 1,
  grant: null,
  ageMs: 0,
  latencyMs: null,
} as const;

describe('guessing', () => {
  it('is paused after five wrong codes on a terminal; a scanned code still works, and other terminals', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const code = await rig.courierCode();
    const wrong = { type: 'start-visit', terminal, code: '0000 0000' } as const;
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(rig.do(wrong)).rejects.toMatchObject({ code: 'code-wrong' });
    }
    const typed = { type: 'start-visit', terminal, code } as const;
    await expect(rig.do(typed)).rejects.toMatchObject({ code: 'too-many-attempts', retryAfterMs: 300_000 });
    await expect(rig.do({ ...typed, terminal: TERMINALS.b })).resolves.toMatchObject({ kind: 'courier' });
    const qr = rig.building.qrOf(PEOPLE.courier) ?? '';
    await expect(rig.do({ ...typed, code: qr })).resolves.toMatchObject({ kind: 'courier' });
    await rig.clock.advance(300_000);
    await expect(rig.do(typed)).resolves.toMatchObject({ kind: 'courier' });
  });

  it('everywhere makes a code alone not enough: who says their unit or carrier comes in, a scanned code in any case', async () => {
    const many = Array.from(
      { length: 4_000 },
      (_, n) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    );
    const hired = new Set(many);
    const rig = await BuildingRig.start({
      roster: {
        ...ROSTER,
        courierIds: () => [...ROSTER.courierIds(), ...many],
        courier: (id) =>
          hired.has(id)
            ? { id, carrier: 'other', carrierName: 'Other Parcels', hours: null }
            : ROSTER.courier(id),
      },
    });
    await rig.allOnline();
    await rig.dropOff({ unit: single.unit, resident: single.resident });
    await rig.tell();
    const courier = rig.building.codeOf(PEOPLE.courier) ?? '';
    const code = rig.building.codeOf(single.resident) ?? '';
    for (const holder of many) await rig.courierCode(holder);
    for (let guess = 0; guess < 4; guess += 1) {
      await expect(rig.do({ type: 'start-visit', terminal, code: '0000 0000' })).rejects.toMatchObject({
        code: 'code-wrong',
      });
    }
    const b = { type: 'start-visit', terminal: TERMINALS.b, code } as const;
    // No oracle: right and wrong codes are answered alike.
    for (const any of [code, '0000 0000']) {
      await expect(rig.do({ ...b, code: any })).rejects.toMatchObject({ code: 'code-owner-needed' });
    }
    await expect(rig.do({ ...b, owner: 'Unit 1' })).rejects.toMatchObject({ code: 'code-wrong' });
    await expect(rig.do({ ...b, owner: 'unit-4' })).resolves.toMatchObject({ kind: 'resident' });
    await expect(rig.do({ ...b, owner: 'unit 4', byPhone: true })).resolves.toMatchObject({
      kind: 'resident',
    });
    await expect(rig.do({ ...b, code: rig.building.qrOf(single.resident) ?? '' })).resolves.toBeTruthy();
    const lobby = { ...b, terminal: TERMINALS.lobby, code: courier };
    await expect(rig.do(lobby)).rejects.toMatchObject({ code: 'code-owner-needed' });
    await expect(rig.do({ ...lobby, owner: 'swift parcels' })).resolves.toMatchObject({ kind: 'courier' });
  });

  it('by phone does not stop those at the keys', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const code = await rig.courierCode();
    const wrong = { type: 'start-visit', terminal, code: '0000 0000', byPhone: true } as const;
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(rig.do(wrong)).rejects.toMatchObject({ code: 'code-wrong' });
    }
    await expect(rig.do(wrong)).rejects.toMatchObject({ code: 'too-many-attempts' });
    await expect(rig.do({ type: 'start-visit', terminal, code })).resolves.toMatchObject({ kind: 'courier' });
  });

  it('gets nothing for a scanned code with a wrong tag', async () => {
    const rig = await BuildingRig.start();
    const code = await rig.courierCode();
    const forged = `LH1:${code}:0123456789abcdef`;
    await expect(rig.do({ type: 'start-visit', terminal, code: forged })).rejects.toMatchObject({
      code: 'code-wrong',
    });
  });
});
