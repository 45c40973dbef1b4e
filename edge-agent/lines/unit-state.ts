/** How far the answers of one unit on a bus can be trusted, as a total table: see SPEC.md. */

export const UNIT_STATES = ['in-step', 'doubtful', 'listening', 'degraded'] as const;
export type UnitState = (typeof UNIT_STATES)[number];

export const UNIT_EVENTS = ['answered', 'missed', 'missed-out', 'spoke', 'spoke-out', 'rest-over'] as const;
export type UnitEvent = (typeof UNIT_EVENTS)[number];

/** Where an event leads; a cell that names its own row is an event that changes nothing there. */
const NEXT: Readonly<Record<UnitState, Readonly<Record<UnitEvent, UnitState>>>> = {
  'in-step': {
    answered: 'in-step',
    missed: 'doubtful',
    'missed-out': 'degraded',
    spoke: 'doubtful',
    'spoke-out': 'degraded',
    'rest-over': 'in-step',
  },
  doubtful: {
    answered: 'listening',
    missed: 'doubtful',
    'missed-out': 'degraded',
    spoke: 'doubtful',
    'spoke-out': 'degraded',
    'rest-over': 'doubtful',
  },
  listening: {
    answered: 'listening',
    missed: 'doubtful',
    'missed-out': 'degraded',
    spoke: 'doubtful',
    'spoke-out': 'degraded',
    'rest-over': 'in-step',
  },
  degraded: {
    answered: 'listening',
    missed: 'degraded',
    'missed-out': 'degraded',
    spoke: 'degraded',
    'spoke-out': 'degraded',
    'rest-over': 'degraded',
  },
};

/** The state of a unit after `event` in `state`. */
export function nextUnitState(state: UnitState, event: UnitEvent): UnitState {
  return NEXT[state][event];
}
