/** Where a parcel can go: the smallest free compartment that fits, near before far. */
import { type Layout, placedCompartments, SIZES, type Size } from '@lockerhub/protocol/bank/layout.ts';
import { isBeingCommissioned } from '../commissioning/walk.ts';
import { type Door, type DoorNow, doorKey, type Model } from './model.ts';
import { Refusal } from './refusal.ts';

export interface Place extends Door {
  readonly size: Size;
}

/**
 * The doors that cannot be given out, whatever they look like: retired, unverified, held by a delivery (of any household: one
 * delivery a compartment keeps I3 simple), with a grant that is not over, or with an open case about it.
 */
function takenDoors(model: Model): Set<string> {
  const taken = new Set<string>();
  for (const door of model.retired.values()) taken.add(doorKey(door));
  for (const door of model.unverified.values()) taken.add(doorKey(door));
  for (const delivery of model.deliveries.values()) taken.add(doorKey(delivery));
  for (const grant of model.grants.values()) {
    const isOver = grant.end !== null && grant.state !== 'open' && grant.state !== 'unknown';
    if (!isOver) taken.add(doorKey(grant));
  }
  for (const { kind, bank, compartment } of model.cases.values()) {
    // A lock that wears still opens.
    if (kind !== 'lock-wearing' && bank !== null && compartment !== null)
      taken.add(doorKey({ bank, compartment }));
  }
  return taken;
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

/** All places that may be given out now, smallest first, the lowest number first among equals. */
export function freePlaces(model: Model, layouts: readonly Layout[]): Place[] {
  const taken = takenDoors(model);
  const places: Place[] = [];
  for (const layout of layouts) {
    const { bank } = layout;
    // Nobody may stand before a door that an installer is about to fire.
    if (!model.banks.has(bank) || isBeingCommissioned(model, bank) || model.emergencies.has(bank)) continue;
    if (model.ahead.has(bank)) continue;
    const isBankSensed = hasSensors(model, bank);
    for (const { number: compartment, size } of placedCompartments(layout)) {
      const key = doorKey({ bank, compartment });
      if (taken.has(key) || !isClosed(model.doors.get(key), isBankSensed)) continue;
      places.push({ bank, compartment, size });
    }
  }
  return places.sort((a, b) => SIZES.indexOf(a.size) - SIZES.indexOf(b.size));
}

/**
 * The place for a parcel: the smallest that fits at the courier's own bank, at another only if there is none.
 *
 * @param size the smallest size that will do.
 * @param near the bank at which the courier stands; null: at none.
 */
export function choosePlace(
  model: Model,
  layouts: readonly Layout[],
  size: Size,
  near: string | null,
): Place | undefined {
  const fitting = freePlaces(model, layouts).filter(
    (place) => SIZES.indexOf(place.size) >= SIZES.indexOf(size),
  );
  return fitting.find((place) => place.bank === near) ?? fitting[0];
}

/** A door of some layout. @throws Refusal `compartment-unknown` */
export function knownDoor(layouts: readonly Layout[], { bank, compartment }: Door): Door {
  const layout = layouts.find((one) => one.bank === bank);
  if (!layout || !placedCompartments(layout).some(({ number }) => number === compartment)) {
    throw new Refusal('compartment-unknown', `no door ${compartment} in a bank "${bank}" of this building`);
  }
  return { bank, compartment };
}

/** The next larger size, or undefined for the largest. */
export function nextSize(size: Size): Size | undefined {
  return SIZES[SIZES.indexOf(size) + 1];
}

/** The size of a door by its layout, or undefined if no layout has it. */
export function sizeOfDoor(layouts: readonly Layout[], door: Door): Size | undefined {
  const layout = layouts.find(({ bank }) => bank === door.bank);
  return layout && placedCompartments(layout).find(({ number }) => number === door.compartment)?.size;
}
