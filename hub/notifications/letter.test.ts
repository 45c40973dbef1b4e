import { expect, it } from 'vitest';
import { type LetterFacts, writeLetter } from './letter.ts';
import { wordsFor } from './words.ts';

const FACTS: LetterFacts = {
  kind: 'parcels-arrived',
  language: 'en',
  building: 'Linden Court',
  name: 'Mara',
  unitName: '1A',
  places: [{ bankName: 'Lobby', words: { number: 12, columnFromLeft: 2, columns: 4, band: 'knee' } }],
  code: '12345678',
  qr: 'LH1:12345678',
};

it('is complete by itself: code, place, building', () => {
  const { subject, text } = writeLetter(FACTS, false);
  expect(subject).toBe('A parcel for you at Linden Court');
  expect(text).toContain('1234 5678');
  expect(text).toContain('Lobby, door 12 (column 2 from the left, knee height)');
});

it.each(['en', 'es', 'ar'])(
  'names the zone in a package room, and no height of its door, in %s',
  (language) => {
    const words = { number: 1, columnFromLeft: 1, columns: 1, band: 'hip' } as const;
    const places = [{ bankName: 'Package room', words, zone: 'Floor left' }];
    const { text } = writeLetter({ ...FACTS, language, places }, false);
    expect(text).toContain('Floor left');
    expect(text).not.toContain(wordsFor(language).bands.hip);
  },
);

it('leads a phone to the hub, and not where the code is masked', () => {
  const link = 'http://10.0.0.5:8080/pickup/#LH1:12345678';
  expect(writeLetter({ ...FACTS, link }, false).text).toContain(link);
  expect(writeLetter({ ...FACTS, link }, true).text).not.toContain('pickup');
});

it.each(['en', 'es', 'ar'])('masked, shows no digit of the code, in %s', (language) => {
  const { text } = writeLetter({ ...FACTS, language, places: [] }, true);
  expect(text).toContain('••••');
  expect(text).not.toMatch(/1234|5678/);
});

it.each([
  ['es-MX', 'es', 'ltr', 'Hola'],
  ['ar', 'ar', 'rtl', 'مرحبًا'],
  ['xx', 'en', 'ltr', 'Hello'],
  ['__proto__', 'en', 'ltr', 'Hello'],
])('for %s is written in %s, %s', (language, written, direction, greeting) => {
  const letter = writeLetter({ ...FACTS, language }, false);
  expect([letter.language, letter.direction]).toEqual([written, direction]);
  expect(letter.text).toContain(greeting);
});

it('says nothing of a code that there is not, nor when a parcel was taken back', () => {
  expect(writeLetter({ ...FACTS, code: undefined }, false).text).not.toContain('Your code');
  expect(writeLetter({ ...FACTS, kind: 'parcel-withdrawn' }, false).text).not.toContain('1234');
});

it.each(['en', 'es', 'ar'])('says whom to tell when a delegate was named, and no code, in %s', (language) => {
  const facts = {
    ...FACTS,
    language,
    kind: 'delegate-named',
    places: [],
    link: 'http://10.0.0.5/#1',
  } as const;
  const { text, short } = writeLetter(facts, false);
  expect(text).not.toMatch(/1234|5678|http/);
  expect(short.split('\n')).toHaveLength(2);
});
