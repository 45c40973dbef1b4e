/** The reader: their language, and how times and numbers are written for them in the time zone of what they look at. */
import type { i18n } from 'i18next';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { createFormats, type Formats, localeFor } from '../words/formats.ts';
import type { StaffWords } from '../words/words.ts';

/** Where this browser keeps its reader's language. */
const LANGUAGE_KEY = 'lockerhub.language';

/** The language that this browser's reader chose before, or that their browser asks for. */
export function rememberedLanguage(): string {
  return window.localStorage.getItem(LANGUAGE_KEY) ?? window.navigator.language;
}

export interface Reader {
  readonly t: StaffWords;
  readonly formats: Formats;
  readonly language: string;
  choose(language: string): void;
}

const browserZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZoneContext = createContext<string | null>(null);

/** Gives everything below it its texts. */
export function Words({ words, children }: { readonly words: i18n; readonly children: ReactNode }) {
  return <I18nextProvider i18n={words}>{children}</I18nextProvider>;
}

/** Everything below it writes times in this zone (an IANA name); null: in the browser's. */
export const TimeZone = ZoneContext.Provider;

/** Texts and formats for whoever reads this page. */
export function useReader(): Reader {
  const { t, i18n: words } = useTranslation(['staff', 'doors']);
  const zone = useContext(ZoneContext) ?? browserZone();
  const language = words.language;
  const formats = useMemo(
    () => createFormats(localeFor(language, window.navigator.languages), zone),
    [language, zone],
  );
  return {
    t,
    formats,
    language,
    choose(chosen) {
      window.localStorage.setItem(LANGUAGE_KEY, chosen);
      void words.changeLanguage(chosen);
    },
  };
}
