import { describe, expect, it } from 'vitest';
import { BuildingRig, CODE_KEY, PEOPLE, ROSTER, TERMINALS } from '../../sim/testing/building-rig.ts';
import { fobHash } from '../codes/fob.ts';

const { pair, single } = PEOPLE;
const [one, other] = pair.residents as [string, string];
const FOB = '01900000-0000-7000-8000-00000000f0b1';
const IDLE_FOB = '01900000-0000-7000-8000-00000000f0b2';

/** A building in which one of the pair and the single have a fob, and something waits for each of the pair. */
async function house() {
  const fobs = [
    { fob: FOB, resident: one, unitName: 'Unit 1', hash: fobHash(CODE_KEY, '0001234567') },
    { fob: IDLE_FOB, resident: single.resident, unitName: 'Unit 4', hash: fobHash(CODE_KEY, '04A1B2C3D4') },
  ];
  const rig = await BuildingRig.start({ roster: { ...ROSTER, fobs: () => fobs } });
  await rig.allOnline();
  const mine = await rig.dropOff({ unit: pair.unit, resident: one });
  await rig.dropOff({ unit: pair.unit, resident: other });
  await rig.tell();
  const read = (number: string, more: object = {}) =>
    rig.do({ type: 'start-visit', terminal: TERMINALS.a, code: number, ...more });
  return { rig, fobs, mine, read };
}

describe('a fob', () => {
  it('opens alone what its resident’s code opens; the log names it by its id and never by its number', async () => {
    const { rig, mine, read } = await house();
    rig.onlyMe.add(other);
    expect((await read('0001234567')).stops.map(({ delivery }) => delivery)).toEqual([mine]);
    expect(rig.entries('visit.started').at(-1)).toMatchObject({ holder: one, means: 'fob', fob: FOB });
    expect(JSON.stringify(rig.payloads())).not.toContain('0001234567');
  });

  it.each([
    ['that is lost', '0001234567', {}, true],
    ['that nobody registered', '0001234568', {}, false],
    ['of somebody for whom nothing waits', '04a1 b2c3d4', {}, false],
    ['by phone', '0001234567', { byPhone: true }, false],
    ['with another unit', '0001234567', { owner: 'Unit 4' }, false],
    ['as a PIN', '0001234567', { pin: true, owner: 'Unit 1' }, false],
  ])('%s is as wrong as any', async (_, number, more, isLost) => {
    const { fobs, read } = await house();
    if (isLost) fobs.length = 0;
    await expect(read(number, more)).rejects.toMatchObject({ code: 'code-wrong' });
  });

  it('that is wrong pauses its own screen, and no other', async () => {
    const { read } = await house();
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(read('0009999999')).rejects.toMatchObject({ code: 'code-wrong' });
    }
    await expect(read('0001234567')).rejects.toMatchObject({ code: 'too-many-attempts' });
    await expect(read('0001234567', { terminal: TERMINALS.b })).resolves.toMatchObject({ who: 'Unit 1' });
  });
});
