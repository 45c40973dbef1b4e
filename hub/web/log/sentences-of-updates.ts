/** Sentences about the hub brought to another release. */
import type { Some, Speech } from './speech.ts';

export function ofUpdates({ t, formats }: Speech, payload: Some<`update.${string}`>): string {
  if (payload.type === 'update.asked') {
    const { version, at } = payload.data;
    return at === null
      ? t('entry.update.asked', { version })
      : t('entry.update.planned', { version, at: formats.exact(at) });
  }
  const { outcome, release, code } = payload.data;
  if (outcome !== 'not-kept') return t(`entry.update.ended.${outcome}`, { release: release ?? '' });
  return t('entry.update.ended.not-kept', { why: t(code ? `updates.fault.${code}` : 'updates.failed') });
}
