/** Sentences about cases. */
import type { CASES_PAYLOADS } from '@lockerhub/protocol/log/payloads/cases.ts';
import { type Sentences, staffName } from '../speech.ts';

export const CASES_SENTENCES: Sentences<typeof CASES_PAYLOADS> = {
  'case.opened': ({ t }, { kind }) => t('entry.case.opened', { kind: t(`case.kind.${kind}.title`) }),
  'case.taken': (speech, _, by) => speech.t('entry.case.taken', { staff: staffName(speech, by.id) }),
  'case.released': (speech, _, by) => speech.t('entry.case.released', { staff: staffName(speech, by.id) }),
  'case.noted': ({ t }, { note }) => t('entry.case.noted', { note }),
  'case.closed': ({ t }, { resolution }) => t('entry.case.closed', { resolution }),
};
