/**
 * uPlot hands `navigator.language` to `Intl` as it is loaded. Chromium under `LANG=C` calls it `en-US@posix`, which is
 * no language tag: `Intl` throws, and the whole page stays blank. So what is no tag gives way to English before.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
