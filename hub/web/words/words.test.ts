import { describe, expect, it } from 'vitest';
import arabic from './languages/ar.ts';
import english from './languages/en.ts';
import spanish from './languages/es.ts';

/** Every text by its key, plural forms under one name. */
function textsOf(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string'
      ? [[(path + key).replace(/_(zero|one|two|few|many|other)$/, ''), value]]
      : textsOf(value, `${path}${key}.`),
  );
}
const known = new Map(textsOf(english));
const slots = (text: string) => new Set(text.match(/\{\{\w+\}\}/g));

describe.each([
  ['Spanish', spanish, 1],
  ['Arabic', arabic, 0.45],
])('%s', (_name, language, atLeast) => {
  const texts = textsOf(language);

  it('says nothing that English does not have', () => {
    expect(texts.filter(([key]) => !known.has(key))).toEqual([]);
  });

  it('fills the same gaps', () => {
    for (const [key, text] of texts) {
      const allowed = slots(known.get(key) ?? '');
      expect([key, [...slots(text)].filter((slot) => !allowed.has(slot))]).toEqual([key, []]);
    }
  });

  it('covers what it is said to cover', () => {
    expect(new Set(texts.map(([key]) => key)).size / known.size).toBeGreaterThanOrEqual(atLeast);
  });
});
