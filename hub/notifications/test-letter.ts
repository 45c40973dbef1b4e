import type { Letter } from './letter.ts';
import { wordsFor } from './words.ts';

/** What "send a test" sends: that it came is all that it says. */
export function testLetter(building: string, language: string): Letter {
  const { test, direction, language: written } = wordsFor(language);
  const text = test(building);
  return { subject: text, text, short: text, direction, language: written };
}
