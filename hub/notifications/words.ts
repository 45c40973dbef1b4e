/** The words of letters, by language. */
import arabic from './languages/ar.ts';
import english from './languages/en.ts';
import spanish from './languages/es.ts';
import type { LetterLanguage, LetterWords } from './letter-words.ts';

const BY_LANGUAGE: Readonly<Record<LetterLanguage, LetterWords>> = { en: english, es: spanish, ar: arabic };

/** The words for a language tag such as `es-MX`; English if there are none. */
export function wordsFor(language: string): LetterWords {
  const primary = language.toLowerCase().split('-')[0] ?? '';
  return Object.values(BY_LANGUAGE).find((words) => words.language === primary) ?? english;
}
