/** What needs a person in the building as it stands now, the most pressing first. */
import type { BankView, BuildingView } from '@lockerhub/protocol/http/staff.ts';

export type Need =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'forced'; readonly bank: string; readonly compartment: number }
  | { readonly kind: 'emergency'; readonly bank: string; readonly name: string }
  | { readonly kind: 'unverified'; readonly bank: string; readonly name: string; readonly count: number }
  | { readonly kind: 'disk' }
  | { readonly kind: 'cases'; readonly count: number }
  | {
      readonly kind: 'bank-away';
      readonly bank: string;
      readonly name: string;
      readonly since: number | null;
    }
  | {
      readonly kind: 'line-away';
      readonly bank: string;
      readonly name: string;
      readonly line: string;
      readonly reason: string | null;
    }
  | { readonly kind: 'clock'; readonly reason: string };

/** Everything that needs a person. A bank that is away says so once, not line by line. */
export function needsOf(building: BuildingView): Need[] {
  // All else is the other hub's to tell.
  if (building.fencedBy !== null) return [{ kind: 'fenced' }];
  const needs: Need[] = [];
  for (const { bank, name, emergency } of building.banks) {
    if (emergency !== null) needs.push({ kind: 'emergency', bank, name });
  }
  for (const { bank, doors } of building.banks) {
    for (const { number, door } of doors) {
      if (door === 'forced') needs.push({ kind: 'forced', bank, compartment: number });
    }
  }
  for (const { bank, name, doors } of building.banks) {
    const count = doors.filter(({ unverified }) => unverified).length;
    if (count > 0) needs.push({ kind: 'unverified', bank, name, count });
  }
  if (building.disk === 'low') needs.push({ kind: 'disk' });
  if (building.openCases > 0) needs.push({ kind: 'cases', count: building.openCases });
  needs.push(...building.banks.flatMap(needsOfBank));
  if (building.clock.state === 'untrusted') needs.push({ kind: 'clock', reason: building.clock.reason });
  return needs;
}

function needsOfBank({ bank, name, online, since, lines }: BankView): Need[] {
  if (!online) return [{ kind: 'bank-away', bank, name, since }];
  return lines
    .filter(({ state }) => state === 'offline')
    .map(({ line, reason }) => ({ kind: 'line-away', bank, name, line, reason: reason ?? null }));
}

/** A bank's doors in numbers. */
export interface DoorCounts {
  readonly all: number;
  readonly occupied: number;
  readonly open: number;
  readonly outOfService: number;
  /** In service, empty, and known to be shut: a parcel could be put there now. */
  readonly free: number;
}

/** Counts a bank's doors; one that is away has none free. */
export function countDoors({ doors, online }: Pick<BankView, 'doors' | 'online'>): DoorCounts {
  const shut = (door: string) => door === 'closed' || door === 'unsensed';
  return {
    all: doors.length,
    occupied: doors.filter(({ holds }) => holds.length > 0).length,
    open: doors.filter(({ door }) => door === 'open' || door === 'forced').length,
    outOfService: doors.filter(({ inService }) => !inService).length,
    free: online
      ? doors.filter(
          ({ holds, inService, unverified, door }) =>
            inService && !unverified && holds.length === 0 && shut(door),
        ).length
      : 0,
  };
}
