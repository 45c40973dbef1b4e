import { MAILBOX_REGISTERS } from './mailbox-registers.ts';
import type { Point } from './points.ts';
import type { Profile } from './profile.ts';

/**
 * Unused points that are read along rather than starting another request. A further read costs 12 bytes of request
 * and 10 of answer on TCP, and a turn of the line; 64 bits cost 8 bytes, 16 registers 32.
 */
const BRIDGED_BITS = 64;
const BRIDGED_REGISTERS = 16;

/** Points of one area that a read fetches together. */
type Block = Omit<Point, 'bit'> & { readonly count: number };

/** A read of neighbouring points, as a line takes it. */
type PlannedRead = Block & { readonly kind: 'read' };

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
 * gap is read along where the device is known to have points in it, that is within its outputs, its sensors or its
 * mailbox. The order is that of unit, area and address; points named twice, and bits of one register, are read once.
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

/** The same for a line whose units differ in kind: unit by unit, each by its own profile. */
export function planReadsOf(profileOf: (unit: number) => Profile, points: readonly Point[]): ReadPlan {
  const reads: PlannedRead[] = [];
  const places = new Map<string, PlaceInReads>();
  const units = [...new Set(points.map(({ unit }) => unit))].sort((a, b) => a - b);
  for (const unit of units) {
    const mine = points.filter((point) => point.unit === unit);
    const plan = planReads(profileOf(unit), mine);
    for (const [key, { read, offset }] of plan.places) places.set(key, { read: reads.length + read, offset });
    reads.push(...plan.reads);
  }
  return { reads, places };
}

function fits(profile: Profile, block: Block, point: Point): boolean {
  if (block.unit !== point.unit || block.area !== point.area) return false;
  const registers = point.area === 'holding-registers';
  const most = registers ? profile.limits.readRegisters : profile.limits.readBits;
  if (point.address - block.address + 1 > most) return false;
  const last = block.address + block.count - 1;
  const unused = point.address - last - 1;
  const bridged = registers ? BRIDGED_REGISTERS : BRIDGED_BITS;
  return unused === 0 || (unused <= bridged && inOneRun(profile, point.area, last, point.address));
}

function inOneRun(profile: Profile, area: Point['area'], from: number, to: number): boolean {
  return runsOf(profile).some(
    (run) => run.area === area && run.address <= from && to < run.address + run.count,
  );
}

/** Where the device surely has points. */
function runsOf({ outputs, sensors, pulse }: Profile): Omit<Block, 'unit'>[] {
  const runs: Omit<Block, 'unit'>[] = [];
  if (outputs.area !== 'mailbox') runs.push({ ...outputs, area: outputs.area });
  if (sensors && sensors.area !== 'register-bits') runs.push({ ...sensors, area: sensors.area });
  const bits = sensors?.area === 'register-bits' ? Math.ceil(sensors.count / 16) : 0;
  const registers = sensors && bits > 0 ? [{ address: sensors.address, count: bits }] : [];
  if (pulse.method === 'mailbox') registers.push({ address: pulse.address, count: MAILBOX_REGISTERS });
  return [...runs, ...joined(registers).map((run) => ({ area: 'holding-registers' as const, ...run }))];
}

/** Runs that follow each other without a gap count as one. */
function joined(runs: readonly { address: number; count: number }[]): { address: number; count: number }[] {
  const whole: { address: number; count: number }[] = [];
  for (const run of [...runs].sort((a, b) => a.address - b.address)) {
    const before = whole.at(-1);
    if (before && run.address <= before.address + before.count) {
      before.count = Math.max(before.count, run.address + run.count - before.address);
    } else {
      whole.push({ ...run });
    }
  }
  return whole;
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
