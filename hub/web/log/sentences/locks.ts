/** Sentences about locks that jam and the power that feeds them. */
import type { LOCKS_PAYLOADS } from '@lockerhub/protocol/log/payloads/locks.ts';
import { doorName, type Sentences } from '../speech.ts';

export const LOCKS_SENTENCES: Sentences<typeof LOCKS_PAYLOADS> = {
  'lock.jammed': (speech, { bank, compartment, jams }) =>
    speech.t('entry.lock.jammed', { place: doorName(speech, bank, compartment), count: jams }),
  'lock.cleared': (speech, { bank, compartment, why }) =>
    speech.t(`entry.lock.cleared.${why}`, { place: doorName(speech, bank, compartment) }),
  'supply.failed': ({ t }, { supply }) => t('entry.supply.failed', { supply }),
  'supply.restored': ({ t }, { supply }) => t('entry.supply.restored', { supply }),
};
