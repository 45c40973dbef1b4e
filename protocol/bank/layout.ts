import { z } from 'zod';
import { CompartmentNumber, Slug } from '../ids.ts';

/** Sizes as a courier taps them, smallest first. */
export const SIZES = ['S', 'M', 'L', 'XL'] as const;
export const Size = z.enum(SIZES);
export type Size = z.infer<typeof Size>;

/** What is written at a zone: "B2", "Floor left". */
export const ZoneName = z.string().trim().min(1).max(20);

/** A part of a package room that holds parcels for the same people: a shelf, a piece of its floor. */
export const Zone = z.object({
  zone: ZoneName,
  size: Size,
  /** What it stands or lies on, above the floor. */
  shelfMm: z.number().min(0).max(3000),
  /** It takes what fits into no compartment. */
  oversize: z.boolean().optional(),
});
export type Zone = z.infer<typeof Zone>;

/** More shelves than a package room has. */
const MAX_ZONES = 400;

/** One door of a bank. */
export const Compartment = z.object({
  number: CompartmentNumber,
  size: Size,
  heightMm: z.number().positive().max(3000),
  /** Present: behind the door is a package room. Who comes in sees all of it. */
  zones: z.array(Zone).min(1).max(MAX_ZONES).optional(),
});
export type Compartment = z.infer<typeof Compartment>;

/** A part of a column that is no door: the screen, a cable panel. */
export const Panel = z.object({
  panel: z.string().min(1).max(40),
  heightMm: z.number().positive().max(3000),
});
export type Panel = z.infer<typeof Panel>;

/** A column, from top to bottom. */
export const Column = z.object({
  widthMm: z.number().positive().max(3000),
  cells: z
    .array(z.union([Compartment, Panel]))
    .min(1)
    .max(60),
});
export type Column = z.infer<typeof Column>;

/** What a bank looks like: what pages draw, what the smallest fitting place is, how high a handle is. */
export const Layout = z
  .object({
    bank: Slug,
    name: z.string().min(1).max(80),
    depthMm: z.number().positive().max(3000),
    /** The lower edge of the lowest cell above the floor. */
    bottomMm: z.number().min(0).max(2000).default(100),
    columns: z.array(Column).min(1).max(60),
  })
  .superRefine((layout, context) => {
    const seen = new Set<number>();
    for (const [column, { cells }] of layout.columns.entries()) {
      for (const [cell, door] of cells.entries()) {
        if (!('number' in door)) continue;
        if (seen.has(door.number)) {
          context.addIssue({
            code: 'custom',
            path: ['columns', column, 'cells', cell, 'number'],
            message: `compartment ${door.number} appears twice; each number may appear once`,
          });
        }
        seen.add(door.number);
        const twice = doubled(door.zones ?? []);
        if (twice !== undefined) {
          context.addIssue({
            code: 'custom',
            path: ['columns', column, 'cells', cell, 'zones'],
            message: `zone "${twice}" appears twice in the room behind door ${door.number}; each name may appear once`,
          });
        }
      }
    }
    if (seen.size === 0)
      context.addIssue({ code: 'custom', path: ['columns'], message: 'no compartment at all' });
  });
export type Layout = z.infer<typeof Layout>;

function doubled(zones: readonly Zone[]): string | undefined {
  const names = zones.map(({ zone }) => zone);
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** Where a door is, as one says it: "Door 12, second from the left, knee height". */
export interface PlaceWords {
  readonly number: number;
  /** 1 = leftmost. */
  readonly columnFromLeft: number;
  readonly columns: number;
  readonly band: HeightBand;
}

/** Height bands by the middle of the door, in words of the body. */
export const HEIGHT_BANDS = ['floor', 'knee', 'hip', 'chest', 'head', 'overhead'] as const;
export type HeightBand = (typeof HEIGHT_BANDS)[number];

/** Upper limits (mm) of the bands for a standing adult of about 1.70 m (proportions after DIN 33402-2). */
const BAND_UP_TO_MM: readonly (readonly [number, HeightBand])[] = [
  [300, 'floor'],
  [650, 'knee'],
  [1000, 'hip'],
  [1400, 'chest'],
  [1750, 'head'],
];

/** A compartment with where it is: column index from 0, the handle's height (the middle of the door) in mm. */
export interface PlacedCompartment extends Compartment {
  readonly column: number;
  readonly widthMm: number;
  readonly bottomMm: number;
  readonly handleMm: number;
}

/** Every compartment of a layout with its position, in order of its number. */
export function placedCompartments(layout: Layout): PlacedCompartment[] {
  const placed: PlacedCompartment[] = [];
  for (const [column, { cells, widthMm }] of layout.columns.entries()) {
    let bottomMm = layout.bottomMm;
    for (const cell of cells.toReversed()) {
      if ('number' in cell) {
        placed.push({ ...cell, column, widthMm, bottomMm, handleMm: bottomMm + cell.heightMm / 2 });
      }
      bottomMm += cell.heightMm;
    }
  }
  return placed.sort((a, b) => a.number - b.number);
}

/** How to say where a compartment is, or undefined if the layout has no such number. */
export function describePlace(layout: Layout, number: number): PlaceWords | undefined {
  const door = placedCompartments(layout).find((placed) => placed.number === number);
  if (!door) return undefined;
  const band = BAND_UP_TO_MM.find(([upToMm]) => door.handleMm <= upToMm)?.[1] ?? 'overhead';
  return { number, columnFromLeft: door.column + 1, columns: layout.columns.length, band };
}
