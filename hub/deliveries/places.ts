/**
 * Where a parcel can go: the smallest free compartment that fits, then one that already holds parcels for the same
 * people, near before far; then the same among the zones of package rooms.
 */
import { type Layout, placedCompartments, SIZES, type Size } from '@lockerhub/protocol/bank/layout.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { Fallback } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import { isBeingCommissioned } from '../commissioning/walk.ts';
import {
  type Delivery,
  type Door,
  type DoorNow,
  doorKey,
  doorOf,
  type Model,
  placeKey,
  sameDoor,
} from './model.ts';
import { Refusal } from './refusal.ts';
import type { Roster } from './roster.ts';
import { type Addressed, isForTheSame } from './stops.ts';

/** A compartment, or a zone of a package room. */
export interface SizedPlace extends Door {
  readonly zone: string | null;
  readonly size: Size;
  /** It takes what fits into no compartment. */
  readonly oversize: boolean;
}

/** A place that was chosen; `fallback` says what kept the parcel from the smallest at the courier's own bank. */
export interface Choice extends SizedPlace {
  readonly fallback?: Fallback;
}

/** What a place is chosen by. */
export interface Parcel extends Addressed {
  /** The smallest size that will do. */
  readonly size: Size;
}

/** Cases about a parcel, which goes on holding its place: not about the door that a room's other parcels share with it. */
const ABOUT_A_PARCEL: ReadonlySet<CaseKind> = new Set([
  'unconfirmed-deposit',
  'nothing-inside',
  'unfinished-drop-off',
  'unfinished-pickup',
  'uncollected',
  'parcel-gone',
  'recipient-unknown',
  'emergency-opened',
]);

/** The doors and zones that cannot be given out, whatever they look like and whoever it is for. */
function blockedPlaces(model: Model, isRoom: (door: Door) => boolean): Set<string> {
  const taken = new Set<string>();
  for (const door of model.retired.values()) taken.add(doorKey(door));
  for (const door of model.unverified.values()) taken.add(doorKey(door));
  for (const grant of model.grants.values()) {
    const isOver = grant.end !== null && grant.state !== 'open' && grant.state !== 'unknown';
    if (!isOver) taken.add(doorKey(grant));
  }
  for (const { kind, bank, compartment, zone } of model.cases.values()) {
    // A lock that wears still opens.
    if (kind === 'lock-wearing' || bank === null || compartment === null) continue;
    const place = { bank, compartment, zone };
    if (!(ABOUT_A_PARCEL.has(kind) && isRoom(place))) taken.add(placeKey(place));
  }
  return taken;
}

/** The zones of the room behind a door that are not given out before the case about them is closed. */
export function closedZones(model: Model, door: Door): string[] {
  const closed = new Set<string>();
  for (const { kind, zone, ...about } of model.cases.values()) {
    if (zone !== null && sameDoor(door, about) && !ABOUT_A_PARCEL.has(kind)) closed.add(zone);
  }
  return [...closed];
}

/**
 * Seen closed in the bank's present session. A door without a sensor is given out only in a bank that has none at
 * all: there the building has chosen to do without, and closing is attested by a person.
 */
export function isClosed(door: DoorNow | undefined, isBankSensed: boolean): boolean {
  return door?.door === 'closed' || (door?.door === 'unsensed' && !isBankSensed);
}

export function hasSensors(model: Model, bank: string): boolean {
  for (const door of model.doors.values()) if (door.bank === bank && door.sensed) return true;
  return false;
}

/** Place → the deliveries that hold it. */
function holders(model: Model): Map<string, Delivery[]> {
  const held = new Map<string, Delivery[]>();
  for (const delivery of model.deliveries.values()) {
    const door = doorOf(delivery);
    if (!door) continue;
    const key = placeKey({ ...door, zone: delivery.zone });
    held.set(key, [...(held.get(key) ?? []), delivery]);
  }
  return held;
}

/** All places that no delivery holds and that may be given out now, smallest first, the lowest number first among equals. */
export function freePlaces(model: Model, layouts: readonly Layout[]): SizedPlace[] {
  const held = holders(model);
  return usablePlaces(model, layouts).filter((place) => !held.has(placeKey(place)));
}

/**
 * The free zones of the room behind a door, smallest first, also while it stands open: whoever is inside can be shown
 * another one without another opening.
 */
export function freeZones(model: Model, layouts: readonly Layout[], door: Door): SizedPlace[] {
  const held = holders(model);
  const blocked = blockedPlaces(model, () => true);
  return placesBehind(layouts, door)
    .filter((place) => !held.has(placeKey(place)) && !blocked.has(placeKey(place)))
    .sort(bySize);
}

function placesBehind(layouts: readonly Layout[], { bank, compartment }: Door): SizedPlace[] {
  const layout = layouts.find((one) => one.bank === bank);
  return layout ? placesOf(layout).filter((place) => place.compartment === compartment) : [];
}

/** Every place of a bank: its compartments, and for a door with a room behind it the zones. */
function placesOf(layout: Layout): SizedPlace[] {
  const { bank } = layout;
  return placedCompartments(layout).flatMap(({ number: compartment, size, zones }): SizedPlace[] =>
    zones
      ? zones.map(({ oversize = false, ...zone }) => ({
          bank,
          compartment,
          zone: zone.zone,
          size: zone.size,
          oversize,
        }))
      : [{ bank, compartment, zone: null, size, oversize: false }],
  );
}

function bySize(a: SizedPlace, b: SizedPlace): number {
  return SIZES.indexOf(a.size) - SIZES.indexOf(b.size);
}

