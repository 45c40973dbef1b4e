import { describe, expect, it } from 'vitest';
import { placeInWords } from './place.ts';
import { closestLanguage, createWords, LANGUAGES } from './words.ts';

/** Every text of a language as `namespace.key` → text. */
function flat(texts: object, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}
function placeholders(text: string): string[] {
  return [...text.matchAll(/{{(\w+)/g)].map(([, name]) => name ?? '').sort();
}
const bundle = (code: string) => flat(createWords('en').getDataByLanguage(code) ?? {});

describe('words', () => {
  it('offer every language by its own name, English first', () => {
    expect(LANGUAGES.map(({ code }) => code)).toEqual(['en', 'ar', 'es']);
    expect(LANGUAGES.map(({ name }) => name)).toEqual(['English', 'العربية', 'Español']);
  });

  it('take the closest language that there is', () => {
    expect(closestLanguage('es-MX')).toBe('es');
    expect(closestLanguage('AR')).toBe('ar');
    expect(closestLanguage('fr')).toBe('en');
    expect(closestLanguage('')).toBe('en');
    expect(closestLanguage('es_ES@posix')).toBe('es');
  });

  it.each(LANGUAGES.map(({ code }) => code))(
    '%s has each plural form that it needs and its holes',
    (code) => {
      const english = bundle('en');
      const texts = bundle(code);
      const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
      for (const [key, text] of texts) {
        const [, base, form] = /^(.*)_(zero|one|two|few|many|other)$/.exec(key) ?? [];
        const model = english.get(key) ?? english.get(`${base}_other`);
        expect(model, key).toBeDefined();
        // "one parcel" may leave out the number; nothing may name what is not given.
        const allowed = placeholders(model ?? '');
        expect(
          placeholders(text).every((name) => allowed.includes(name)),
          `${key}: ${text}`,
        ).toBe(true);
        if (!form) expect(placeholders(text), key).toEqual(allowed);
        else for (const each of forms) expect(texts.has(`${base}_${each}`), `${base}_${each}`).toBe(true);
      }
    },
  );

  it.each(LANGUAGES.map(({ code }) => code))('%s says all that English says', (code) => {
    const one = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');
    const has = new Set([...bundle(code).keys()].map(one));
    const missing = [...bundle('en').keys()].filter((key) => !has.has(one(key)));
    const whatToDo = `edge-agent/kiosk/words/languages/${code}.ts lacks these; translate them in the same commit`;
    expect(missing, whatToDo).toEqual([]);
  });

  it('say where a door is', () => {
    const t = createWords('en').getFixedT('en', 'doors');
    const place = { number: 12, columns: 5, band: 'knee' } as const;
    expect(placeInWords(t, { ...place, columnFromLeft: 2 })).toBe(
      'Door 12, second from the left, knee height',
    );
    expect(placeInWords(t, { ...place, columnFromLeft: 3 })).toBe('Door 12, in the middle, knee height');
    expect(placeInWords(t, { ...place, columnFromLeft: 4 })).toBe(
      'Door 12, second from the right, knee height',
    );
    expect(placeInWords(t, { ...place, columns: 1, columnFromLeft: 1 })).toBe('Door 12, knee height');
    expect(placeInWords(t, { ...place, columnFromLeft: 3 }, true)).toBe('Door 12, in the middle');
    expect(placeInWords(t, { ...place, columns: 1, columnFromLeft: 1 }, true)).toBe('Door 12');
    expect(placeInWords(t, { ...place, columns: 10, columnFromLeft: 4 })).toBe(
      'Door 12, column 4 from the left, knee height',
    );
  });

  it('keep left on the left in a script that runs from right to left', () => {
    const words = createWords('ar');
    expect(words.dir()).toBe('rtl');
    const place = { number: 7, columns: 4, columnFromLeft: 1, band: 'hip' } as const;
    expect(placeInWords(words.getFixedT(null, 'doors'), place)).toBe(
      'الباب 7، في أقصى اليسار، على مستوى الورك',
    );
  });
});
