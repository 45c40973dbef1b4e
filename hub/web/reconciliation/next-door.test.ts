import { describe, expect, it } from 'vitest';
import { nextDoor } from './next-door.ts';

const [ME, OTHER] = ['me', 'other'];
const doors = [
  { compartment: 1, finding: 'as-recorded' },
  { compartment: 2, finding: null },
  { compartment: 3, finding: null },
] as const;
const walk = (...at: { compartment: number; staff: string }[]) => ({ doors: [...doors], at });

describe('the next door of a walk', () => {
  it('is the first that nobody told of and nobody else stands at', () => {
    expect(nextDoor(walk(), ME, null)).toBe(2);
    expect(nextDoor(walk({ compartment: 2, staff: OTHER }), ME, null)).toBe(3);
    expect(nextDoor(walk({ compartment: 3, staff: ME }), ME, null)).toBe(3);
  });

  it('is the one that was chosen, until somebody told of it', () => {
    expect(nextDoor(walk({ compartment: 2, staff: ME }), ME, 3)).toBe(3);
    expect(nextDoor(walk(), ME, 1)).toBe(2);
  });

  it('is the last one even if somebody else stands there, and none when all are told', () => {
    const last = { doors: doors.slice(0, 2), at: [{ compartment: 2, staff: OTHER }] };
    expect(nextDoor(last, ME, null)).toBe(2);
    expect(nextDoor({ doors: doors.slice(0, 1), at: [] }, ME, null)).toBeNull();
  });
});
