import kioskArabic from '@lockerhub/edge-agent/kiosk/words/languages/ar.ts';
import { describe, expect, it } from 'vitest';
import arabic from './languages/ar.ts';
import english from './languages/en.ts';
import spanish from './languages/es.ts';

/** Every text by its key, plural forms under one name. */
function textsOf(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : textsOf(value, `${path}${key}.`),
  );
}
const PLURAL = /_(zero|one|two|few|many|other)$/;
const one = (key: string) => key.replace(PLURAL, '');
const known = new Map(textsOf(english).map(([key, text]) => [one(key), text]));
const slots = (text: string) => new Set(text.match(/\{\{\w+\}\}/g));

describe.each([
  ['Spanish', 'es', spanish],
  ['Arabic', 'ar', arabic],
])('%s', (name, code, language) => {
  const texts = textsOf(language);

  it('says nothing that English does not have', () => {
    expect(texts.filter(([key]) => !known.has(one(key)))).toEqual([]);
  });

  it('fills the same gaps', () => {
    for (const [key, text] of texts) {
      const allowed = slots(known.get(one(key)) ?? '');
      expect([key, [...slots(text)].filter((slot) => !allowed.has(slot))]).toEqual([key, []]);
    }
  });

  it('says all that English says', () => {
    const has = new Set(texts.map(([key]) => one(key)));
    const missing = [...known].filter(([key]) => !has.has(key));
    const whatToDo = `hub/web/words/languages/${code}.ts lacks these; translate them into ${name} in the same commit, with every plural form (see the texts around for the words we use)`;
    expect(missing, whatToDo).toEqual([]);
  });

  it('has every plural form that it needs', () => {
    const keys = new Set(texts.map(([key]) => key));
    const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    // Spanish says `many` of millions alone, as it says `other`.
    const needed = forms.filter((form) => code !== 'es' || form !== 'many');
    for (const key of new Set([...keys].filter((each) => PLURAL.test(each)).map(one))) {
      expect([key, needed.filter((form) => !keys.has(`${key}_${form}`))]).toEqual([key, []]);
    }
  });
});

it('calls a courier by one word in Arabic, that of the kiosk', () => {
  const texts = [...textsOf(arabic), ...textsOf(kioskArabic)];
  expect(texts.filter(([, text]) => /ساعٍ|ساعي|سعاة|سعات/.test(text))).toEqual([]);
});
