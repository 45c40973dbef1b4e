/** Sentences about programs that ask. */
import type { PROGRAMS_PAYLOADS } from '@lockerhub/protocol/log/payloads/programs.ts';
import type { Sentences } from '../speech.ts';

export const PROGRAMS_SENTENCES: Sentences<typeof PROGRAMS_PAYLOADS> = {
  'api-key.made': ({ t }) => t('entry.api-key.made'),
  'api-key.revoked': ({ t }) => t('entry.api-key.revoked'),
};
