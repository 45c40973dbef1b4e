/** How a policy is shown and asked for: in the unit in which people think of it, and back. */
import type { PolicyItem } from '@lockerhub/protocol/http/policy.ts';

export type Unit = 'ms' | 's' | 'min' | 'h' | 'd';
type Bounded = Extract<PolicyItem, { kind: 'number' }>;

const UNITS: readonly (readonly [Unit, number])[] = [
  ['d', 24 * 3_600_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
];
/** Up to so many hours people say hours: reminders after 24 and 72. */
const HOURS_SAID_MS = 96 * 3_600_000;

/** The unit that gives the usual value as a whole number; null: it is a count. */
export function unitOf({ name, standard }: Pick<Bounded, 'name' | 'standard'>): Unit | null {
  if (!name.endsWith('Ms')) return null;
  const ms = Number(standard);
  const found = UNITS.find(
    ([unit, size]) => ms >= size && ms % size === 0 && !(unit === 'd' && ms <= HOURS_SAID_MS),
  );
  return found?.[0] ?? 's';
}

const sizeOf = (unit: Unit | null) => UNITS.find(([name]) => name === unit)?.[1] ?? 1;

/** A value in its unit. */
export function inUnit(value: number, unit: Unit | null): number {
  return value / sizeOf(unit);
}

/** What was written, as the hub takes it; undefined if it is out of bounds. */
export function fromUnit(written: number | string, item: Bounded): number | undefined {
  if (written === '') return undefined;
  const value = Math.round(Number(written) * sizeOf(unitOf(item)));
  return value >= item.min && value <= item.max ? value : undefined;
}
