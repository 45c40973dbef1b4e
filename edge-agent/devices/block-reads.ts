import type { Point } from './points.ts';
import type { Profile } from './profile.ts';

/**
 * Unused points that are read along rather than starting another request. A further read costs 12 bytes of request
 * and 10 of answer on TCP, and a turn of the line; 64 bits cost 8 bytes.
 */
const BRIDGED_BITS = 64;

/** A read of neighbouring points, as a line takes it. */
type PlannedRead = Point & { readonly kind: 'read'; readonly count: number };

/** The read that fetches a point, and the point's place among its values. */
interface PlaceInReads {
  readonly read: number;
  readonly offset: number;
}

/** Which reads fetch all points of interest, planned once. */
export interface ReadPlan {
  readonly reads: readonly PlannedRead[];
  readonly places: ReadonlyMap<string, PlaceInReads>;
}

/**
 * Plans the fewest sensible reads for some points: neighbours together, none longer than the profile allows. A small
 * gap is read along where the device is known to have points in it, that is within its outputs or its sensors. The
 * order is that of unit, area and address; points named twice are read once.
 */
export function planReads(profile: Profile, points: readonly Point[]): ReadPlan {
  const sorted = [...new Map(points.map((point) => [keyOf(point), point])).values()].sort(byPlace);
  const reads: { unit: number; area: Point['area']; address: number; count: number }[] = [];
  const places = new Map<string, PlaceInReads>();
  for (const point of sorted) {
    let block = reads.at(-1);
    if (!block || !fits(profile, block, point)) {
      block = { unit: point.unit, area: point.area, address: point.address, count: 1 };
      reads.push(block);
    }
    block.count = point.address - block.address + 1;
    places.set(keyOf(point), { read: reads.length - 1, offset: point.address - block.address });
  }
  return { reads: reads.map((read) => ({ kind: 'read', ...read })), places };
}

function fits(profile: Profile, block: Point & { readonly count: number }, point: Point): boolean {
  if (block.unit !== point.unit || block.area !== point.area) return false;
  if (point.address - block.address + 1 > profile.limits.readBits) return false;
  const last = block.address + block.count - 1;
  const unused = point.address - last - 1;
  return unused === 0 || (unused <= BRIDGED_BITS && inOneRun(profile, point.area, last, point.address));
}

function inOneRun({ outputs, sensors }: Profile, area: Point['area'], from: number, to: number): boolean {
  return [outputs, sensors].some(
    (run) => run?.area === area && run.address <= from && to < run.address + run.count,
  );
}

/**
 * Where a point is in the answers to the plan's reads.
 *
 * @returns the index of its read, and its index among the values of that read
 * @throws RangeError if the point is not in the plan
 */
export function placeOf(plan: ReadPlan, point: Point): PlaceInReads {
  const place = plan.places.get(keyOf(point));
  if (!place) throw new RangeError(`the plan does not read ${keyOf(point)}`);
  return place;
}

function keyOf({ unit, area, address }: Point): string {
  return `${unit}/${area}/${address}`;
}

function byPlace(a: Point, b: Point): number {
  return a.unit - b.unit || (a.area < b.area ? -1 : a.area > b.area ? 1 : a.address - b.address);
}
