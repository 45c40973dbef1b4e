/** The life of a serial line as a total table: see SPEC.md for what each state and event means. */

export const SERIAL_STATES = [
  'stopped',
  'opening',
  'hushing',
  'idle',
  'asking',
  'drowned',
  'pausing',
] as const;
export type SerialState = (typeof SERIAL_STATES)[number];

export const SERIAL_EVENTS = [
  'start',
  'stop',
  'opened',
  'ask',
  'over',
  'noise',
  'quiet',
  'never-quiet',
  'lost',
  'pause-over',
] as const;
export type SerialEvent = (typeof SERIAL_EVENTS)[number];

/** Where an event leads; a cell that names its own row is an event that changes nothing there. */
const NEXT: Readonly<Record<SerialState, Readonly<Record<SerialEvent, SerialState>>>> = {
  stopped: {
    start: 'opening',
    stop: 'stopped',
    opened: 'stopped',
    ask: 'stopped',
    over: 'stopped',
    noise: 'stopped',
    quiet: 'stopped',
    'never-quiet': 'stopped',
    lost: 'stopped',
    'pause-over': 'stopped',
  },
  opening: {
    start: 'opening',
    stop: 'stopped',
    opened: 'hushing',
    ask: 'opening',
    over: 'opening',
    noise: 'opening',
    quiet: 'opening',
    'never-quiet': 'opening',
    lost: 'pausing',
    'pause-over': 'opening',
  },
  hushing: {
    start: 'hushing',
    stop: 'stopped',
    opened: 'hushing',
    ask: 'hushing',
    over: 'hushing',
    noise: 'hushing',
    quiet: 'idle',
    'never-quiet': 'drowned',
    lost: 'pausing',
    'pause-over': 'hushing',
  },
  idle: {
    start: 'idle',
    stop: 'stopped',
    opened: 'idle',
    ask: 'asking',
    over: 'idle',
    noise: 'hushing',
    quiet: 'idle',
    'never-quiet': 'idle',
    lost: 'pausing',
    'pause-over': 'idle',
  },
  asking: {
    start: 'asking',
    stop: 'stopped',
    opened: 'asking',
    ask: 'asking',
    over: 'hushing',
    noise: 'asking',
    quiet: 'asking',
    'never-quiet': 'asking',
    lost: 'pausing',
    'pause-over': 'asking',
  },
  drowned: {
    start: 'drowned',
    stop: 'stopped',
    opened: 'drowned',
    ask: 'drowned',
    over: 'drowned',
    noise: 'drowned',
    quiet: 'idle',
    'never-quiet': 'drowned',
    lost: 'pausing',
    'pause-over': 'drowned',
  },
  pausing: {
    start: 'pausing',
    stop: 'stopped',
    opened: 'pausing',
    ask: 'pausing',
    over: 'pausing',
    noise: 'pausing',
    quiet: 'pausing',
    'never-quiet': 'pausing',
    lost: 'pausing',
    'pause-over': 'opening',
  },
};

/** The state after `event` in `state`. */
export function nextSerialState(state: SerialState, event: SerialEvent): SerialState {
  return NEXT[state][event];
}

/** Whether the bus can be asked in this state, now or once it is silent. */
export function isServing(state: SerialState): boolean {
  return state === 'hushing' || state === 'idle' || state === 'asking';
}
