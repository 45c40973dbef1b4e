import { expect, it } from 'vitest';
import { nextHourMs } from './next-hour.ts';

it('is today if the hour is still to come, else tomorrow, by the building’s clocks', () => {
  const nowMs = Date.parse('2026-11-26T01:30:00Z');
  const at = (hour: number) => new Date(nextHourMs(hour, '2026-11-26', 'Europe/Berlin', nowMs)).toISOString();
  expect(at(3)).toBe('2026-11-26T02:00:00.000Z');
  expect(at(2)).toBe('2026-11-27T01:00:00.000Z');
});
