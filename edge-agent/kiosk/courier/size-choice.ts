import { type Layout, SIZES, type Size } from '@lockerhub/protocol/bank/layout.ts';
import type { VisitView } from '@lockerhub/protocol/http/visit.ts';

/** What tapping a size would lead to. */
export interface SizeChoice {
  readonly size: Size;
  /** Free places of exactly this size here. */
  readonly free: number;
  /** None of this size is free here: the next bigger one that is. */
  readonly bigger: Size | null;
  /** Nothing here fits: where else, and how many. */
  readonly elsewhere: { readonly bank: string; readonly count: number } | null;
  /** What surely fits in, in cm; null if no bank here has the size. */
  readonly upTo: { readonly width: number; readonly height: number; readonly depth: number } | null;
}

/**
 * The sizes that the building has, smallest first, with what is free.
 *
 * @param here the terminal's bank; null: every bank counts as here
 */
export function sizeChoices(
  free: VisitView['free'],
  layouts: readonly Layout[],
  here: string | null,
): SizeChoice[] {
  const isHere = (bank: string) => here === null || bank === here;
  const count = (size: Size, where: (bank: string) => boolean) =>
    free.reduce((sum, each) => sum + (each.size === size && where(each.bank) ? each.count : 0), 0);
  const exists = (size: Size) =>
    layouts.some(({ columns }) =>
      columns.some(({ cells }) => cells.some((cell) => sizesOf(cell).includes(size))),
    );
  return SIZES.filter(exists).map((size) => {
    const bigger = SIZES.slice(SIZES.indexOf(size));
    const freeHere = count(size, isHere);
    const other = layouts.find(
      ({ bank }) => !isHere(bank) && bigger.some((each) => count(each, (where) => where === bank) > 0),
    );
    const biggerHere = freeHere > 0 ? null : (bigger.find((each) => count(each, isHere) > 0) ?? null);
    return {
      size,
      free: freeHere,
      bigger: biggerHere,
      elsewhere:
        freeHere > 0 || biggerHere || !other
          ? null
          : {
              bank: other.name,
              count: bigger.reduce((sum, each) => sum + count(each, (where) => where === other.bank), 0),
            },
      upTo: smallestOf(
        size,
        layouts.filter(({ bank }) => isHere(bank)),
      ),
    };
  });
}

/** Of a compartment its own size; of a room its zones', for nobody puts a parcel into a room as such. */
function sizesOf(cell: Layout['columns'][number]['cells'][number]): Size[] {
  if (!('number' in cell)) return [];
  return cell.zones ? cell.zones.map(({ size }) => size) : [cell.size];
}

/** Sheet steel and the door's fold, per side pair: what a compartment loses of its outer size. */
const STEEL_MM = 20;

function smallestOf(size: Size, layouts: readonly Layout[]): SizeChoice['upTo'] {
  const inner: { width: number; height: number; depth: number }[] = [];
  for (const { columns, depthMm } of layouts) {
    for (const { cells, widthMm } of columns) {
      for (const cell of cells) {
        if (!('number' in cell) || cell.zones || cell.size !== size) continue;
        inner.push({ width: widthMm, height: cell.heightMm, depth: depthMm });
      }
    }
  }
  if (inner.length === 0) return null;
  const least = (side: 'width' | 'height' | 'depth') =>
    Math.floor((Math.min(...inner.map((each) => each[side])) - STEEL_MM) / 10);
  return { width: least('width'), height: least('height'), depth: least('depth') };
}
