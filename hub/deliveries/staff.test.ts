import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE, TERMINALS } from '../../sim/testing/building-rig.ts';

const terminal = TERMINALS.a;

describe('staff who withdraw a delivery', () => {
  it('are refused while its door stands open or its courier is being asked: the parcel may be going in', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const { visit } = await rig.do({ type: 'start-visit', terminal, code: await rig.courierCode() });
    const { unit } = PEOPLE.single;
    await rig.do({ type: 'add-parcel', terminal, visit, unit, resident: null, size: 'S', tracking: null });
    const open = rig.takeOpen();
    const withdraw = () => rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: open.delivery ?? '' });
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.opens(open);
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.closes(open);
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'confirm', terminal, visit, delivery: open.delivery ?? '', inside: true });
    await expect(withdraw()).resolves.toBeNull();
  });

  it('are refused while somebody stands at a door without a sensor that was pulsed', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const { blind } = TERMINALS;
    const { visit } = await rig.do({ type: 'start-visit', terminal: blind, code: await rig.courierCode() });
    const parcel = { unit: PEOPLE.single.unit, resident: null, size: 'S', tracking: null } as const;
    await rig.do({ type: 'add-parcel', terminal: blind, visit, ...parcel });
    const open = rig.takeOpen();
    await rig.report('blind', open.compartment, 'pulsed', open.grant);
    const withdraw = () => rig.do({ type: 'withdraw', staff: PEOPLE.staff, delivery: open.delivery ?? '' });
    await expect(withdraw()).rejects.toMatchObject({ code: 'not-now' });
    await rig.do({ type: 'end-visit', terminal: blind, visit });
    await expect(withdraw()).resolves.toBeNull();
  });
});

describe('staff who revoke a stolen agent', () => {
  const agent = {
    id: '01890000-0000-7000-8000-00000000a6e7',
    bank: 'a',
    state: 'joined',
    name: 'pi',
    publicKey: null,
    certificate: null,
    nextCertificate: null,
    invitedAt: 0,
    joinedAt: 0,
    strangers: 0,
  } as const;

  it('void the codes on its list: who waits for a parcel gets another and is told, others get one when they need it', async () => {
    const rig = await BuildingRig.start();
    await rig.allOnline();
    const { single, pair, mateA, mateB } = PEOPLE;
    await rig.dropOff({ unit: single.unit, resident: null });
    await rig.tell();
    const [waits, gone, foreign] = [single.resident, pair.residents[0], mateA.resident];
    for (const holder of [gone, foreign]) await rig.do({ type: 'issue-code', staff: PEOPLE.staff, holder });
    const before = [waits, gone, foreign].map((holder) => rig.building.codeOf(holder));
    const told = [...rig.building.model.messages.values()].length;
    const holders = [waits, gone, mateB.resident];
    await rig.do({ type: 'revoke-agent', staff: PEOPLE.staff, agent, reason: 'stolen', holders });
    const after = [waits, gone, foreign, mateB.resident].map((holder) => rig.building.codeOf(holder));
    expect(after[0]).toMatch(/^\d{8}$/);
    expect(after[0]).not.toBe(before[0]);
    expect(after.slice(1)).toEqual([undefined, before[2], undefined]);
    const messages = [...rig.building.model.messages.values()].slice(told);
    expect(messages).toMatchObject([{ kind: 'code-changed', resident: waits }]);
    expect(rig.effects).toContainEqual({ type: 'send-message', message: messages[0]?.id });
    await expect(rig.do({ type: 'start-visit', terminal, code: before[0] ?? '' })).rejects.toMatchObject({
      code: 'code-wrong',
    });
  });
});
