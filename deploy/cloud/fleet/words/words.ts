/** The texts of the operators' page, with the staff page's for what both show in the same way. */
import { createWords } from '@lockerhub/edge-agent/kiosk/words/words.ts';
import type { i18n, TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type english from './languages/en.ts';

declare module '@lockerhub/edge-agent/kiosk/words/words.ts' {
  interface Namespaces {
    fleet: typeof english;
  }
}

export type FleetWords = TFunction<['fleet']>;

/** Every file is a language; what one lacks is said in English. */
const own = import.meta.glob<typeof english>('./languages/*.ts', { eager: true, import: 'default' });
const staff = import.meta.glob<{ state: object; need: object }>('../../../../hub/web/words/languages/*.ts', {
  eager: true,
  import: 'default',
});

const codeOf = (path: string) => path.replace(/^.*\/|\.ts$/g, '');

/** Where the staff page speaks of its hub, here it is the cloud. */
const asOfTheCloud = (words: { state: object }, fleet: typeof english) => ({
  ...words,
  product: fleet.product,
  state: { ...words.state, hubAway: fleet.away },
});

/** All texts of the page. */
export function createFleetWords(language: string): i18n {
  const more = Object.fromEntries(
    Object.entries(staff).map(([path, words]) => {
      const code = codeOf(path);
      const fleet = own[`./languages/${code}.ts`];
      return [
        code,
        {
          staff: fleet ? asOfTheCloud(words, fleet) : words,
          ...(fleet ? { fleet } : {}),
        },
      ];
    }),
  );
  return createWords(language, more);
}

export function useFleetWords(): FleetWords {
  return useTranslation(['fleet']).t;
}
