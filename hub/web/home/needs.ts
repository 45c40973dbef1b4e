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
  /** Those that are no room's. */
  readonly compartments: number;
  readonly occupied: number;
  readonly open: number;
  readonly outOfService: number;
  /** Compartments in service, empty, and known to be shut: a parcel could be put there now. */
  readonly free: number;
}

type Counted = Pick<BankView, 'doors' | 'online' | 'layout'>;

/** Counts a bank's doors; one that is away has none free. A room is never in use or free as such: its zones are. */
export function countDoors(bank: Counted): DoorCounts {
  const { doors, online } = bank;
  const rooms = new Set(roomsOf(bank).map(({ number }) => number));
  const compartments = doors.filter(({ number }) => !rooms.has(number));
  return {
    all: doors.length,
    compartments: compartments.length,
    occupied: compartments.filter(({ holds }) => holds.length > 0).length,
    open: doors.filter(({ door }) => door === 'open' || door === 'forced').length,
    outOfService: doors.filter(({ inService }) => !inService).length,
    free: online ? compartments.filter((door) => door.holds.length === 0 && isUsable(door)).length : 0,
  };
}

/** Counts the zones of a bank's package rooms; those behind a door that gives nothing out are not free. */
export function countZones(bank: Counted): { readonly all: number; readonly free: number } {
  const rooms = roomsOf(bank);
  const free = rooms.map(({ number, zones }) => {
    const door = bank.doors.find((each) => each.number === number);
    if (!door || !bank.online || !isUsable(door)) return 0;
    const taken = new Set([...door.holds.map(({ zone }) => zone), ...door.closedZones]);
    return zones.filter(({ zone }) => !taken.has(zone)).length;
  });
  return {
    all: rooms.reduce((sum, { zones }) => sum + zones.length, 0),
    free: free.reduce((sum, each) => sum + each, 0),
  };
}

function roomsOf({ layout }: Pick<BankView, 'layout'>) {
  return layout.columns.flatMap(({ cells }) =>
    cells.flatMap((cell) => ('number' in cell && cell.zones ? [{ ...cell, zones: cell.zones }] : [])),
  );
}

/** In service, and known to be shut. */
function isUsable({ inService, unverified, door }: Counted['doors'][number]): boolean {
  return inService && !unverified && (door === 'closed' || door === 'unsensed');
}
