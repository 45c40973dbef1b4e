/**
 * The staff page's texts in English, for a console. The page's own library (i18next) is no part of what a hub is installed
 * with: it would bring a compiler along.
 */
import doors from '@lockerhub/edge-agent/kiosk/words/languages/en.ts';
import staff from '../../web/words/languages/en.ts';
import type { StaffWords } from '../../web/words/words.ts';

const SPACES: Readonly<Record<string, unknown>> = { ...doors, staff };
const PLURAL = new Intl.PluralRules('en');

/** A text by its key, with what stands in its double braces; a key that no text has is said as it is. */
export const english = ((key: string, values: Readonly<Record<string, unknown>> = {}): string => {
  const text =
    typeof values.count === 'number'
      ? (textAt(`${key}_${PLURAL.select(values.count)}`) ?? textAt(`${key}_other`) ?? textAt(key))
      : textAt(key);
  return (text ?? key).replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(values[name] ?? ''));
}) as unknown as StaffWords;

function textAt(key: string): string | undefined {
  const [space, path] = key.includes(':') ? key.split(':', 2) : ['staff', key];
  const found = (path ?? '')
    .split('.')
    .reduce<unknown>(
      (level, step) => (level as Record<string, unknown> | undefined)?.[step],
      SPACES[space ?? ''],
    );
  return typeof found === 'string' ? found : undefined;
}
