import { createWords } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import type { i18n, TFunction } from 'i18next';
import type english from './languages/en.ts';

declare module '@lockerhub/edge-agent/kiosk/words/words.ts' {
  interface Namespaces {
    staff: typeof english;
  }
}

/** The staff page's texts: `useStaffWords`. */
export type StaffWords = TFunction<['staff', 'doors']>;

/** Every file in `languages/` has the staff page's texts of a language; what one lacks is said in English. */
const files = import.meta.glob<object>('./languages/*.ts', { eager: true, import: 'default' });

/** The texts of the staff page, with those about doors. */
export function createStaffWords(language: string): i18n {
  const more = Object.fromEntries(
    Object.entries(files).map(([path, staff]) => [path.replace(/^.*\/|\.ts$/g, ''), { staff: { ...staff } }]),
  );
  return createWords(language, more);
}
