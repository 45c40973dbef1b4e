import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, type RigOptions, TERMINALS } from '../../sim/testing/building-rig.ts';
import { refusal } from '../../sim/testing/refusal.ts';

const { single } = PEOPLE;
const terminal = TERMINALS.a;

/** Parcels of one resident, announced, at the given terminals' banks. */
async function waiting(at: readonly string[], options: RigOptions = {}) {
  const rig = await BuildingRig.start(options);
  await rig.allOnline();
  const deliveries: string[] = [];
  for (const one of at) deliveries.push(await rig.dropOff(single, 'S', one));
  await rig.tell();
  rig.effects.length = 0;
  const code = rig.building.codeOf(single.resident) ?? '';
  const come = (where: string = terminal) => rig.do({ type: 'start-visit', terminal: where, code });
  return { rig, deliveries, code, come };
}

describe('a pickup', () => {
  it('opens door after door at its own bank; others are elsewhere', async () => {
    const { rig, deliveries, come } = await waiting([terminal, TERMINALS.b, terminal]);
    const { visit, stops } = await come();
    expect(stops.map(({ step }) => step)).toEqual(['opening', 'waiting', 'elsewhere']);
    const next = () => rig.do({ type: 'next-door', terminal, visit });
    expect(await refusal(next())).toBe('not-now');
    const first = rig.takeOpen();
    await rig.opens(first);
    expect(await refusal(next())).toBe('not-now');
    await rig.closes(first);
    await next();
    const second = rig.takeOpen();
    expect([first.delivery, second.delivery]).toEqual([deliveries[0], deliveries[2]]);
    await rig.opens(second);
    await rig.closes(second);
    expect(await refusal(next())).toBe('not-now');
    expect(rig.entries('delivery.collected')).toHaveLength(2);
    await rig.do({ type: 'end-visit', terminal, visit });
    const there = await come(TERMINALS.b);
    expect(there.stops[0]).toMatchObject({ delivery: deliveries[1], step: 'opening' });
  });

  it('opens every bank from a terminal that stands at none', async () => {
    const { rig, come } = await waiting([terminal, TERMINALS.b]);
    const { visit } = await come(TERMINALS.lobby);
    const first = rig.takeOpen();
    await rig.opens(first);
    await rig.closes(first);
    await rig.do({ type: 'next-door', terminal: TERMINALS.lobby, visit });
    expect(rig.takeOpen().bank).not.toBe(first.bank);
  });

  it('of a parcel that was never taken leaves it waiting', async () => {
    const { rig, deliveries, come } = await waiting([terminal]);
    const { visit } = await come();
    const open = rig.takeOpen();
    await rig.do({ type: 'open-refused', bank: 'a', grant: open.grant, reason: 'busy' });
    expect(rig.building.visit(visit)?.stops).toMatchObject([{ step: 'waiting', canOpen: true }]);
    await rig.do({ type: 'end-visit', terminal, visit });
    expect(rig.building.model.deliveries.get(deliveries[0] ?? '')).toMatchObject({ state: 'deposited' });
    expect(rig.entries('case.opened')).toEqual([]);
  });

  it('at a jammed door has two more attempts; then staff are called', async () => {
    const { rig, deliveries, come } = await waiting([terminal]);
    const { visit } = await come();
    const again = () => rig.do({ type: 'open-again', terminal, visit, delivery: deliveries[0] ?? '' });
    for (const left of [2, 1]) {
      const open = rig.takeOpen();
      await rig.report('a', open.compartment, 'jammed', open.grant);
      expect(rig.building.visit(visit)?.stops).toMatchObject([
        { step: 'jammed', attemptsLeft: left, canOpen: true },
      ]);
      expect(rig.entries('case.opened')).toEqual([]);
      await again();
    }
    const last = rig.takeOpen();
    await rig.report('a', last.compartment, 'jammed', last.grant);
    expect(rig.building.visit(visit)?.stops).toMatchObject([{ attemptsLeft: 0, canOpen: false }]);
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'out-of-service', delivery: deliveries[0] }]);
    expect(await refusal(again())).toBe('attempts-used-up');
  });

  it('can be opened again in the grace time and not after it', async () => {
    const { rig, deliveries, come, code } = await waiting([terminal]);
    const { visit } = await come();
    const first = rig.takeOpen();
    await rig.opens(first);
    await rig.closes(first);
    await rig.clock.advance(50_000);
    const again = { type: 'open-again', terminal, visit, delivery: deliveries[0] ?? '' } as const;
    await rig.do(again);
    const second = rig.takeOpen();
    expect(second).toMatchObject({ purpose: 'reopen', compartment: first.compartment });
    await rig.opens(second);
    await rig.clock.advance(rig.policy.graceMs);
    expect(rig.entries('delivery.archived')).toEqual([]);
    await rig.closes(second);
    await rig.clock.advance(0);
    expect(rig.entries('delivery.archived')).toEqual([{ delivery: deliveries[0] }]);
    expect(await refusal(rig.do({ type: 'start-visit', terminal, code }))).toBe('code-wrong');
    expect(rig.building.doors('a')[0]?.holds).toEqual([]);
  });

  it('that finds nothing keeps the compartment until staff have looked', async () => {
    const { rig, deliveries, come } = await waiting([terminal]);
    const { visit } = await come();
    const open = rig.takeOpen();
    await rig.opens(open);
    const delivery = deliveries[0] ?? '';
    const said = await rig.do({ type: 'missing', terminal, visit, delivery });
    expect(said.stops).toMatchObject([
      { step: 'done', missing: true, canReportMissing: false, canOpen: false },
    ]);
    await rig.closes(open);
    await rig.clock.advance(rig.policy.graceMs * 2);
    expect(rig.building.doors('a')[0]?.holds).toMatchObject([{ delivery, state: 'missing' }]);
    const [open_] = rig.entries('case.opened');
    expect(open_).toMatchObject({ kind: 'nothing-inside', delivery });
    await rig.do({
      type: 'close-case',
      staff: PEOPLE.staff,
      case: open_?.case ?? '',
      resolution: 'found behind',
    });
    expect(rig.entries('delivery.archived')).toEqual([{ delivery }]);
  });

  it('whose door is left open calls staff, gives the door to nobody, and is over when somebody closes it', async () => {
    const { rig, deliveries, come } = await waiting([terminal]);
    const [delivery = ''] = deliveries;
    const { visit } = await come();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.clock.advance(rig.policy.openAlarmMs + rig.policy.idleMs + rig.policy.warnMs + 1_000);
    expect(rig.building.visit(visit)).toMatchObject({ state: 'ended', endReason: 'timeout' });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'left-open', delivery }]);
    await rig.dropOff(PEOPLE.mateA, 'S');
    const other = [...rig.building.model.deliveries.values()].find(({ id }) => id !== delivery);
    expect(other?.compartment).not.toBe(open.compartment);
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery }]);
    expect(rig.entries('case.closed')).toHaveLength(1);
    await rig.clock.advance(rig.policy.graceMs + 1);
    expect(rig.building.model.deliveries.has(delivery)).toBe(false);
  });

  it('without a sensor is attested, and unattested still waits, with a case', async () => {
    const { rig, deliveries } = await waiting([]);
    const { blind } = TERMINALS;
    const delivery = await rig.dropOffBlind(single);
    expect(deliveries).toEqual([]);
    const mine = { terminal: blind, code: rig.building.codeOf(single.resident) ?? '' };
    rig.effects.length = 0;
    const first = await rig.do({ type: 'start-visit', ...mine });
    await rig.report('blind', 1, 'pulsed', rig.takeOpen().grant);
    await rig.do({ type: 'end-visit', terminal: blind, visit: first.visit });
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'unfinished-pickup' }]);
    rig.effects.length = 0;
    const second = await rig.do({ type: 'start-visit', ...mine });
    await rig.report('blind', 1, 'pulsed', rig.takeOpen().grant);
    await rig.do({ type: 'closed-by-hand', terminal: blind, visit: second.visit, delivery });
    expect(rig.entries('delivery.collected')).toMatchObject([{ confirmation: 'attested' }]);
    expect(rig.entries('case.closed')).toHaveLength(1);
  });

  it('without a sensor is pulsed no more than one at a jammed door: each pulse heats the lock', async () => {
    const { rig } = await waiting([]);
    const { blind } = TERMINALS;
    const delivery = await rig.dropOffBlind(single);
    const code = rig.building.codeOf(single.resident) ?? '';
    rig.effects.length = 0;
    const { visit } = await rig.do({ type: 'start-visit', terminal: blind, code });
    const where = { terminal: blind, visit, delivery };
    for (const left of [2, 1, 0]) {
      await rig.report('blind', 1, 'pulsed', rig.takeOpen().grant);
      expect(await refusal(rig.do({ type: 'open-again', ...where }))).toBe('not-now');
      const view = await rig.do({ type: 'did-not-open', ...where });
      expect(view.stops).toMatchObject([{ step: 'jammed', attemptsLeft: left, canOpen: left > 0 }]);
      if (left > 0) await rig.do({ type: 'open-again', ...where });
    }
    expect(await refusal(rig.do({ type: 'open-again', ...where }))).toBe('attempts-used-up');
    expect(rig.entries('case.opened')).toMatchObject([{ kind: 'out-of-service', delivery }]);
    await rig.do({ type: 'end-visit', terminal: blind, visit });
    expect(rig.building.model.deliveries.get(delivery)).toMatchObject({ state: 'deposited' });
  });

  it('goes on when the disk is low and the clock is in 1970', async () => {
    const { rig, come } = await waiting([terminal]);
    rig.diskState = 'low';
    rig.clockTrust = 'untrusted';
    rig.clock.setWall(0);
    await come();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toHaveLength(1);
    expect(rig.payloads().at(-1)).toMatchObject({ clock: 'untrusted' });
  });

  it('is not hurried by a wall clock that jumps to 2031', async () => {
    const { rig, come } = await waiting([terminal]);
    await come();
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    rig.clock.setWall(1_930_000_000_000);
    await rig.clock.advance(1_000);
    expect(rig.entries('delivery.archived')).toEqual([]);
    expect(rig.entries('visit.ended').filter(({ reason }) => reason === 'timeout')).toEqual([]);
  });

  it('of a parcel that was not announced yet is not possible', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    await rig.dropOff(single);
    await rig.tell();
    const code = rig.building.codeOf(single.resident) ?? '';
    const later = await rig.dropOff(single);
    rig.effects.length = 0;
    const view = await rig.do({ type: 'start-visit', terminal: TERMINALS.a, code });
    expect(view.stops.map(({ delivery }) => delivery)).not.toContain(later);
  });
});

