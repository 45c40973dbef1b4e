import type { DoorState } from '@lockerhub/protocol/bank/messages.ts';

/** A door as a page knows it; what it does not know, it leaves out. */
export interface DrawnDoor {
  readonly number: number;
  readonly door: DoorState;
  readonly sensed?: boolean;
  readonly inService?: boolean;
  /** How many parcels it holds. */
  readonly parcels?: number;
}

/** How a door is drawn: each look has a colour and a pattern of its own, each but the plainest a sign. */
const LOOKS = [
  'closed',
  'opening',
  'open',
  'forced',
  'jammed',
  'unknown',
  'unavailable',
  'unseen',
  'out-of-service',
] as const;
export type Look = (typeof LOOKS)[number];

const LOOK_OF: Record<DoorState, Look> = {
  unseen: 'unseen',
  closed: 'closed',
  opening: 'opening',
  open: 'open',
  forced: 'forced',
  jammed: 'jammed',
  unknown: 'unknown',
  unavailable: 'unavailable',
  unsensed: 'closed',
};

/** A door that does what it should not is shown even when it is out of service. */
const OVER_SERVICE: ReadonlySet<DoorState> = new Set(['opening', 'open', 'forced']);

export function lookOf(door: DrawnDoor): Look {
  if (door.inService === false && !OVER_SERVICE.has(door.door)) return 'out-of-service';
  return LOOK_OF[door.door];
}

/** Is the leaf away from its frame, as far as anybody can tell? */
export function isSwung(look: Look): boolean {
  return look === 'open' || look === 'forced';
}
