import type { DrawnDoor } from '@lockerhub/edge-agent/kiosk/drawing/door-look.ts';
import type { BankView, DoorView, LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import type { Names } from '../log/names.ts';
import { doorOf } from '../log/names.ts';

/** The doors of a bank as the drawing takes them. */
export function drawnDoors(doors: readonly DoorView[]): DrawnDoor[] {
  return doors.map(({ number, door, sensed, inService, holds }) => ({
    number,
    door,
    sensed,
    inService,
    parcels: holds.length,
  }));
}

/** Why a door cannot be asked to open now, as a door state or the bank's absence; null if it can. */
export function hindrance(bank: BankView, door: DoorView): 'bank-away' | DoorView['door'] | null {
  if (!bank.online) return 'bank-away';
  const openable: ReadonlySet<DoorView['door']> = new Set(['closed', 'unsensed', 'jammed']);
  return openable.has(door.door) ? null : door.door;
}

/** The entries about one door, newest first. */
export function entriesOfDoor(
  entries: readonly LogEntryView[],
  names: Names,
  bank: string,
  compartment: number,
): LogEntryView[] {
  return entries.filter(({ type, data }) => {
    const own = doorOf(data);
    if (own.bank !== null) return own.bank === bank && own.compartment === compartment;
    const door = type === 'grant.ended' ? names.grant(data.grant) : names.parcel(data.delivery);
    return door?.bank === bank && door.compartment === compartment;
  });
}
