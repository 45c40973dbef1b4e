import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { TerminalError } from '../terminal/terminal-error.ts';
import classes from './frame.module.css';

/** What went wrong in plain words, in the reader's language: by the problem's code, never its English detail. */
function problemInWords(t: TFunction<'problem'>, i18n: { exists(key: string): boolean }, error: unknown) {
  if (!(error instanceof TerminalError)) return t('other');
  if (error.code === 'too-many-attempts' && error.retryAfterMs) {
    return t('waitFor', { count: Math.ceil(error.retryAfterMs / 1000) });
  }
  // A newer hub may have codes that this page does not know.
  return i18n.exists(`problem:${error.code}`) ? t(error.code as 'other') : t('other');
}

/** Says it, and says it aloud. */
export function ProblemLine({ error }: { readonly error: unknown }) {
  const { t, i18n } = useTranslation('problem');
  if (!error) return null;
  return (
    <p className={classes.problem} role="alert">
      {problemInWords(t, i18n, error)}
    </p>
  );
}
