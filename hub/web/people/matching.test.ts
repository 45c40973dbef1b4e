import type { ResidentView } from '@lockerhub/protocol/http/staff.ts';
import { describe, expect, it } from 'vitest';
import { matchingResidents } from './matching.ts';

const resident = (unitName: string, name: string, email: string | null = null): ResidentView => ({
  resident: name,
  unit: unitName,
  household: unitName,
  unitName,
  name,
  language: 'en',
  email,
  contacts: [],
  away: null,
  movedOut: false,
  accessible: false,
  onlyMe: false,
  hasPin: false,
  fobs: [],
});
const all = [
  resident('4B', 'José Núñez', 'pepe@example.org'),
  resident('14B', 'Ann Lee'),
  resident('40', 'Bo'),
];
const found = (typed: string) => matchingResidents(all, typed).map(({ unitName }) => unitName);

describe('finding residents', () => {
  it.each([
    ['4', ['4B', '40']],
    ['nunez', ['4B']],
    ['JOSÉ', ['4B']],
    ['pepe@', ['4B']],
    ['lee', ['14B']],
    ['zoe', []],
    ['  ', []],
  ])('%s → %o', (typed, units) => {
    expect(found(typed)).toEqual(units);
  });
});
