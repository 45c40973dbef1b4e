import type { Layout } from '@lockerhub/protocol/bank/layout.ts';
import { DOOR_STATES } from '@lockerhub/protocol/bank/messages.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSwung, lookOf } from './door-look.ts';
import { bankGeometry, neighbour } from './geometry.ts';
import { leafCorners, OPEN_DEGREES } from './swing.ts';

const layouts = fc
  .array(
    fc.record({
      widthMm: fc.integer({ min: 150, max: 900 }),
      heights: fc.array(fc.integer({ min: 80, max: 900 }), { minLength: 1, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((columns): Layout => {
    let number = 0;
    return {
      bank: 'hall',
      name: 'Hall',
      depthMm: 500,
      bottomMm: 100,
      columns: columns.map(({ widthMm, heights }) => ({
        widthMm,
        cells: heights.map((heightMm) => ({ number: ++number, size: 'M' as const, heightMm })),
      })),
    };
  });

describe('the geometry of a bank', () => {
  it('keeps every cell within the body, in true size, none over another', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const { doors, body, floorY } = bankGeometry(layout);
        const cells = layout.columns.flatMap(({ cells, widthMm }) =>
          cells.map((cell) => ({ ...cell, widthMm })),
        );
        expect(doors).toHaveLength(cells.length);
        for (const [index, door] of doors.entries()) {
          expect([door.width, door.height]).toEqual([cells[index]?.widthMm, cells[index]?.heightMm]);
          expect(door.x).toBeGreaterThan(body.x);
          expect(door.y).toBeGreaterThan(body.y);
          expect(door.x + door.width).toBeLessThan(body.x + body.width);
          expect(door.y + door.height).toBeLessThan(floorY);
          for (const other of doors.slice(index + 1)) {
            const apartX = door.x + door.width <= other.x || other.x + other.width <= door.x;
            const apartY = door.y + door.height <= other.y || other.y + other.height <= door.y;
            expect(apartX || apartY).toBe(true);
          }
        }
      }),
    );
  });

  it('leads arrow keys to every door and never out of the bank', () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const { doors } = bankGeometry(layout);
        const reached = new Set([doors[0]?.number ?? 0]);
        for (const number of reached) {
          for (const towards of ['up', 'down', 'left', 'right'] as const) {
            reached.add(neighbour(doors, number, towards));
          }
        }
        expect([...reached].sort((a, b) => a - b)).toEqual(doors.map(({ number }) => number));
      }),
    );
  });
});

describe('a swinging door', () => {
  const door = { x: 100, y: 200, width: 400, height: 300 };

  it('fills its frame when closed', () => {
    expect(leafCorners(door, 0)).toEqual([
      [100, 200],
      [500, 200],
      [500, 500],
      [100, 500],
    ]);
  });

  it('keeps its hinge, comes nearer and shows what is behind as it opens', () => {
    for (let degrees = 10; degrees <= OPEN_DEGREES; degrees += 10) {
      const [topLeft, topRight, bottomRight, bottomLeft] = leafCorners(door, degrees);
      expect([topLeft, bottomLeft]).toEqual([
        [100, 200],
        [100, 500],
      ]);
      expect(topRight[0]).toBeGreaterThan(100);
      expect(bottomRight[1] - topRight[1]).toBeGreaterThan(300);
    }
    expect(leafCorners(door, OPEN_DEGREES)[1][0]).toBeLessThan(door.x + door.width * 0.4);
  });
});

describe('the look of a door', () => {
  it('is swung exactly when the door is known to stand open', () => {
    const swung = DOOR_STATES.filter((door) => isSwung(lookOf({ number: 1, door })));
    expect(swung).toEqual(['open', 'forced']);
  });

  it('shows an open door even when it is out of service', () => {
    expect(lookOf({ number: 1, door: 'closed', inService: false })).toBe('out-of-service');
    expect(lookOf({ number: 1, door: 'forced', inService: false })).toBe('forced');
  });
});
