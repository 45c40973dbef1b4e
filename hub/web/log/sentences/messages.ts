/** Sentences about what residents are told. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { MESSAGES_PAYLOADS } from '@lockerhub/protocol/log/payloads/messages.ts';
import { type Sentences, type Speech, staffName } from '../speech.ts';

export const MESSAGES_SENTENCES: Sentences<typeof MESSAGES_PAYLOADS> = {
  'message.queued': messageQueued,
  'message.sent': ({ t }, { channel }) => t('entry.message.sent', { channel }),
  'message.failed': ({ t }, { channel, attempt, reason, final }) =>
    final
      ? t('entry.message.failed.final', { channel, reason })
      : t('entry.message.failed.again', { channel, attempt }),
  'message.void': ({ t }) => t('entry.message.void'),
  'message.delivered': ({ t }, { channel }) => t('entry.message.delivered', { channel }),
  'message.undelivered': ({ t }, { channel, reason }) => t('entry.message.undelivered', { channel, reason }),
  'message.revealed': (speech, { staff }) =>
    speech.t('entry.message.revealed', { staff: staffName(speech, staff) }),
};

function messageQueued({ t, names }: Speech, data: PayloadOf<'message.queued'>): string {
  const resident = names.resident(data.resident) ?? t('actor.resident');
  const count = data.deliveries.length;
  return data.kind === 'parcels-arrived'
    ? t('entry.message.queued.parcels-arrived', { resident, count })
    : t(`entry.message.queued.${data.kind}`, { resident });
}
