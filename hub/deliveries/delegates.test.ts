import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';
import type { CodeProof } from './command.ts';
import { blockedFor, ownWaiting } from './delegates.ts';
import { BY_PHONE_MOST_MS } from './policy.ts';
import { Refusal } from './refusal.ts';

const { pair, single, mateA, mateB } = PEOPLE;
const terminal = TERMINALS.a;
const [one, other] = pair.residents as [string, string];
const HOUR_MS = 60 * 60_000;

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Refusal ? error.code : `no refusal: ${JSON.stringify(error)}`;
}

async function house() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  const come = (code: string) => rig.do({ type: 'start-visit', terminal, code });
  const name = (resident: string, delivery: string | null = null, fromMs = 0, forMs = HOUR_MS) =>
    rig.do({
      type: 'name-delegate',
      by: { kind: 'resident', id: resident },
      resident,
      delivery,
      fromMs,
      untilMs: rig.clock.wallMs() + forMs,
    });
  const codeOf = (resident: string) => rig.building.codeOf(resident) ?? 'none';
  return { rig, come, name, codeOf };
}

describe('a parcel for one of a household', () => {
  it('opens for the others of it, unless it is "only me": that beats the household', async () => {
    const { rig, come, codeOf } = await house();
    await rig.dropOff({ unit: pair.unit, resident: one });
    const mine = await rig.dropOff({ unit: pair.unit, resident: other });
    await rig.tell();
    const { visit, stops } = await come(codeOf(other));
    expect(stops).toHaveLength(2);
    rig.onlyMe.add(one);
    expect(rig.building.visit(visit)?.stops.map(({ delivery }) => delivery)).toEqual([mine]);
  });

  it('never shows itself to a room-mate, who is another household', async () => {
    const { rig, come, codeOf } = await house();
    await rig.dropOff({ unit: mateA.unit, resident: mateA.resident });
    const theirs = await rig.dropOff({ unit: mateA.unit, resident: mateB.resident });
    await rig.tell();
    const { stops } = await come(codeOf(mateB.resident));
    expect(stops.map(({ delivery }) => delivery)).toEqual([theirs]);
  });
});

