import { useTranslation } from 'react-i18next';

interface Moments {
  /** A day and a time of it, by the reader's clock and language. */
  readonly exact: (atMs: number) => string;
}

export function useMoments(): Moments {
  const { i18n } = useTranslation();
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  });
  return { exact: (atMs) => format.format(atMs) };
}
