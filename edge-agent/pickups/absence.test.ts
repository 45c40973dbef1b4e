import { expect, it } from 'vitest';
import { ABSENCE, ABSENCE_EVENTS, ABSENCE_STATES, type AbsenceEvent, type AbsenceState } from './absence.ts';

it('leads every state by every event to a state, and back to the hub only once all is handed over', () => {
  for (const state of ABSENCE_STATES) {
    for (const event of ABSENCE_EVENTS) expect(ABSENCE_STATES).toContain(ABSENCE[state][event]);
  }
  const after = (...events: AbsenceEvent[]) =>
    events.reduce<AbsenceState>((state, event) => ABSENCE[state][event], 'with-hub');
  expect(after('silent')).toBe('alone');
  expect(after('silent', 'settled')).toBe('alone');
  expect(after('silent', 'heard')).toBe('returning');
  expect(after('silent', 'heard', 'heard')).toBe('returning');
  expect(after('silent', 'heard', 'silent')).toBe('alone');
  expect(after('silent', 'heard', 'settled')).toBe('with-hub');
});
