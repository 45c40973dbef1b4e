/** The life of a line as a total table: see SPEC.md for what each state and event means. */

export const LINE_STATES = [
  'stopped',
  'connecting',
  'probing',
  'idle',
  'asking',
  'draining',
  'pausing',
] as const;
export type LineState = (typeof LINE_STATES)[number];

export const LINE_EVENTS = [
  'start',
  'stop',
  'connected',
  'ask',
  'answered',
  'out-of-step',
  'quiet',
  'lost',
  'pause-over',
] as const;
export type LineEvent = (typeof LINE_EVENTS)[number];

/** Where an event leads; a cell that names its own row is an event that changes nothing there. */
const NEXT: Readonly<Record<LineState, Readonly<Record<LineEvent, LineState>>>> = {
  stopped: {
    start: 'connecting',
    stop: 'stopped',
    connected: 'stopped',
    ask: 'stopped',
    answered: 'stopped',
    'out-of-step': 'stopped',
    quiet: 'stopped',
    lost: 'stopped',
    'pause-over': 'stopped',
  },
  connecting: {
    start: 'connecting',
    stop: 'stopped',
    connected: 'probing',
    ask: 'connecting',
    answered: 'connecting',
    'out-of-step': 'connecting',
    quiet: 'connecting',
    lost: 'pausing',
    'pause-over': 'connecting',
  },
  probing: {
    start: 'probing',
    stop: 'stopped',
    connected: 'probing',
    ask: 'probing',
    answered: 'idle',
    'out-of-step': 'draining',
    quiet: 'probing',
    lost: 'pausing',
    'pause-over': 'probing',
  },
  idle: {
    start: 'idle',
    stop: 'stopped',
    connected: 'idle',
    ask: 'asking',
    answered: 'idle',
    'out-of-step': 'draining',
    quiet: 'idle',
    lost: 'pausing',
    'pause-over': 'idle',
  },
  asking: {
    start: 'asking',
    stop: 'stopped',
    connected: 'asking',
    ask: 'asking',
    answered: 'idle',
    'out-of-step': 'draining',
    quiet: 'asking',
    lost: 'pausing',
    'pause-over': 'asking',
  },
  draining: {
    start: 'draining',
    stop: 'stopped',
    connected: 'draining',
    ask: 'draining',
    answered: 'draining',
    'out-of-step': 'draining',
    quiet: 'probing',
    lost: 'pausing',
    'pause-over': 'draining',
  },
  pausing: {
    start: 'pausing',
    stop: 'stopped',
    connected: 'pausing',
    ask: 'pausing',
    answered: 'pausing',
    'out-of-step': 'pausing',
    quiet: 'pausing',
    lost: 'pausing',
    'pause-over': 'connecting',
  },
};

/** The state after `event` in `state`. */
export function nextState(state: LineState, event: LineEvent): LineState {
  return NEXT[state][event];
}

/** Whether a line in this state takes requests: its device has answered well on this connection and is in step. */
export function isOnline(state: LineState): boolean {
  return state === 'idle' || state === 'asking';
}