/** All places whose door may be opened for a deposit, held or not, smallest first. */
function usablePlaces(model: Model, layouts: readonly Layout[]): SizedPlace[] {
  const places = layouts.flatMap(placesOf);
  const rooms = new Set(places.filter(({ zone }) => zone !== null).map(doorKey));
  const blocked = blockedPlaces(model, (door) => rooms.has(doorKey(door)));
  const usable: SizedPlace[] = [];
  for (const layout of layouts) {
    const { bank } = layout;
    // Nobody may stand before a door that an installer is about to fire.
    if (!model.banks.has(bank) || isBeingCommissioned(model, bank) || model.emergencies.has(bank)) continue;
    if (model.ahead.has(bank)) continue;
    const isBankSensed = hasSensors(model, bank);
    for (const place of places) {
      const key = doorKey(place);
      if (place.bank !== bank || blocked.has(key) || blocked.has(placeKey(place))) continue;
      if (isClosed(model.doors.get(key), isBankSensed)) usable.push(place);
    }
  }
  return usable.sort(bySize);
}

/** How many of the smallest parcels a compartment takes, or a parcel counts for: each size is twice the one before. */
function roomOf(size: Size): number {
  return 2 ** SIZES.indexOf(size);
}

/**
 * Doors behind which parcels for the very same people wait, with room left for this one. Only a door that is seen
 * shut: one without a sensor may stand open before the person who is fetching what is in it.
 */
function sharedPlaces(model: Model, roster: Roster, parcel: Parcel): SizedPlace[] {
  const held = holders(model);
  return usablePlaces(model, roster.layouts()).filter((place) => {
    const others = held.get(placeKey(place)) ?? [];
    const used = others.reduce((sum, { size }) => sum + roomOf(size), 0);
    return (
      others.length > 0 &&
      model.doors.get(doorKey(place))?.door === 'closed' &&
      used + roomOf(parcel.size) <= roomOf(place.size) &&
      others.every(
        (other) =>
          other.state === 'deposited' &&
          !model.asked.has(other.id) &&
          isForTheSame(model, other, parcel, roster),
      )
    );
  });
}

/** Where a courier stands, and what is left to choose from. */
export interface Choosing {
  /** The bank at which the courier stands; null: at none. */
  readonly near: string | null;
  /** Places that the parcel may be put at at all. */
  readonly isAllowed: (place: SizedPlace) => boolean;
}

/**
 * The place for a parcel: the smallest compartment that fits at the courier's own bank, then a bigger one, then one that
 * parcels for the same people hold already, then the same at another bank; and only then the same among the zones of
 * package rooms, where who collects sees the parcels of others.
 */
export function choosePlace(
  model: Model,
  roster: Roster,
  parcel: Parcel,
  { near, isAllowed }: Choosing,
): Choice | undefined {
  const free = freePlaces(model, roster.layouts()).filter(
    (place) => SIZES.indexOf(place.size) >= SIZES.indexOf(parcel.size) && isAllowed(place),
  );
  const shared = sharedPlaces(model, roster, parcel).filter(isAllowed);
  const isInRoom = ({ zone }: SizedPlace) => zone !== null;
  const isCompartment = ({ zone }: SizedPlace) => zone === null;
  return (
    nearest(parcel, near, free.filter(isCompartment), shared.filter(isCompartment)) ??
    nearest(parcel, near, free.filter(isInRoom), shared.filter(isInRoom))
  );
}

/** The zone for what fits into no compartment: the smallest that takes such parcels, near before far. */
export function chooseForOversize(
  model: Model,
  roster: Roster,
  { near, isAllowed }: Choosing,
): Choice | undefined {
  const free = freePlaces(model, roster.layouts()).filter((place) => place.oversize && isAllowed(place));
  const [there] = free;
  return (
    free.find(({ bank }) => near === null || bank === near) ?? (there && { ...there, fallback: 'other-bank' })
  );
}

function nearest(
  parcel: Parcel,
  near: string | null,
  free: readonly SizedPlace[],
  shared: readonly SizedPlace[],
): Choice | undefined {
  const isHere = ({ bank }: Door) => near === null || bank === near;
  const here = free.find(isHere);
  if (here) return here.size === parcel.size ? here : { ...here, fallback: 'bigger' };
  const sharedHere = shared.find(isHere);
  if (sharedHere) return { ...sharedHere, fallback: 'shared' };
  const [there] = free;
  if (there) return { ...there, fallback: 'other-bank' };
  const [sharedThere] = shared;
  return sharedThere && { ...sharedThere, fallback: 'shared' };
}

/** A door of some layout. @throws Refusal `compartment-unknown` */
export function knownDoor(layouts: readonly Layout[], { bank, compartment }: Door): Door {
  const layout = layouts.find((one) => one.bank === bank);
  if (!layout || !placedCompartments(layout).some(({ number }) => number === compartment)) {
    throw new Refusal('compartment-unknown', `no door ${compartment} in a bank "${bank}" of this building`);
  }
  return { bank, compartment };
}

/** Whether a place is one for what fits into no compartment. */
export function takesOversize(
  layouts: readonly Layout[],
  place: Door & { readonly zone: string | null },
): boolean {
  return placesBehind(layouts, place).some(({ zone, oversize }) => oversize && zone === place.zone);
}

/** The names of the zones of the room behind a door; none where no room is. */
export function zonesOf(layouts: readonly Layout[], door: Door): string[] {
  return placesBehind(layouts, door).flatMap(({ zone }) => (zone === null ? [] : [zone]));
}

/** The next larger size, or undefined for the largest. */
export function nextSize(size: Size): Size | undefined {
  return SIZES[SIZES.indexOf(size) + 1];
}

/** The size of a place by its layout, or undefined if no layout has it. */
export function sizeOfPlace(
  layouts: readonly Layout[],
  place: Door & { readonly zone: string | null },
): Size | undefined {
  return placesBehind(layouts, place).find(({ zone }) => zone === place.zone)?.size;
}
