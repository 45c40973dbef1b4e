/** The words of the claim slip, by language. */

export interface ClaimWords {
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  /** Who claimed by a code and has told no name yet. */
  readonly newResident: string;
}

const ENGLISH: ClaimWords = { language: 'en', direction: 'ltr', newResident: 'New resident' };
const SPANISH: ClaimWords = { language: 'es', direction: 'ltr', newResident: 'Nuevo residente' };
const ARABIC: ClaimWords = { language: 'ar', direction: 'rtl', newResident: 'ساكن جديد' };

const WORDS: ReadonlyMap<string, ClaimWords> = new Map(
  [ENGLISH, SPANISH, ARABIC].map((words) => [words.language, words]),
);

/** Those of a language, or English. */
export function claimWords(language: string): ClaimWords {
  return WORDS.get(language) ?? ENGLISH;
}
