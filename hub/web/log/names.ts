/** Who and what the ids in the log stand for, as far as this page knows: the log itself holds ids only. */
import type {
  BuildingView,
  Colleague,
  CourierView,
  LogEntryView,
  Me,
  ResidentView,
  TerminalView,
} from '@lockerhub/protocol/http/staff.ts';

/** Where a parcel is or was, and for whom. */
interface KnownParcel {
  readonly unitName: string | null;
  readonly bank: string | null;
  readonly compartment: number | null;
}

/** Each look-up gives null for what is not known, e.g. because the person was erased. */
export interface Names {
  readonly me: string | null;
  staff(id: unknown): string | null;
  unit(id: unknown): string | null;
  resident(id: unknown): string | null;
  courier(id: unknown): { readonly carrier: string; readonly name: string | null } | null;
  terminal(id: unknown): string | null;
  bank(slug: unknown): string | null;
  /** A bank's name is said only where there are several. */
  readonly severalBanks: boolean;
  parcel(delivery: unknown): KnownParcel | null;
  /** The door that a grant was for. */
  grant(id: unknown): { readonly bank: string; readonly compartment: number } | null;
}

export interface NameSources {
  readonly me?: Me | undefined;
  readonly colleagues?: readonly Colleague[] | undefined;
  readonly building?: BuildingView | undefined;
  readonly residents?: readonly ResidentView[] | undefined;
  readonly couriers?: readonly CourierView[] | undefined;
  readonly terminals?: readonly TerminalView[] | undefined;
  /** Entries that tell of parcels and grants themselves. */
  readonly entries?: readonly LogEntryView[] | undefined;
}

/** Names from the lists that the page has loaded. */
export function createNames(sources: NameSources): Names {
  const { colleagues = [], building, residents = [], couriers = [], terminals = [], entries = [] } = sources;
  const units = new Map(residents.map((each) => [each.unit, each.unitName]));
  const people = new Map(residents.map((each) => [each.resident, each.name]));
  const known = new Map(couriers.map((each) => [each.courier, each]));
  const staff = new Map(colleagues.map((each) => [each.staff, each.name]));
  const kiosks = new Map(terminals.map((each) => [each.terminal, each.name]));
  const banks = new Map(building?.banks.map((each) => [each.bank, each.name]));
  const parcels = parcelsOf(building, entries, units);
  const grants = grantsOf(entries);
  const look =
    <Value>(map: ReadonlyMap<string, Value>) =>
    (id: unknown) =>
      typeof id === 'string' ? (map.get(id) ?? null) : null;
  return {
    me: sources.me?.staff ?? null,
    staff: look(staff),
    unit: look(units),
    resident: look(people),
    courier: look(known),
    terminal: look(kiosks),
    bank: look(banks),
    severalBanks: banks.size > 1,
    parcel: look(parcels),
    grant: look(grants),
  };
}

/** Entries that say for which unit a parcel is, or where it goes. */
const TELLS_OF_PARCEL = new Set([
  'delivery.assigned',
  'delivery.reassigned',
  'delivery.unmatched',
  'delivery.sent-to-desk',
  'delivery.matched',
]);

function parcelsOf(
  building: BuildingView | undefined,
  entries: readonly LogEntryView[],
  units: ReadonlyMap<string, string>,
): Map<string, KnownParcel> {
  const parcels = new Map<string, KnownParcel>();
  // Oldest first, so that a later place replaces an earlier one.
  for (const { type, data } of entries.toReversed()) {
    if (!TELLS_OF_PARCEL.has(type)) continue;
    const delivery = String(data.delivery);
    const unitName = units.get(String(data.unit)) ?? parcels.get(delivery)?.unitName ?? null;
    parcels.set(delivery, { unitName, ...doorOf(data) });
  }
  for (const { bank, doors } of building?.banks ?? []) {
    for (const { number, holds } of doors) {
      for (const { delivery, unitName } of holds)
        parcels.set(delivery, { unitName, bank, compartment: number });
    }
  }
  return parcels;
}

function grantsOf(
  entries: readonly LogEntryView[],
): Map<string, { readonly bank: string; readonly compartment: number }> {
  const grants = new Map<string, { readonly bank: string; readonly compartment: number }>();
  for (const { type, data } of entries) {
    const { bank, compartment } = doorOf(data);
    if (type === 'grant.issued' && bank !== null && compartment !== null) {
      grants.set(String(data.grant), { bank, compartment });
    }
  }
  return grants;
}

/** The door that an entry names, if it names one. */
export function doorOf(data: LogEntryView['data']): { bank: string | null; compartment: number | null } {
  const { bank, compartment } = data;
  return {
    bank: typeof bank === 'string' ? bank : null,
    compartment: typeof compartment === 'number' ? compartment : null,
  };
}
