/** One door as its agent sees it: a pure state machine. It says what is known and never causes anything. */
import type { BankEventKind, DoorState, OpenRefusal } from '@lockerhub/protocol/bank/messages.ts';

/** Everything that can happen to the knowledge of a door. See SPEC.md. */
export const DOOR_EVENTS = [
  'granted',
  'write-ok',
  'write-uncertain',
  'write-refused',
  'seen-closed',
  'seen-open',
  'seen-open-late',
  'jam-deadline',
  'line-lost',
  'line-back',
  'answered-in-order',
  'pulse-proved',
  'quarantine-over',
  'restarted',
] as const;
export type DoorEvent = (typeof DOOR_EVENTS)[number];

/** What is known of one door. */
export interface Door {
  readonly state: DoorState;
  readonly sensed: boolean;
  /** What it was when it went out of sight; only read in `unseen` and `unavailable`. */
  readonly before: DoorState;
}

/** Where an event leads: a state, or one for a sensed door and one for an unsensed. */
type Target = DoorState | readonly [sensed: DoorState, unsensed: DoorState];

/**
 * One cell of the table. `resume`: the door comes back into sight, so the event counts as if it had happened to
 * the state before; `to` holds if there was none.
 */
export type Cell =
  | { readonly to: Target; readonly report?: BankEventKind; readonly resume?: true }
  | { readonly refuse: OpenRefusal };

export type DoorTable = Record<DoorState, Record<DoorEvent, Cell>>;

const stay = (state: DoorState): Record<Exclude<DoorEvent, 'granted'>, Cell> => ({
  'write-ok': { to: state },
  'write-uncertain': { to: state },
  'write-refused': { to: state },
  'seen-closed': { to: state },
  'seen-open': { to: state },
  'seen-open-late': { to: state },
  'jam-deadline': { to: state },
  'line-lost': { to: state },
  'line-back': { to: state },
  'answered-in-order': { to: state },
  'pulse-proved': { to: state },
  'quarantine-over': { to: state },
  restarted: { to: state },
});

const AT_REST: Target = ['closed', 'unsensed'];

/** The whole of it: every state, every event. */
export const DOOR_TABLE: DoorTable = {
  unseen: {
    ...stay('unseen'),
    granted: { refuse: 'line-unavailable' },
    'write-ok': { to: 'unseen', report: 'pulsed' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'seen-closed': { to: 'closed', resume: true },
    'seen-open': { to: 'open', resume: true },
    'seen-open-late': { to: 'open', resume: true },
    'line-lost': { to: 'unavailable' },
    'line-back': { to: ['unseen', 'unsensed'] },
  },
  closed: {
    ...stay('closed'),
    granted: { to: 'opening' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'seen-open': { to: 'forced', report: 'forced' },
    'seen-open-late': { to: 'forced', report: 'forced' },
    'line-lost': { to: 'unavailable' },
    restarted: { to: 'unseen' },
  },
  opening: {
    ...stay('opening'),
    granted: { refuse: 'busy' },
    'write-ok': { to: 'opening', report: 'pulsed' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'write-refused': { to: 'closed' },
    'seen-open': { to: 'open', report: 'opened' },
    'seen-open-late': { to: 'open', report: 'opened' },
    'jam-deadline': { to: 'jammed', report: 'jammed' },
    'line-lost': { to: 'unknown', report: 'unknown' },
    restarted: { to: 'unknown' },
  },
  open: {
    ...stay('open'),
    granted: { refuse: 'door-not-closed' },
    'seen-closed': { to: 'closed', report: 'closed' },
    'line-lost': { to: 'unavailable' },
    restarted: { to: 'unseen' },
  },
  forced: {
    ...stay('forced'),
    granted: { refuse: 'door-not-closed' },
    'seen-closed': { to: 'closed', report: 'closed' },
    'line-lost': { to: 'unavailable' },
    restarted: { to: 'unseen' },
  },
  jammed: {
    ...stay('jammed'),
    granted: { to: 'opening' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'seen-open': { to: 'open', report: 'opened' },
    'seen-open-late': { to: 'forced', report: 'forced' },
    'line-lost': { to: 'unavailable' },
    restarted: { to: 'unseen' },
  },
  unknown: {
    ...stay('unknown'),
    granted: { refuse: 'door-unknown' },
    'seen-open': { to: 'open', report: 'opened' },
    'seen-open-late': { to: 'open', report: 'opened' },
    'answered-in-order': { to: AT_REST, report: 'settled' },
    'pulse-proved': { to: ['unknown', 'unsensed'], report: 'pulsed' },
    'quarantine-over': { to: AT_REST, report: 'settled' },
  },
  unavailable: {
    ...stay('unavailable'),
    granted: { refuse: 'line-unavailable' },
    'write-ok': { to: 'unavailable', report: 'pulsed' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'seen-closed': { to: 'closed', resume: true },
    'seen-open': { to: 'open', resume: true },
    'seen-open-late': { to: 'open', resume: true },
    'line-back': { to: ['unseen', 'unsensed'] },
    restarted: { to: 'unseen' },
  },
  unsensed: {
    ...stay('unsensed'),
    granted: { to: 'unsensed' },
    'write-ok': { to: 'unsensed', report: 'pulsed' },
    'write-uncertain': { to: 'unknown', report: 'unknown' },
    'line-lost': { to: 'unavailable' },
    restarted: { to: 'unseen' },
  },
};

/** What an event did: the door afterwards, what to tell the hub, and why an opening was refused. */
export interface DoorStep {
  readonly door: Door;
  readonly report: BankEventKind | null;
  readonly refused: OpenRefusal | null;
}

/** A door that nothing is known of. */
export function newDoor(sensed: boolean): Door {
  return { state: 'unseen', sensed, before: 'unseen' };
}

/** A state in which nothing is seen of the door. */
export function outOfSight(state: DoorState): boolean {
  return state === 'unseen' || state === 'unavailable';
}

/** Applies one event. Pure and total; `table` is handed in so that tests can break it. */
export function stepDoor(door: Door, event: DoorEvent, table: DoorTable = DOOR_TABLE): DoorStep {
  const cell = table[door.state][event];
  if ('refuse' in cell) return { door, report: null, refused: cell.refuse };
  if (cell.resume && !outOfSight(door.before)) {
    return stepDoor({ ...door, state: door.before, before: 'unseen' }, event, table);
  }
  const state = typeof cell.to === 'string' ? cell.to : cell.to[door.sensed ? 0 : 1];
  const leavesSight = outOfSight(state) && !outOfSight(door.state);
  const before = leavesSight ? door.state : outOfSight(state) ? door.before : 'unseen';
  return { door: { state, sensed: door.sensed, before }, report: cell.report ?? null, refused: null };
}

/**
 * The door of a process that has just started, from what its predecessor wrote down. `interrupted`: the last grant
 * was begun and its end is not on record, so the device may still act.
 */
export function doorAfterRestart(sensed: boolean, recorded: DoorState, interrupted: boolean): Door {
  if (interrupted) return { state: 'unknown', sensed, before: 'unseen' };
  return stepDoor({ state: recorded, sensed, before: 'unseen' }, 'restarted').door;
}
