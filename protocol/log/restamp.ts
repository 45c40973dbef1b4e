/**
 * What takes the place of stamps of a clock that runs ahead (`../sync/SPEC.md`): the gateway chooses, and both sides put it
 * wherever the stamp stands, so that the merge of what both then have is one again.
 */
import { EMPTY_ROW, type MergedRow } from './field-merge.ts';
import { COUNT_LIMIT, compareStamps, type FieldStamp, nextStamp } from './stamp.ts';

/** A stamp and what stands in its place from now on. */
export interface Restamp {
  readonly from: FieldStamp;
  readonly to: FieldStamp;
}

/** Left free before each chosen stamp, for one that was made before it and comes later. */
const GAP = 256;

/** One text for one stamp: two of the same text are the same. */
export function stampKey({ atMs, count, node }: FieldStamp): string {
  return `${atMs}-${count}-${node}`;
}

/** Every stamp of a row. */
export function stampsOf(row: MergedRow): FieldStamp[] {
  return [
    ...Object.values(row.fields).map(({ stamp }) => stamp),
    ...Object.values(row.switches).flatMap(({ on, off }) => [...Object.values(on), ...Object.values(off)]),
    ...[row.removed, row.erased].filter((stamp) => stamp !== null),
  ];
}

/**
 * The row with other stamps. Who put a switch on stays its name there: what one node knew of another's "on" must not
 * become knowledge of a third one's.
 */
export function restampRow(row: MergedRow, place: (stamp: FieldStamp) => FieldStamp): MergedRow {
  const each = <Part, Result>(parts: Readonly<Record<string, Part>>, change: (part: Part) => Result) =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, change(part)]));
  return {
    ...EMPTY_ROW,
    fields: each(row.fields, ({ value, stamp }) => ({ value, stamp: place(stamp) })),
    switches: each(row.switches, ({ on, off }) => ({ on: each(on, place), off: each(off, place) })),
    removed: row.removed === null ? null : place(row.removed),
    erased: row.erased === null ? null : place(row.erased),
  };
}

/**
 * What stands in the place of `stamp`: a stamp of the gateway that keeps the order of all that it has replaced, also
 * where the earlier one comes later (a request that was under way for long).
 *
 * @param last the latest stamp that the gateway has made for the building
 * @param neighbours of the replacements so far, the one next below `stamp` and the one next above it
 */
export function chooseRestamp(
  stamp: FieldStamp,
  last: FieldStamp | null,
  neighbours: { readonly below: Restamp | null; readonly above: Restamp | null },
  gateway: { readonly wallMs: number; readonly node: string },
): Restamp {
  const { below, above } = neighbours;
  const between = above === null ? null : inGap(below?.to ?? null, above.to);
  return { from: stamp, to: between ?? afterGap(last, gateway) };
}

/** Later than all that the gateway made; a multiple of `GAP`, with the room before it free. */
function afterGap(last: FieldStamp | null, { wallMs, node }: { wallMs: number; node: string }): FieldStamp {
  const next = nextStamp(last, wallMs, node);
  const count = Math.ceil(next.count / GAP + 1) * GAP;
  return count <= COUNT_LIMIT ? { ...next, count } : { atMs: next.atMs + 1, count: GAP, node };
}

/** In the middle of what is left of the room in which `above` lies, or which ends with it; null if nothing is. */
function inGap(below: FieldStamp | null, above: FieldStamp): FieldStamp | null {
  const begin: FieldStamp = { ...above, count: (Math.ceil(above.count / GAP) - 1) * GAP };
  const from = below !== null && compareStamps(below, begin) > 0 ? below : begin;
  const count = Math.floor((from.count + above.count) / 2);
  return count > from.count ? { ...above, count } : null;
}
