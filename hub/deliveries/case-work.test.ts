import { describe, expect, it } from 'vitest';
import { BuildingRig, PEOPLE } from '../../sim/testing/building-rig.ts';
import { MAX_NOTES } from './case-work.ts';

const { staff } = PEOPLE;
const other = PEOPLE.courier;

/** A building with a case about a door that was forced. */
async function withCase() {
  const rig = await BuildingRig.start();
  await rig.allOnline();
  await rig.report('a', 1, 'forced', null);
  const [opened] = rig.entries('case.opened');
  return { rig, id: opened?.case ?? '' };
}

describe('a case', () => {
  it('is taken by one of two who ask at once; taking it over names who had it', async () => {
    const { rig, id } = await withCase();
    const both = await Promise.allSettled([
      rig.do({ type: 'take-case', staff, case: id, from: null }),
      rig.do({ type: 'take-case', staff: other, case: id, from: null }),
    ]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'case-taken' } }]);
    await rig.do({ type: 'take-case', staff: other, case: id, from: staff });
    expect(rig.building.model.cases.get(id)?.takenBy).toBe(other);
    await rig.do({ type: 'release-case', staff, case: id });
    expect(rig.building.model.cases.get(id)?.takenBy).toBeNull();
    const work = rig.payloads().filter(({ type }) => type.startsWith('case.') && type !== 'case.opened');
    expect(work.map(({ type, by }) => [type, by.id])).toEqual([
      ['case.taken', staff],
      ['case.taken', other],
      ['case.released', staff],
    ]);
  });

  it('says nothing twice: who has it already, or lets go of what nobody has', async () => {
    const { rig, id } = await withCase();
    await rig.do({ type: 'release-case', staff, case: id });
    await rig.do({ type: 'take-case', staff, case: id, from: null });
    await rig.do({ type: 'take-case', staff, case: id, from: null });
    expect(rig.entries('case.taken')).toHaveLength(1);
    expect(rig.entries('case.released')).toHaveLength(0);
  });

  it('keeps who took it, and its notes, over a restart; a closed one takes neither', async () => {
    const { rig, id } = await withCase();
    await rig.do({ type: 'take-case', staff, case: id, from: null });
    await rig.do({ type: 'note-case', staff, case: id, note: 'a screw is loose' });
    await rig.kill();
    await rig.boot();
    expect(rig.building.model.cases.get(id)).toMatchObject({ takenBy: staff, notes: 1 });
    await rig.do({ type: 'close-case', staff, case: id, resolution: 'tightened it' });
    for (const late of [
      { type: 'take-case', staff, case: id, from: staff },
      { type: 'note-case', staff, case: id, note: 'late' },
      { type: 'release-case', staff, case: id },
    ] as const) {
      await expect(rig.do(late)).rejects.toMatchObject({ code: 'case-unknown' });
    }
  });

  it('about a door is found by whoever reports the door; without one it is opened, once', async () => {
    const { rig, id } = await withCase();
    const report = (compartment: number) => rig.do({ type: 'report-door', staff, bank: 'a', compartment });
    expect(await report(1)).toEqual({ case: id });
    const { case: second } = await report(2);
    expect(await report(2)).toEqual({ case: second });
    expect(rig.entries('case.opened').slice(1)).toMatchObject([{ case: second, kind: 'door-reported' }]);
    await expect(report(99)).rejects.toMatchObject({ code: 'compartment-unknown' });
  });

  it('holds so many notes and no more', async () => {
    const { rig, id } = await withCase();
    for (let note = 0; note < MAX_NOTES; note += 1)
      await rig.do({ type: 'note-case', staff, case: id, note: 'x' });
    await expect(rig.do({ type: 'note-case', staff, case: id, note: 'y' })).rejects.toMatchObject({
      code: 'too-many-notes',
    });
  });
});