describe('a delegate', () => {
  it('collects by a code of their own what is theirs who named them, and nothing else', async () => {
    const { rig, come, name } = await house();
    const mine = await rig.dropOff({ unit: pair.unit, resident: one });
    await rig.dropOff({ unit: pair.unit, resident: other });
    const ours = await rig.dropOff({ unit: pair.unit, resident: null });
    await rig.tell();
    const { delegate, code } = await name(one);
    const view = await come(code);
    expect(view.stops.map(({ delivery }) => delivery).toSorted()).toEqual([mine, ours].toSorted());
    expect(rig.entries('visit.started').at(-1)).toMatchObject({ kind: 'resident', holder: one, delegate });
  });

  it('may be named for one parcel, also of somebody who wants theirs alone', async () => {
    const { rig, come, name } = await house();
    rig.onlyMe.add(one);
    const mine = await rig.dropOff({ unit: pair.unit, resident: one });
    await rig.dropOff({ unit: pair.unit, resident: one });
    await rig.tell();
    const { code } = await name(one, mine);
    expect((await come(code)).stops.map(({ delivery }) => delivery)).toEqual([mine]);
    // The other of the household cannot give away what is not theirs.
    expect(await refusal(name(other, mine))).toBe('delivery-unknown');
  });

  it('opens within the window alone, and not once more after it was revoked in the middle of a visit', async () => {
    const { rig, come, name } = await house();
    await rig.dropOff(single);
    await rig.dropOff(single);
    await rig.tell();
    const later = await name(single.resident, null, rig.clock.wallMs() + HOUR_MS, 2 * HOUR_MS);
    expect(await refusal(come(later.code))).toBe('code-revoked');
    await rig.clock.advance(HOUR_MS);
    rig.effects.length = 0;
    const { visit } = await come(later.code);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    const by = { kind: 'resident', id: single.resident } as const;
    expect(
      await refusal(rig.do({ type: 'end-delegate', by, resident: mateA.resident, delegate: later.delegate })),
    ).toBe('delegate-unknown');
    await rig.do({ type: 'end-delegate', by, resident: single.resident, delegate: later.delegate });
    expect(await refusal(rig.do({ type: 'next-door', terminal, visit }))).toBe('not-now');
    expect(await refusal(come(later.code))).toBe('code-revoked');
    expect(rig.entries('delegate.ended')).toMatchObject([{ reason: 'revoked' }]);
  });

  it('is over by the wall clock, but not while that is not trusted', async () => {
    const { rig, come, name } = await house();
    await rig.dropOff(single);
    await rig.tell();
    const { code } = await name(single.resident);
    rig.clockTrust = 'untrusted';
    await rig.clock.advance(2 * HOUR_MS);
    expect((await come(code)).stops).toHaveLength(1);
    rig.clockTrust = 'trusted';
    await rig.clock.advance(5 * 60_000);
    expect(await refusal(come(code))).toBe('code-revoked');
    expect(rig.entries('delegate.ended')).toMatchObject([{ reason: 'over' }]);
  });

  it('is known after a restart, and gone with the parcel', async () => {
    const { rig, come, name } = await house();
    const delivery = await rig.dropOff(single);
    await rig.tell();
    const { code } = await name(single.resident, delivery, 0, 10 * HOUR_MS);
    await rig.kill();
    await rig.boot();
    await rig.allOnline();
    rig.effects.length = 0;
    const { visit } = await come(code);
    const open = rig.takeOpen();
    await rig.opens(open);
    await rig.closes(open);
    expect(rig.entries('delivery.collected')).toMatchObject([{ delivery, confirmation: 'confirmed' }]);
    await rig.do({ type: 'end-visit', terminal, visit });
    await rig.clock.advance(HOUR_MS);
    expect(rig.entries('delegate.ended')).toMatchObject([{ reason: 'nothing-left' }]);
  });

  it('is not named for one parcel behind a door that would not open for them', async () => {
    const rig = await BuildingRig.start();
    await rig.online('a');
    const reason = 'for the test';
    for (const compartment of [1, 2, 3, 4, 5]) {
      await rig.do({ type: 'retire', staff: PEOPLE.staff, bank: 'a', compartment, reason });
    }
    const mine = await rig.dropOff({ unit: pair.unit, resident: one });
    const theirs = await rig.dropOff({ unit: pair.unit, resident: other });
    await rig.tell();
    const [a, b] = [mine, theirs].map((id) => rig.building.model.deliveries.get(id)?.compartment);
    expect([a, b]).toEqual([6, 6]);
    const name = (delivery: string | null) =>
      rig.do({
        type: 'name-delegate',
        by: { kind: 'staff', id: PEOPLE.staff },
        resident: one,
        delivery,
        fromMs: 0,
        untilMs: rig.clock.wallMs() + HOUR_MS,
      });
    expect(await refusal(name(mine))).toBe('door-shared');
    expect(rig.building.model.delegates.get(mine)).toBeUndefined();
    const { delegate, code } = await name(null);
    expect(blockedFor(rig.building.model, rig.roster, delegate).map(({ id }) => id)).toEqual([mine]);
    rig.effects.length = 0;
    await rig.do({ type: 'start-visit', terminal, code });
    expect(rig.takeOpens()).toEqual([]);
  });
});

