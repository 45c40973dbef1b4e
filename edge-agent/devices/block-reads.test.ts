import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, planReads } from './block-reads.ts';
import { loadProfile } from './built-in-profiles.ts';
import type { Point } from './points.ts';
import type { Profile } from './profile.ts';

const generic = await loadProfile('generic-coils');
const mailbox = await loadProfile('generic-mailbox');

const point = fc.record({
  unit: fc.integer({ min: 1, max: 3 }),
  area: fc.constantFrom('coils', 'discrete-inputs'),
  address: fc.integer({ min: 0, max: 400 }),
}) satisfies fc.Arbitrary<Point>;

/** Outputs are coils 0 to 99, sensors inputs 50 to 449; the points around them may not exist. */
function device(readBits: number): Profile {
  return {
    ...generic,
    outputs: { area: 'coils', first: 1, address: 0, count: 100 },
    sensors: { area: 'discrete-inputs', first: 1, address: 50, count: 400, closed: 1 },
    limits: { readBits, readRegisters: 125 },
  };
}

function exists({ area, address }: Point): boolean {
  return area === 'coils' ? address < 100 : address >= 50 && address < 450;
}

/** A value that tells any two points apart that share an area. */
function valueAt(place: Point): number {
  return place.unit * 10_000 + place.address;
}

describe('planReads', () => {
  it('reads every point where it is, within the limits, each read once', () => {
    fc.assert(
      fc.property(
        fc.array(point, { maxLength: 80 }),
        fc.integer({ min: 1, max: 300 }),
        (points, readBits) => {
          const plan = planReads(device(readBits), points);
          const answers = plan.reads.map(({ unit, area, address, count }) =>
            Array.from({ length: count }, (_, offset) => valueAt({ unit, area, address: address + offset })),
          );
          for (const one of points) {
            const { read, offset } = placeOf(plan, one);
            expect(answers[read]?.[offset]).toBe(valueAt(one));
            expect(plan.reads[read]).toMatchObject({ unit: one.unit, area: one.area });
          }
          const seen = new Set<string>();
          for (const { unit, area, address, count } of plan.reads) {
            expect(count).toBeLessThanOrEqual(readBits);
            // Both ends of a read are wanted: nothing is read along at the edges.
            for (const end of [address, address + count - 1]) {
              expect(points).toContainEqual({ unit, area, address: end });
            }
            for (let at = address; at < address + count; at++) {
              expect(seen.has(`${unit}/${area}/${at}`)).toBe(false);
              seen.add(`${unit}/${area}/${at}`);
              // Nothing is read along that the device may not have: that would spoil the whole read.
              const wanted = points.some(
                (one) => one.unit === unit && one.area === area && one.address === at,
              );
              expect(wanted || exists({ unit, area, address: at })).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('never takes more reads when the points lie closer together', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 }), (addresses) => {
        const at = (stretch: number): Point[] =>
          addresses.map((address) => ({ unit: 1, area: 'coils', address: address * stretch }));
        expect(planReads(generic, at(1)).reads.length).toBeLessThanOrEqual(
          planReads(generic, at(100)).reads.length,
        );
      }),
    );
  });

  it('reads a bank of 64 doors in two requests', () => {
    const points: Point[] = Array.from({ length: 64 }, (_, address) => [
      { unit: 1, area: 'coils' as const, address },
      { unit: 1, area: 'discrete-inputs' as const, address },
    ]).flat();
    expect(planReads(generic, points).reads).toEqual([
      { kind: 'read', unit: 1, area: 'coils', address: 0, count: 64 },
      { kind: 'read', unit: 1, area: 'discrete-inputs', address: 0, count: 64 },
    ]);
  });

  it('reads the mailbox and the doors behind it in one request, each register once', () => {
    const points: Point[] = [
      { unit: 1, area: 'holding-registers', address: 16 },
      ...Array.from({ length: 20 }, (_, index) => ({
        unit: 1,
        area: 'holding-registers' as const,
        address: 32 + Math.floor(index / 16),
        bit: index % 16,
      })),
    ];
    expect(planReads(mailbox, points).reads).toEqual([
      { kind: 'read', unit: 1, area: 'holding-registers', address: 16, count: 18 },
    ]);
    const short = { ...mailbox, limits: { readBits: 2_000, readRegisters: 17 } };
    expect(planReads(short, points).reads.map(({ address, count }) => [address, count])).toEqual([
      [16, 17],
      [33, 1],
    ]);
  });

  it('knows no point it was not planned for', () => {
    const plan = planReads(generic, [{ unit: 1, area: 'coils', address: 3 }]);
    expect(() => placeOf(plan, { unit: 1, area: 'coils', address: 4 })).toThrow(RangeError);
  });
});
