/** Sentences about what managers are told by mail. */
import type { NOTICES_PAYLOADS } from '@lockerhub/protocol/log/payloads/notices.ts';
import { type Sentences, staffName } from '../speech.ts';

export const NOTICES_SENTENCES: Sentences<typeof NOTICES_PAYLOADS> = {
  'notice.queued': (speech, { kind, staff }) =>
    speech.t(`entry.notice.queued.${kind}`, { staff: staffName(speech, staff) }),
  'notice.ended': ({ t }, { outcome, reason }) =>
    t(`entry.notice.ended.${outcome}`, { reason: reason ?? '' }),
};