describe('a terminal', () => {
  it('gives the same holder the same visit, and makes the next person wait while a door is in use', async () => {
    const { rig, come } = await waiting([terminal]);
    const { visit } = await come();
    expect((await come()).visit).toBe(visit);
    const courier = { type: 'start-visit', terminal, code: await rig.courierCode() } as const;
    expect(await refusal(rig.do(courier))).toBe('terminal-busy');
    const [open] = rig.effects.flatMap((effect) => (effect.type === 'open' ? [effect] : []));
    if (!open) throw new Error('no open');
    await rig.opens(open);
    expect(await refusal(rig.do(courier))).toBe('terminal-busy');
    await rig.closes(open);
    await rig.do(courier);
    expect(rig.building.visit(visit)).toMatchObject({ state: 'ended', endReason: 'cancelled' });
  });

  it('has no right to the visit of another', async () => {
    const { rig, come } = await waiting([terminal]);
    const { visit } = await come();
    expect(await refusal(rig.do({ type: 'next-door', terminal: TERMINALS.b, visit }))).toBe('visit-unknown');
    expect(await refusal(rig.do({ type: 'start-visit', terminal: visit, code: '12345678' }))).toBe(
      'terminal-unknown',
    );
  });

  it('does not let a resident act as a courier, nor the other way round', async () => {
    const { rig, come, deliveries } = await waiting([terminal]);
    const { visit } = await come();
    const delivery = deliveries[0] ?? '';
    expect(await refusal(rig.do({ type: 'confirm', terminal, visit, delivery, inside: true }))).toBe(
      'not-now',
    );
    expect(await refusal(rig.do({ type: 'undo', terminal, visit, delivery }))).toBe('not-now');
  });
});
