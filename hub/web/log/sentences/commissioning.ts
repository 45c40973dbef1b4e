/** Sentences about the installer's walk through a bank. */
import type { COMMISSIONING_PAYLOADS } from '@lockerhub/protocol/log/payloads/commissioning.ts';
import { bankName, doorName, type Sentences } from '../speech.ts';

export const COMMISSIONING_SENTENCES: Sentences<typeof COMMISSIONING_PAYLOADS> = {
  'commissioning.scanned': (speech, { bank, line }) =>
    speech.t('entry.commissioning.scanned', { bank: bankName(speech, bank), line }),
  'commissioning.started': (speech, { bank }) =>
    speech.t('entry.commissioning.started', { bank: bankName(speech, bank) }),
  'commissioning.doors-closed': (speech, { bank }) =>
    speech.t('entry.commissioning.doorsClosed', { bank: bankName(speech, bank) }),
  'commissioning.door': (speech, { bank, compartment, finding }) =>
    speech.t('entry.commissioning.door', {
      place: doorName(speech, bank, compartment),
      finding: speech.t(`commissioning.finding.${finding}`),
    }),
  'commissioning.corrected': (speech, { bank, doors }) =>
    speech.t('entry.commissioning.corrected', { bank: bankName(speech, bank), doors: doors.join(', ') }),
  'commissioning.signed': (speech, { bank }) =>
    speech.t('entry.commissioning.signed', { bank: bankName(speech, bank) }),
  'commissioning.abandoned': (speech, { bank }) =>
    speech.t('entry.commissioning.abandoned', { bank: bankName(speech, bank) }),
};
