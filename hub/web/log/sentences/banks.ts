/** Sentences about banks that come and go, and the agents that speak for them. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { BANKS_PAYLOADS } from '@lockerhub/protocol/log/payloads/banks.ts';
import { knownFault } from '@lockerhub/protocol/update/files.ts';
import { bankName, type Sentences, type Speech } from '../speech.ts';

export const BANKS_SENTENCES: Sentences<typeof BANKS_PAYLOADS> = {
  'bank.online': (speech, { bank }) => speech.t('entry.bank.online', { bank: bankName(speech, bank) }),
  'bank.offline': (speech, { bank, reason }) =>
    speech.t('entry.bank.offline', { bank: bankName(speech, bank), reason }),
  'agent.invited': (speech, { bank }) => speech.t('entry.agent.invited', { bank: bankName(speech, bank) }),
  'agent.cancelled': (speech, { bank }) =>
    speech.t('entry.agent.cancelled', { bank: bankName(speech, bank) }),
  'agent.joined': (speech, { bank, replaces }) =>
    speech.t(replaces === null ? 'entry.agent.joined' : 'entry.agent.replaced', {
      bank: bankName(speech, bank),
    }),
  'agent.refused': (speech, { bank }) => speech.t('entry.agent.refused', { bank: bankName(speech, bank) }),
  'agent.renewed': (speech, { bank }) => speech.t('entry.agent.renewed', { bank: bankName(speech, bank) }),
  'agent.revoked': (speech, { bank, reason }) =>
    speech.t('entry.agent.revoked', { bank: bankName(speech, bank), reason }),
  'agent.version': (speech, { bank, software }) =>
    speech.t('entry.agent.version', { bank: bankName(speech, bank), software }),
  'agent.updated': agentUpdated,
};

function agentUpdated(speech: Speech, { bank: id, update }: PayloadOf<'agent.updated'>): string {
  const { t } = speech;
  const bank = bankName(speech, id);
  if (update.isKept) return t('entry.agent.updated', { bank, release: update.release ?? '' });
  const code = knownFault(update);
  const why = t(code ? `updates.fault.${code}` : 'updates.failed');
  return t('entry.agent.notUpdated', { bank, why });
}