describe('a resident’s phone, wherever it is', () => {
  const { courier } = PEOPLE;
  async function atHome() {
    const here = await house();
    const { rig } = here;
    const show = (code: string, owner?: string) =>
      rig.do({ type: 'prove-code', code, owner, address: '10.0.0.7' });
    const nameBy = (proof: CodeProof, change: object = {}) =>
      rig.do({
        type: 'name-delegate',
        by: { kind: 'resident', id: proof.resident },
        resident: proof.resident,
        delivery: null,
        fromMs: 0,
        untilMs: rig.clock.wallMs() + HOUR_MS,
        proof,
        ...change,
      });
    return { ...here, show, nameBy };
  }

  it('is known by the resident’s own code alone, while something waits, and opens nothing', async () => {
    const { rig, show, name, codeOf } = await atHome();
    await rig.dropOff(single);
    await rig.tell();
    rig.effects.length = 0;
    expect(await show(codeOf(single.resident))).toEqual({ resident: single.resident, generation: 0 });
    expect(rig.takeOpens()).toEqual([]);
    const sent = await name(single.resident);
    expect(await refusal(show(sent.code))).toBe('code-of-delegate');
    const { code: couriers } = await rig.do({ type: 'issue-code', staff: PEOPLE.staff, holder: courier });
    expect(await refusal(show(couriers))).toBe('code-wrong');
    expect(await refusal(show(codeOf(single.resident), 'another unit'))).toBe('code-wrong');
    const idle = await rig.do({ type: 'issue-code', staff: PEOPLE.staff, holder: mateA.resident });
    expect(await refusal(show(idle.code))).toBe('code-wrong');
  });

  it('tells whose code it was that somebody was named by it, which staff need not', async () => {
    const { rig, show, nameBy, name, codeOf } = await atHome();
    await rig.dropOff(single);
    await rig.tell();
    const told = () => rig.entries('message.queued').filter(({ kind }) => kind === 'delegate-named');
    await name(single.resident);
    expect(told()).toEqual([]);
    await nameBy(await show(codeOf(single.resident)));
    expect(told().map(({ resident }) => resident)).toEqual([single.resident]);
  });

  it('names nobody by a code that was replaced since, for somebody else, or for longer than two weeks', async () => {
    const { rig, show, nameBy, codeOf } = await atHome();
    await rig.dropOff(single);
    await rig.tell();
    const proof = await show(codeOf(single.resident));
    expect(await refusal(nameBy(proof, { resident: mateA.resident }))).toBe('code-revoked');
    const untilMs = rig.clock.wallMs() + BY_PHONE_MOST_MS + 60_000;
    expect(await refusal(nameBy(proof, { untilMs }))).toBe('not-now');
    expect(await refusal(nameBy(proof, { fromMs: untilMs, untilMs: untilMs + 1 }))).toBe('not-now');
    await nameBy(proof, { untilMs: untilMs - 60_000 });
    expect(rig.entries('delegate.named')).toHaveLength(1);
    await rig.do({ type: 'issue-code', staff: PEOPLE.staff, holder: single.resident });
    expect(await refusal(nameBy(proof))).toBe('code-revoked');
  });

  it('gives away no parcel of another of the household who wants theirs alone', async () => {
    const { rig, show, nameBy, codeOf } = await atHome();
    rig.onlyMe.add(other);
    await rig.dropOff({ unit: pair.unit, resident: one });
    const theirs = await rig.dropOff({ unit: pair.unit, resident: other });
    await rig.tell();
    const proof = await show(codeOf(one));
    expect(ownWaiting(rig.building.model, rig.roster, one).map(({ id }) => id)).not.toContain(theirs);
    expect(await refusal(nameBy(proof, { delivery: theirs }))).toBe('delivery-unknown');
  });

  it.each(['replace-code', 'revoke-code', 'issue-code'] as const)(
    'named by a code that a thief had, nobody collects after %s, while whom staff named does',
    async (type) => {
      const { rig, show, nameBy, come, codeOf } = await atHome();
      await rig.dropOff(single);
      await rig.tell();
      const byThief = await nameBy(await show(codeOf(single.resident)));
      const byStaff = await rig.do({
        type: 'name-delegate',
        by: { kind: 'staff', id: PEOPLE.staff },
        resident: single.resident,
        delivery: null,
        fromMs: 0,
        untilMs: rig.clock.wallMs() + HOUR_MS,
      });
      await rig.kill();
      await rig.boot();
      await rig.allOnline();
      await rig.do({ type, staff: PEOPLE.staff, holder: single.resident });
      expect(await refusal(come(byThief.code))).toMatch(/^code-/);
      // Revoked for good is revoked for all.
      if (type === 'revoke-code') expect([...rig.building.model.delegates.values()]).toEqual([]);
      else expect((await come(byStaff.code)).stops).toHaveLength(1);
    },
  );

  it('that guesses hits with its own share of the day, pauses itself, and takes nothing from the lockers', async () => {
    const { rig, show, codeOf, come } = await atHome();
    await rig.dropOff(single);
    await rig.tell();
    for (let guess = 0; guess < 5; guess += 1)
      expect(await refusal(show(`0000000${guess}`))).toBe('code-wrong');
    expect(await refusal(show(codeOf(single.resident)))).toBe('too-many-attempts');
    // What its message's link brings is not guessed.
    const scanned = rig.building.qrOf(single.resident) ?? '';
    expect(await show(scanned)).toMatchObject({ resident: single.resident });
    // From many addresses at once its share is used up, which is a seventh of that of the screens: there nobody feels it.
    const from = (address: string, code: string) => refusal(rig.do({ type: 'prove-code', code, address }));
    const answers = new Set<string>();
    for (let guess = 0; guess < 3_000; guess += 1) {
      answers.add(await from(`10.0.1.${guess}`, String(guess).padStart(8, '0')));
    }
    expect(answers).toEqual(new Set(['code-wrong', 'code-owner-needed']));
    expect((await come(codeOf(single.resident))).stops).toHaveLength(1);
  });
});
