/** Sentences about openings: grants, doors, keys, emergencies, and what agents let collect with the hub dead. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { OPENINGS_PAYLOADS } from '@lockerhub/protocol/log/payloads/openings.ts';
import { bankName, doorName, type Sentences, type Speech } from '../speech.ts';

export const OPENINGS_SENTENCES: Sentences<typeof OPENINGS_PAYLOADS> = {
  'grant.issued': (speech, { purpose, reason, bank, compartment }) =>
    speech.t(`entry.grant.issued.${purpose}`, {
      place: doorName(speech, bank, compartment),
      reason: reason ?? '',
    }),
  'grant.ended': grantEnded,
  'door.reported': (speech, { kind, bank, compartment }) =>
    speech.t(`entry.door.reported.${kind}`, { place: doorName(speech, bank, compartment) }),
  'pickup.handed-over': (speech, { bank, compartment }) =>
    speech.t('entry.pickup.handedOver', {
      bank: bankName(speech, bank),
      place: doorName(speech, bank, compartment),
    }),
  'compartment.retired': (speech, { bank, compartment, reason }) =>
    speech.t('entry.compartment.retired', { place: doorName(speech, bank, compartment), reason }),
  'compartment.returned': (speech, { bank, compartment, reason }) =>
    speech.t('entry.compartment.returned', { place: doorName(speech, bank, compartment), reason }),
  'bank.unverified': (speech, { bank }) =>
    speech.t('entry.bank.unverified', { bank: bankName(speech, bank) }),
  'compartment.verified': (speech, { bank, compartment, how }) =>
    speech.t(`entry.compartment.verified.${how}`, { place: doorName(speech, bank, compartment) }),
  'key.declared': keyDeclared,
  'key.used': (speech, { bank, compartment, reason }) =>
    speech.t('entry.key.used', { place: doorName(speech, bank, compartment), reason }),
  'key.over': ({ t }) => t('entry.key.over'),
  'emergency.began': (speech, { bank }) =>
    speech.t('entry.emergency.began', { bank: bankName(speech, bank) }),
  'emergency.told': (speech, { bank, state }) =>
    speech.t(`entry.emergency.told.${state}`, { bank: bankName(speech, bank) }),
  'emergency.ended': (speech, { bank, reason }) =>
    speech.t('entry.emergency.ended', { bank: bankName(speech, bank), reason }),
};

function grantEnded(speech: Speech, data: PayloadOf<'grant.ended'>): string {
  const { t, names, formats } = speech;
  const door = names.grant(data.grant) ?? (data.delivery === null ? null : names.parcel(data.delivery));
  const place = doorName(speech, door?.bank ?? null, door?.compartment ?? null);
  if (data.end === 'opened' && data.latencyMs !== undefined) {
    return t('entry.grant.ended.openedIn', { place, latency: formats.duration(data.latencyMs) });
  }
  return t(`entry.grant.ended.${data.end}`, { place });
}

function keyDeclared(
  speech: Speech,
  { bank, compartment, withinMs, reason }: PayloadOf<'key.declared'>,
): string {
  const more = { duration: speech.formats.duration(withinMs), reason };
  return compartment === null
    ? speech.t('entry.key.declaredBank', { bank: bankName(speech, bank), ...more })
    : speech.t('entry.key.declared', { place: doorName(speech, bank, compartment), ...more });
}
