/** Sentences about the hub brought to another release. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { UPDATES_PAYLOADS } from '@lockerhub/protocol/log/payloads/updates.ts';
import type { Sentences, Speech } from '../speech.ts';

export const UPDATES_SENTENCES: Sentences<typeof UPDATES_PAYLOADS> = {
  'update.asked': ({ t, formats }, { version, at }) =>
    at === null
      ? t('entry.update.asked', { version })
      : t('entry.update.planned', { version, at: formats.exact(at) }),
  'update.ended': updateEnded,
};

function updateEnded({ t }: Speech, { outcome, release, code }: PayloadOf<'update.ended'>): string {
  if (outcome !== 'not-kept') return t(`entry.update.ended.${outcome}`, { release: release ?? '' });
  return t('entry.update.ended.not-kept', { why: t(code ? `updates.fault.${code}` : 'updates.failed') });
}
