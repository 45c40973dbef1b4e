/**
 * Telling managers by mail what only they can mend: whoever does not sign in sees no case. A mail is told of once, waits
 * as long as it has to, and nothing waits for it.
 */
import type { BackupReason } from '@lockerhub/protocol/http/backup.ts';
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { NoticeKind } from '@lockerhub/protocol/log/payloads/notices.ts';
import { openCase } from './cases.ts';
import type { HubCommand, NotifierCommand } from './command.ts';
import { type Draft, HUB } from './draft.ts';

/** More managers than a building has; further ones see the case when they sign in. */
export const MAX_MANAGERS_TOLD = 50;
/** The channel of what went out to nobody (hub/notifications). */
const NO_WAY = 'outbox';

/** Puts a mail to each manager who has an address into the queue; the same one does not wait there twice. */
export function tellManagers(
  draft: Draft,
  kind: NoticeKind,
  about: string,
  code: string | null = null,
): void {
  const { env, model } = draft;
  // The other hub tells what is true of the building; of this one no letter goes out.
  if (env.fencedBy !== null) return;
  const waiting = [...model.notices.values()].filter(
    (notice) => notice.kind === kind && notice.about === about,
  );
  for (const staff of env.roster.managersTold().slice(0, MAX_MANAGERS_TOLD)) {
    if (waiting.some((notice) => notice.staff === staff)) continue;
    const notice = env.newId();
    draft.say(HUB, 'notice.queued', { notice, kind, staff, about, code });
    draft.effect({ type: 'send-message', message: notice });
  }
}

/** No backup could be made: the first time since one was, or since staff have closed the case, managers are told. */
export function backupFailed(draft: Draft, reason: BackupReason): void {
  const isKnown = [...draft.model.cases.values()].some(({ kind }) => kind === 'backup-failing');
  const about = openCase(draft, HUB, 'backup-failing', { door: null, delivery: null });
  if (!isKnown) tellManagers(draft, 'backup-failing', about, reason);
}

/** How an update ended; one that was not kept ended by itself, mostly when nobody looked on. */
export function updateEnded(
  draft: Draft,
  { by, ended }: Extract<HubCommand, { readonly type: 'update-ended' }>,
): void {
  draft.say(by, 'update.ended', ended);
  if (ended.outcome === 'not-kept') tellManagers(draft, 'update-put-back', ended.update, ended.code);
}

/** The notifier's word on a notice. @returns false: it is about none, or about one that has ended */
export function noticeResult(
  draft: Draft,
  command: Extract<NotifierCommand, { readonly type: 'message-sent' | 'message-failed' | 'message-void' }>,
): boolean {
  const { message: notice } = command;
  if (!draft.model.notices.has(notice)) return false;
  const end = endOf(command);
  if (end) draft.say(HUB, 'notice.ended', { notice, ...end });
  return true;
}

/** Null: it is tried again. */
function endOf(
  command: Parameters<typeof noticeResult>[1],
): Omit<PayloadOf<'notice.ended'>, 'notice'> | null {
  switch (command.type) {
    case 'message-void':
      return { outcome: 'void', reason: null };
    case 'message-sent':
      return { outcome: command.channel === NO_WAY ? 'unsent' : 'sent', reason: null };
    case 'message-failed':
      return command.final ? { outcome: 'failed', reason: command.reason.slice(0, 200) } : null;
  }
}
