/** What managers are told by mail, and what became of it. */
import { z } from 'zod';
import { Id } from '../../ids.ts';

/** `access-reset`: at the console. `backup-failing`: none can be made. `update-put-back`: an update was not kept. */
export const NoticeKind = z.enum(['access-reset', 'backup-failing', 'update-put-back']);
export type NoticeKind = z.infer<typeof NoticeKind>;

export const NOTICES_PAYLOADS = {
  'notice.queued': z.object({
    notice: Id,
    kind: NoticeKind,
    /** Who is told. */
    staff: Id,
    /** The account whose access was reset; the case about backups; the update. */
    about: Id,
    /** Why, as a word of ours (`BackupReason`, `UpdateFault`); null: there is none. */
    code: z.string().max(40).nullable(),
  }),
  /** `unsent`: there was no mail server, or no address any more. `void`: what it told of was over before it went out. */
  'notice.ended': z.object({
    notice: Id,
    outcome: z.enum(['sent', 'failed', 'unsent', 'void']),
    reason: z.string().max(200).nullable(),
  }),
} as const;
