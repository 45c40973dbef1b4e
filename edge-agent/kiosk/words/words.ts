import i18next, { type i18n, type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from './language.ts';
import type english from './languages/en.ts';

/**
 * The namespaces that `t` knows, so that a key with a typing error does not compile. A page with texts of its own
 * adds to it: `declare module '@lockerhub/edge-agent/kiosk/words/words.ts' { interface Namespaces { staff: … } }`.
 * @public
 */
export interface Namespaces extends Omit<typeof english, 'name'> {}

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'doors';
    resources: Namespaces;
  }
}

/** What we fall back to for a text or a language that we don't have. */
const FALLBACK = 'en';

/** Every file in `languages/` is a language: adding one is adding a file. */
const files = import.meta.glob<Language>('./languages/*.ts', { eager: true, import: 'default' });

const languages = new Map<string, Language>(
  Object.entries(files).map(([path, language]) => [path.replace(/^.*\/|\.ts$/g, ''), language]),
);

export interface LanguageChoice {
  /** BCP 47, e.g. `es`. */
  readonly code: string;
  /** In itself, e.g. `Español`. */
  readonly name: string;
}

/** The languages that a reader can choose, English first. */
export const LANGUAGES: readonly LanguageChoice[] = [...languages]
  .map(([code, { name }]) => ({ code, name }))
  .sort((a, b) => Number(b.code === FALLBACK) - Number(a.code === FALLBACK) || a.code.localeCompare(b.code));

/** The best language that we have for what somebody asks for (`es-MX` → `es`; also `es@posix`, which is no tag). */
export function closestLanguage(asked: string): string {
  const [base] = asked.toLowerCase().split(/[^a-z]/);
  return base && languages.has(base) ? base : FALLBACK;
}

/**
 * The texts of a page. Ready at once: they are part of the page, nothing is fetched.
 *
 * @param language what to begin with, e.g. `navigator.language`
 * @param more texts of the page's own: language → namespace → texts
 */
export function createWords(language: string, more: Resource = {}): i18n {
  const resources: Resource = {};
  for (const [code, { name, ...namespaces }] of languages) {
    resources[code] = { ...namespaces, ...more[code] };
  }
  const words = i18next.createInstance();
  void words.use(initReactI18next).init({
    resources,
    lng: closestLanguage(language),
    fallbackLng: FALLBACK,
    defaultNS: 'doors',
    initAsync: false,
    // React escapes.
    interpolation: { escapeValue: false },
  });
  return words;
}

/** Keeps `lang` and `dir` of a document as its words are, for screen readers, hyphenation and layout. */
export function keepDocument(words: i18n, root: HTMLElement): void {
  const keep = () => {
    root.lang = words.language;
    root.dir = words.dir();
  };
  words.on('languageChanged', keep);
  keep();
}
