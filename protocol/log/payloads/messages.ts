/** What residents are told, and what became of it. */
import { z } from 'zod';
import { Id } from '../../ids.ts';

/**
 * What a resident is told. `code-changed`: the code that they know is void, because it was on a stolen agent's list.
 * `delegate-named`: by a phone that showed their code, which need not have been theirs.
 */
export const MessageKind = z.enum([
  'parcels-arrived',
  'reminder',
  'parcel-withdrawn',
  'code-changed',
  'delegate-named',
]);
export type MessageKind = z.infer<typeof MessageKind>;

export const MESSAGES_PAYLOADS = {
  'message.queued': z.object({
    message: Id,
    kind: MessageKind,
    resident: Id,
    visit: Id.nullable(),
    deliveries: z.array(Id).max(200),
    /** It says again what failed by these channels after they had taken it. */
    without: z.array(z.string().max(20)).max(10).optional(),
  }),
  'message.sent': z.object({ message: Id, channel: z.string().max(20) }),
  'message.failed': z.object({
    message: Id,
    channel: z.string().max(20),
    attempt: z.int(),
    final: z.boolean(),
    reason: z.string().max(200),
  }),
  /** What it tells of was over before it went out. */
  'message.void': z.object({ message: Id }),
  /** The provider says that it arrived, or that it did not, after it was sent. */
  'message.delivered': z.object({ message: Id, channel: z.string().max(20) }),
  'message.undelivered': z.object({ message: Id, channel: z.string().max(20), reason: z.string().max(200) }),
  'message.revealed': z.object({ message: Id, staff: Id }),
} as const;
