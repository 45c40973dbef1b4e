import { expect, it } from 'vitest';
import { VirtualClock } from '../../sim/clock/virtual-clock.ts';
import { Attempts } from './attempts.ts';

it('blocks a key at its limit until its window is over, and no other key', async () => {
  const clock = new VirtualClock(0);
  const attempts = new Attempts(clock, 3, 60_000);
  for (let failure = 0; failure < 3; failure++) {
    expect(attempts.blockedForMs('a')).toBe(0);
    attempts.failed('a');
    await clock.advance(1_000);
  }
  expect([attempts.blockedForMs('a'), attempts.blockedForMs('b')]).toEqual([57_000, 0]);
  await clock.advance(57_000);
  expect(attempts.blockedForMs('a')).toBe(0);
  attempts.failed('a');
  expect(attempts.blockedForMs('a')).toBe(0);
});

it('is cleared by a success, not by a wall clock that jumps', () => {
  const clock = new VirtualClock(0);
  const attempts = new Attempts(clock, 1, 60_000);
  attempts.failed('a');
  clock.setWall(10 ** 13);
  expect(attempts.blockedForMs('a')).toBe(60_000);
  attempts.succeeded('a');
  expect(attempts.blockedForMs('a')).toBe(0);
});

it('forgets the longest known key instead of growing without end', () => {
  const attempts = new Attempts(new VirtualClock(0), 1, 60_000);
  for (let key = 0; key <= 10_000; key++) attempts.failed(String(key));
  expect([attempts.blockedForMs('0'), attempts.blockedForMs('10000')]).toEqual([0, 60_000]);
});
