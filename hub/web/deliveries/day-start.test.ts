import { expect, it } from 'vitest';
import { dayStartMs } from './day-start.ts';

it.each([
  ['UTC', '2026-11-26', '2026-11-26T00:00:00Z'],
  ['Europe/Berlin', '2026-11-26', '2026-11-25T23:00:00Z'],
  ['Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00Z'],
  ['America/Los_Angeles', '2026-11-26', '2026-11-26T08:00:00Z'],
  // The days on which clocks change, and those after them.
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z'],
  ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00Z'],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z'],
  ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00:00Z'],
  ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00Z'],
  // Clocks went from 24:00 to 01:00: the day began with the jump.
  ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z'],
])('%s, %s', (zone, day, start) => {
  expect(new Date(dayStartMs(day, zone)).toISOString()).toBe(new Date(start).toISOString());
});

it('the day after is a day later by the calendar, not by hours', () => {
  expect(dayStartMs('2026-10-25', 'Europe/Berlin', 1)).toBe(dayStartMs('2026-10-26', 'Europe/Berlin'));
});
