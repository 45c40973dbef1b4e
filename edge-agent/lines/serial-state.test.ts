import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isServing,
  nextSerialState,
  SERIAL_EVENTS,
  SERIAL_STATES,
  type SerialEvent,
  type SerialState,
} from './serial-state.ts';

const anyHistory = fc.array(fc.constantFrom(...SERIAL_EVENTS), { maxLength: 60 });

function after(history: readonly SerialEvent[], from: SerialState = 'stopped'): SerialState {
  return history.reduce(nextSerialState, from);
}

describe('the states of a serial line', () => {
  it('are all reached', () => {
    const reached = new Set<SerialState>(['stopped']);
    for (let round = 0; round < SERIAL_STATES.length; round++) {
      for (const state of [...reached])
        for (const event of SERIAL_EVENTS) reached.add(nextSerialState(state, event));
    }
    expect([...reached].sort()).toEqual([...SERIAL_STATES].sort());
  });

  it('stop from everywhere, and only `start` leads out of `stopped`', () => {
    for (const state of SERIAL_STATES) expect(nextSerialState(state, 'stop')).toBe('stopped');
    for (const event of SERIAL_EVENTS) {
      expect(nextSerialState('stopped', event)).toBe(event === 'start' ? 'opening' : 'stopped');
    }
  });

  it('send only out of a silence: into `asking` from `idle` alone, into `idle` by `quiet` alone', () => {
    for (const state of SERIAL_STATES) {
      for (const event of SERIAL_EVENTS) {
        const next = nextSerialState(state, event);
        if (next === state) continue;
        if (next === 'asking') expect([state, event]).toEqual(['idle', 'ask']);
        if (next === 'idle') expect(event).toBe('quiet');
      }
    }
  });

  it('serve nobody while the port is away or the bus drowned', () => {
    expect(SERIAL_STATES.filter(isServing)).toEqual(['hushing', 'idle', 'asking']);
    for (const state of SERIAL_STATES) expect(isServing(nextSerialState(state, 'lost'))).toBe(false);
  });

  it('come back from any history', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const cure: SerialEvent[] = ['lost', 'start', 'pause-over', 'opened', 'quiet'];
        expect(after(cure, after(history))).toBe('idle');
      }),
    );
  });
});
