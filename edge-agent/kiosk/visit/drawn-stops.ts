import type { DoorState } from '@lockerhub/protocol/bank/messages.ts';
import type { StopStep, VisitView } from '@lockerhub/protocol/http/visit.ts';
import type { DrawnDoor } from '../drawing/door-look.ts';

/** How a stop's door looks to the person in front of it. */
const DOOR_OF: Record<StopStep, DoorState> = {
  waiting: 'closed',
  opening: 'opening',
  open: 'open',
  attest: 'open',
  confirm: 'closed',
  done: 'closed',
  jammed: 'jammed',
  unknown: 'unknown',
  withdrawn: 'closed',
  elsewhere: 'closed',
  desk: 'closed',
};

/** The doors of a visit at one bank; a terminal knows no others, and does not need to. */
export function drawnStops(view: VisitView, bank: string | undefined): DrawnDoor[] {
  const doors = new Map<number, DrawnDoor>();
  for (const { place, step, sensed } of view.stops) {
    if (!place || place.bank !== bank) continue;
    const isIn = view.kind === 'courier' ? step === 'done' : step === 'waiting' || step === 'open';
    const seen = doors.get(place.compartment);
    const door = DOOR_OF[step];
    // Two parcels behind one door: what goes on at it matters more than what rests.
    doors.set(place.compartment, {
      number: place.compartment,
      door: seen && door === 'closed' ? seen.door : door,
      sensed,
      parcels: (seen?.parcels ?? 0) + Number(isIn),
    });
  }
  return [...doors.values()];
}
