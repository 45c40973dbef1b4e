import { HubError } from '../link/hub-error.ts';
import type { Formats } from '../words/formats.ts';
import type { StaffWords } from '../words/words.ts';

/** What went wrong, for the person in front of the page. */
export function failureWords(t: StaffWords, formats: Formats, error: unknown): string {
  if (!(error instanceof HubError)) return error instanceof Error ? error.message : String(error);
  if (error.code === 'hub-away') return t('state.hubAway');
  if (error.problem?.code === 'hub-fenced') return t('need.fencedWhat');
  if (error.status === 403) return t('state.notAllowed');
  if (error.status === 429) {
    const waitMs = error.problem?.retryAfterMs ?? 60_000;
    return t('signIn.tooMany', { wait: formats.duration(waitMs) });
  }
  return error.problem?.detail ?? error.message;
}
