import { expect, it } from 'vitest';
import arabic from './languages/ar.ts';
import english from './languages/en.ts';
import spanish from './languages/es.ts';

/** Every text by its key. */
function textsOf(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : textsOf(value, `${path}${key}.`),
  );
}
const slots = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].toSorted();

it.each([
  ['Spanish', 'es', spanish],
  ['Arabic', 'ar', arabic],
])('%s says all that English says, with the same gaps', (_, code, language) => {
  const shape = (texts: [string, string][]) => texts.map(([key, text]) => [key, slots(text)]);
  const whatToDo = `translate what deploy/cloud/fleet/words/languages/${code}.ts lacks in the same commit`;
  expect(shape(textsOf(language)), whatToDo).toEqual(shape(textsOf(english)));
});

it('calls a courier by one word in Arabic, that of the kiosk', () => {
  expect(textsOf(arabic).filter(([, text]) => /ساعٍ|ساعي|سعاة|سعات/.test(text))).toEqual([]);
});
