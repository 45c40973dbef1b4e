import { expect, it } from 'vitest';
import { changeOf, type HomeDraft, homesIn } from './home-draft.ts';

const one = (resident: string, household: string, unitName: string, name = 'Ana Pérez') => ({
  resident,
  household,
  unitName,
  name,
  language: 'es',
  movedOut: false,
});
const ANA = one('ana', 'h1', '1A');
const BEN = one('ben', 'h1', '1A', 'Ben');
/** Another one of her name. */
const OTHER = one('other', 'h2', '2B');
const ALL = [ANA, BEN, OTHER, { ...one('gone', 'h3', '2B', 'Gone'), movedOut: true }];
const same: HomeDraft = { name: ANA.name, language: 'es', unitName: '1A', household: 'h1' };

it('tells whom one can live with: nobody who moved out, not oneself', () => {
  expect(homesIn('2b ', ANA, ALL)).toEqual([{ household: 'h2', names: ['Ana Pérez'] }]);
  expect(homesIn('1A', ANA, ALL)).toEqual([{ household: 'h1', names: ['Ben'] }]);
});

it.each<[string, Partial<HomeDraft>, object]>([
  ['nothing', { name: ' Ana Pérez ', unitName: '1a' }, {}],
  ['a name and a language', { name: 'Ana Roe', language: 'en' }, { name: 'Ana Roe', language: 'en' }],
  ['another unit', { unitName: '3C', household: null }, { unitName: '3C' }],
  ['to somebody elsewhere', { unitName: '2B', household: 'h2' }, { household: 'h2' }],
  ['beside somebody elsewhere', { unitName: '2B', household: null }, { unitName: '2B' }],
  ['a lease of her own', { household: null }, { household: null }],
  [
    'a household of the unit that she left on the way',
    { unitName: '3C', household: 'h1' },
    { unitName: '3C' },
  ],
])('asks for what was changed alone: %s', (_, draft, asked) => {
  expect(changeOf(ANA, { ...same, ...draft }, ALL)).toEqual(asked);
});

it('asks nothing of who lives alone and stays so', () => {
  expect(changeOf(OTHER, { ...same, unitName: '2B', household: null }, ALL)).toEqual({});
});
