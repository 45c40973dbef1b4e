import { expect, it } from 'vitest';
import { type Home, type Move, planMove, type Wanted } from './moves.ts';

const ALONE: Home = { unit: 'u1', household: 'h1', isAlone: true };
const SHARED: Home = { ...ALONE, isAlone: false };

it.each<[string, Home, Wanted, Move]>([
  ['nothing is said', SHARED, {}, { kind: 'stays' }],
  ['the same unit is said again', SHARED, { unit: 'u1' }, { kind: 'stays' }],
  [
    'alone to another unit: the household goes along',
    ALONE,
    { unit: 'u2' },
    { kind: 'moves-home', unit: 'u2' },
  ],
  ['alone to a unit that is to be made', ALONE, { unit: null }, { kind: 'moves-home', unit: null }],
  ['away from others', SHARED, { unit: 'u2' }, { kind: 'leaves', unit: 'u2' }],
  ['to others', ALONE, { household: 'h2' }, { kind: 'joins', household: 'h2' }],
  ['to those with whom they live', SHARED, { household: 'h1' }, { kind: 'stays' }],
  ['a lease of their own in the same unit', SHARED, { household: null }, { kind: 'leaves', unit: 'u1' }],
  ['a lease of their own, which they have', ALONE, { household: null }, { kind: 'stays' }],
  ['a lease of their own elsewhere', SHARED, { unit: 'u2', household: null }, { kind: 'leaves', unit: 'u2' }],
])('%s', (_, home, wanted, move) => {
  expect(planMove(home, wanted)).toEqual(move);
});
