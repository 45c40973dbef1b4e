import { describe, expect, it } from 'vitest';
import { GARAGE, HALL } from '../screens/stage.ts';
import { sizeChoices } from './size-choice.ts';

const free = (bank: string, size: 'S' | 'M' | 'L' | 'XL', count: number) => ({ bank, size, count });

describe('the sizes that a courier can choose', () => {
  it('are those that the building has, smallest first, with what surely fits in', () => {
    const choices = sizeChoices([free('hall', 'M', 2)], [HALL, GARAGE], 'hall');
    expect(choices.map(({ size }) => size)).toEqual(['S', 'M', 'L', 'XL']);
    expect(choices[1]).toMatchObject({ free: 2, upTo: { width: 43, height: 28, depth: 58 } });
  });

  it('say where a parcel goes when its own size is full', () => {
    const [S, M, L] = sizeChoices([free('hall', 'M', 2), free('garage', 'L', 1)], [HALL, GARAGE], 'hall');
    expect(S).toMatchObject({ free: 0, bigger: 'M', elsewhere: null });
    expect(M).toMatchObject({ free: 2, bigger: null });
    expect(L).toMatchObject({ free: 0, bigger: null, elsewhere: { bank: 'Garage', count: 1 } });
  });

  it('are full when nothing fits anywhere', () => {
    for (const choice of sizeChoices([], [HALL, GARAGE], 'hall')) {
      expect(choice).toMatchObject({ free: 0, bigger: null, elsewhere: null });
    }
  });

  it('of a package room are those of its zones, whose measures nobody knows', () => {
    const zones = [
      { zone: 'A1', size: 'M' as const, shelfMm: 900 },
      { zone: 'Floor', size: 'XL' as const, shelfMm: 0 },
    ];
    const door = { number: 1, size: 'XL' as const, heightMm: 2_000, zones };
    const room = { ...GARAGE, bank: 'room', columns: [{ widthMm: 900, cells: [door] }] };
    const choices = sizeChoices([free('room', 'M', 1)], [room], 'room');
    expect(choices).toMatchObject([
      { size: 'M', free: 1, upTo: null },
      { size: 'XL', free: 0, upTo: null },
    ]);
  });

  it('count every bank as here at a terminal that belongs to none', () => {
    const [, M] = sizeChoices([free('hall', 'M', 2), free('garage', 'M', 1)], [HALL, GARAGE], null);
    expect(M).toMatchObject({ free: 3 });
  });
});
