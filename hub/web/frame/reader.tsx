/** The reader: their language, and how times and numbers are written for them in the building's time zone. */
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import type { i18n } from 'i18next';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { useBuilding } from '../link/queries.ts';
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

/** Everything below it writes times in the building's time zone. */
export function BuildingTime({ children }: { readonly children: ReactNode }) {
  const building = useBuilding();
  return <ZoneContext value={building.data?.timeZone ?? null}>{children}</ZoneContext>;
}

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

/** "3 minutes ago" is looked at again so often. */
const TICK_MS = 20_000;

/**
 * The hub's time as of now: what "ago" is counted from, so that a page on a device with a wrong clock, or a hub with
 * one, still says how long ago something was.
 */
export function useHubNow(everyMs: number = TICK_MS): number {
  const { data, dataUpdatedAt } = useBuilding();
  const [nowMs, setNow] = useState(() => systemClock.wallMs());
  useEffect(() => {
    let timer = systemClock.after(everyMs, tick);
    function tick() {
      setNow(systemClock.wallMs());
      timer = systemClock.after(everyMs, tick);
    }
    return () => timer.cancel();
  }, [everyMs]);
  // An event may be newer than the last tick.
  const latestMs = Math.max(nowMs, dataUpdatedAt);
  return data ? data.clock.now + latestMs - dataUpdatedAt : latestMs;
}
