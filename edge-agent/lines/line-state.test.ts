import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOnline,
  LINE_EVENTS,
  LINE_STATES,
  type LineEvent,
  type LineState,
  nextState,
} from './line-state.ts';

const anyState = fc.constantFrom(...LINE_STATES);
const anyEvent = fc.constantFrom(...LINE_EVENTS);
const anyHistory = fc.array(anyEvent, { maxLength: 60 });

function after(history: readonly LineEvent[], from: LineState = 'stopped'): LineState {
  return history.reduce(nextState, from);
}

describe('the states of a line', () => {
  it('are all reached', () => {
    const reached = new Set<LineState>(['stopped']);
    for (let round = 0; round < LINE_STATES.length; round++) {
      for (const state of [...reached]) for (const event of LINE_EVENTS) reached.add(nextState(state, event));
    }
    expect([...reached].sort()).toEqual([...LINE_STATES].sort());
  });

  it('stop from everywhere, and only `start` leads out of `stopped`', () => {
    for (const state of LINE_STATES) expect(nextState(state, 'stop')).toBe('stopped');
    for (const event of LINE_EVENTS) {
      expect(nextState('stopped', event)).toBe(event === 'start' ? 'connecting' : 'stopped');
    }
  });

  it('go online by an answer alone, after the last trouble', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        let state: LineState = 'stopped';
        for (const event of history) {
          const next = nextState(state, event);
          if (!isOnline(state) && isOnline(next)) expect([state, event]).toEqual(['probing', 'answered']);
          state = next;
        }
      }),
    );
  });

  it('are never online right after trouble', () => {
    fc.assert(
      fc.property(anyState, fc.constantFrom('lost', 'out-of-step', 'stop'), (state, trouble) => {
        expect(isOnline(nextState(state, trouble))).toBe(false);
      }),
    );
  });

  it('come back online from any history by a good connection', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const cure: LineEvent[] = ['lost', 'start', 'pause-over', 'connected', 'answered'];
        expect(after(cure, after(history))).toBe('idle');
      }),
    );
  });

  it('ask nothing while something is in flight or nobody is there', () => {
    for (const state of LINE_STATES) {
      expect(nextState(state, 'ask') === 'asking').toBe(state === 'idle' || state === 'asking');
    }
  });
});
