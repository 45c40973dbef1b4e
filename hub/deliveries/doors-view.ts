/** A bank's doors as staff see them. */
import { placedCompartments, type Size } from '@lockerhub/protocol/bank/layout.ts';
import type { DoorState } from '@lockerhub/protocol/bank/messages.ts';
import type { DeliveryState } from './delivery-table.ts';
import { doorKey, heldAt, type Model } from './model.ts';
import { closedZones } from './places.ts';
import type { Roster } from './roster.ts';

export interface BankDoor {
  readonly number: number;
  readonly size: Size;
  readonly door: DoorState;
  readonly sensed: boolean;
  readonly inService: boolean;
  /** After another hub's end nobody has compared it yet. */
  readonly unverified: boolean;
  readonly holds: readonly {
    readonly delivery: string;
    readonly unitName: string;
    readonly state: DeliveryState;
    readonly zone: string | null;
  }[];
  /** Zones of the room behind it that a case keeps from being given out. */
  readonly closedZones: readonly string[];
}

/** Every door of the bank's layout; a door that was not reported in the present session is `unseen`. */
export function bankDoors(model: Model, roster: Roster, bank: string): BankDoor[] {
  const layout = roster.layouts().find((one) => one.bank === bank);
  if (!layout) return [];
  return placedCompartments(layout).map(({ number, size }) => {
    const door = { bank, compartment: number };
    const now = model.doors.get(doorKey(door));
    return {
      number,
      size,
      // A declared key explains it: it stands open, nobody forced it.
      door: now?.door === 'forced' && model.keyed.has(doorKey(door)) ? 'open' : (now?.door ?? 'unseen'),
      sensed: now?.sensed ?? true,
      inService: !model.retired.has(doorKey(door)),
      unverified: model.unverified.has(doorKey(door)),
      holds: heldAt(model, door).map(({ id, unit, state, zone }) => ({
        delivery: id,
        unitName: (unit && roster.unit(unit)?.name) ?? '',
        state,
        zone,
      })),
      closedZones: closedZones(model, door),
    };
  });
}
