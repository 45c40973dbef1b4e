/** Sentences about the staff's walk: records and doors compared. */
import type { RECONCILIATION_PAYLOADS } from '@lockerhub/protocol/log/payloads/reconciliation.ts';
import { bankName, doorName, type Sentences } from '../speech.ts';

export const RECONCILIATION_SENTENCES: Sentences<typeof RECONCILIATION_PAYLOADS> = {
  'reconciliation.started': (speech, { bank }) =>
    speech.t('entry.reconciliation.started', { bank: bankName(speech, bank) }),
  'reconciliation.door': (speech, { bank, compartment, finding }) =>
    speech.t(`entry.reconciliation.door.${finding}`, { place: doorName(speech, bank, compartment) }),
  'reconciliation.ended': (speech, { bank }) =>
    speech.t('entry.reconciliation.ended', { bank: bankName(speech, bank) }),
  'bank.reconciled': (speech, { bank, asRecorded: right, differs, noOpening: unopened, skipped }) =>
    speech.t('entry.reconciliation.result', {
      bank: bankName(speech, bank),
      ...{ right, differs, unopened, skipped },
    }),
  'desk.reconciled': ({ t }, { there, missing }) =>
    t('entry.desk.reconciled', { there, missing: missing.length }),
};
