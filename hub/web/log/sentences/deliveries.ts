/** Sentences about visits and deliveries. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { DELIVERIES_PAYLOADS } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import { courier, doorName, holder, parcel, type Sentences, type Speech, unitName } from '../speech.ts';

export const DELIVERIES_SENTENCES: Sentences<typeof DELIVERIES_PAYLOADS> = {
  'visit.started': visitStarted,
  'visit.ended': ({ t }, { reason }) => t(`entry.visit.ended.${reason}`),
  'delivery.assigned': (speech, { bank, compartment, zone, unit }) =>
    speech.t('entry.delivery.assigned', {
      place: doorName(speech, bank, compartment, zone),
      unit: unitName(speech, unit),
    }),
  'delivery.unmatched': (speech, { bank, compartment, zone }) =>
    speech.t('entry.delivery.unmatched', { place: doorName(speech, bank, compartment, zone) }),
  'delivery.sent-to-desk': (speech, data) => speech.t('entry.delivery.sentToDesk', toDesk(speech, data)),
  'delivery.desk-instead': (speech, data) => speech.t('entry.delivery.deskInstead', toDesk(speech, data)),
  'delivery.matched': (speech, { delivery, unit }) =>
    speech.t('entry.delivery.matched', { parcel: parcel(speech, delivery), unit: unitName(speech, unit) }),
  'delivery.invited': (speech, { delivery }) =>
    speech.t('entry.delivery.invited', { parcel: parcel(speech, delivery) }),
  'delivery.claimed': (speech, { how, delivery, resident }) =>
    speech.t(`entry.delivery.claimed.${how}`, {
      parcel: parcel(speech, delivery),
      holder: holder(speech, resident),
    }),
  'delivery.taken-back': ({ t }, { reason }) =>
    t('entry.delivery.takenBack', { why: t(`entry.delivery.why.${reason}`) }),
  'delivery.reassigned': (speech, { bank, compartment, zone, reason, delivery }) =>
    speech.t(`entry.delivery.reassigned.${reason}`, {
      place: doorName(speech, bank, compartment, zone),
      parcel: parcel(speech, delivery),
    }),
  'delivery.deposited': (speech, { confirmation, delivery }) =>
    speech.t(`entry.delivery.deposited.${confirmation}`, { parcel: parcel(speech, delivery) }),
  'delivery.withdrawn': (speech, { reason, delivery }) =>
    speech.t(`entry.delivery.withdrawn.${reason}`, { parcel: parcel(speech, delivery) }),
  'delivery.collected': (speech, { confirmation, delivery }) =>
    speech.t(`entry.delivery.collected.${confirmation}`, { parcel: parcel(speech, delivery) }),
  'delivery.archived': (speech, { delivery }) =>
    speech.t('entry.delivery.archived', { parcel: parcel(speech, delivery) }),
  'delivery.missing': (speech, { delivery }) =>
    speech.t('entry.delivery.missing', { parcel: parcel(speech, delivery) }),
  'delivery.announced': (speech, { messages, delivery }) => {
    const whose = { parcel: parcel(speech, delivery) };
    return messages.length > 0
      ? speech.t('entry.delivery.announced.told', whose)
      : speech.t('entry.delivery.announced.nobody', whose);
  },
  'delivery.reminded': (speech, { delivery }) =>
    speech.t('entry.delivery.reminded', { parcel: parcel(speech, delivery) }),
  'delivery.overdue': (speech, { delivery }) =>
    speech.t('entry.delivery.overdue', { parcel: parcel(speech, delivery) }),
};

const BY = { pin: 'byPin', fob: 'byFob', slip: 'bySlip' } as const;

function visitStarted(speech: Speech, data: PayloadOf<'visit.started'>): string {
  const { means, kind } = data;
  return speech.t(`entry.visit.started.${means === 'code' ? kind : BY[means]}`, {
    holder: visitor(speech, data),
  });
}

function visitor(speech: Speech, { kind, holder: id, delegate }: PayloadOf<'visit.started'>): string {
  if (kind === 'courier') return courier(speech, id);
  if (delegate !== null) return speech.t('actor.delegate');
  return speech.names.resident(id) ?? speech.t('actor.resident');
}

function toDesk(
  speech: Speech,
  { delivery, reason }: Pick<PayloadOf<'delivery.sent-to-desk'>, 'delivery' | 'reason'>,
) {
  return { parcel: parcel(speech, delivery), why: speech.t(`entry.delivery.why.${reason}`) };
}
