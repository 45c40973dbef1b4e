/** A log entry in plain words. */
import type { LogEntryView } from '@lockerhub/protocol/http/staff.ts';
import { decodePayload, type Payload, type PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import {
  ofAgents,
  ofCommissioning,
  ofEmergencies,
  ofKeys,
  ofLocks,
  ofReconciliation,
} from './sentences-of-banks.ts';
import { ofSync } from './sentences-of-sync.ts';
import { ofUpdates } from './sentences-of-updates.ts';
import { courier, doorName, holder, parcel, type Some, type Speech, staffName } from './speech.ts';

/** The sentence for an entry; one of a type that newer software wrote is named as such. */
export function sentence(speech: Speech, entry: LogEntryView): string {
  const payload = readEntry(entry);
  return payload ? say(speech, payload) : speech.t('entry.unknown', { type: entry.type });
}

/** An entry as this software understands it, or undefined. */
function readEntry(entry: LogEntryView): Payload | undefined {
  try {
    const { type, at, clock, by, data } = entry;
    const payload = decodePayload(JSON.stringify({ type, at, clock, by, data }));
    return payload.type === 'unknown' ? undefined : payload;
  } catch {
    // A known type with fields that do not fit is as unknown to this page as a new type: the raw view shows it.
    return undefined;
  }
}

/** Sentences begin with a capital where the script has them; names at their beginning may not. */
function capital(text: string): string {
  const [first = ''] = text;
  return first.toLocaleUpperCase() + text.slice(first.length);
}

function say(speech: Speech, payload: Payload): string {
  return capital(words(speech, payload));
}

function words(speech: Speech, payload: Payload): string {
  switch (payload.type) {
    case 'building.created':
    case 'hub.started':
    case 'clock.trusted':
    case 'clock.distrusted':
    case 'disk.low':
    case 'disk.recovered':
    case 'recovery.made':
    case 'recovery.confirmed':
    case 'bank.online':
    case 'bank.offline':
    case 'bank.unverified':
      return ofTheHouse(speech, payload);
    case 'cloud.joined':
    case 'cloud.left':
    case 'cloud.rewound':
    case 'epoch.began':
    case 'entries.orphaned':
    case 'rows.arrived':
    case 'rows.imported':
    case 'command.taken':
    case 'command.ended':
      return ofSync(speech, payload);
    case 'update.asked':
    case 'update.ended':
      return ofUpdates(speech, payload);
    case 'pickup.handed-over': {
      const { bank, compartment } = payload.data;
      const place = doorName(speech, bank, compartment);
      return speech.t('entry.pickup.handedOver', { bank: speech.names.bank(bank) ?? bank, place });
    }
    case 'row.changed':
    case 'code.issued':
    case 'code.revoked':
    case 'pin.given':
    case 'pin.ended':
    case 'fob.registered':
    case 'fob.ended':
    case 'delegate.named':
    case 'delegate.ended':
    case 'slip.issued':
    case 'slip.ended':
    case 'resident.bound':
    case 'terminal.paired':
    case 'terminal.revoked':
    case 'staff.signed-in':
    case 'staff.reset':
    case 'api-key.made':
    case 'api-key.revoked':
      return ofPeople(speech, payload);
    case 'visit.started':
    case 'visit.ended':
    case 'delivery.assigned':
    case 'delivery.unmatched':
    case 'delivery.sent-to-desk':
    case 'delivery.desk-instead':
    case 'delivery.matched':
    case 'delivery.invited':
    case 'delivery.claimed':
    case 'delivery.taken-back':
    case 'delivery.reassigned':
    case 'delivery.deposited':
    case 'delivery.withdrawn':
    case 'delivery.collected':
    case 'delivery.archived':
    case 'delivery.missing':
    case 'delivery.announced':
    case 'delivery.reminded':
    case 'delivery.overdue':
      return ofDeliveries(speech, payload);
    case 'grant.issued':
    case 'grant.ended':
    case 'door.reported':
    case 'compartment.retired':
    case 'compartment.returned':
    case 'compartment.verified':
      return ofDoors(speech, payload);
    case 'reconciliation.started':
    case 'reconciliation.door':
    case 'reconciliation.ended':
    case 'bank.reconciled':
    case 'desk.reconciled':
      return ofReconciliation(speech, payload);
    case 'agent.invited':
    case 'agent.cancelled':
    case 'agent.joined':
    case 'agent.refused':
    case 'agent.revoked':
    case 'agent.renewed':
    case 'agent.version':
    case 'agent.updated':
      return ofAgents(speech, payload);
    case 'commissioning.started':
    case 'commissioning.doors-closed':
    case 'commissioning.door':
    case 'commissioning.corrected':
    case 'commissioning.signed':
    case 'commissioning.abandoned':
    case 'commissioning.scanned':
      return ofCommissioning(speech, payload);
    case 'lock.jammed':
    case 'lock.cleared':
    case 'supply.failed':
    case 'supply.restored':
      return ofLocks(speech, payload);
    case 'key.declared':
    case 'key.used':
    case 'key.over':
      return ofKeys(speech, payload);
    case 'emergency.began':
    case 'emergency.told':
    case 'emergency.ended':
      return ofEmergencies(speech, payload);
    case 'message.queued':
    case 'message.sent':
    case 'message.failed':
    case 'message.void':
    case 'message.delivered':
    case 'message.undelivered':
    case 'message.revealed':
    case 'notice.queued':
    case 'notice.ended':
    case 'case.opened':
    case 'case.taken':
    case 'case.released':
    case 'case.noted':
    case 'case.closed':
      return ofMessagesAndCases(speech, payload);
  }
}

function ofTheHouse(
  { t, names, formats }: Speech,
  payload: Some<
    | 'building.created'
    | 'hub.started'
    | `clock.${string}`
    | `disk.${string}`
    | 'bank.online'
    | 'bank.offline'
    | 'bank.unverified'
    | `recovery.${string}`
  >,
): string {
  switch (payload.type) {
    case 'building.created':
      return t('entry.building.created');
    case 'hub.started':
      return t('entry.hub.started', { software: payload.data.software });
    case 'clock.trusted':
      return t('entry.clock.trusted', { reason: payload.data.reason });
    case 'clock.distrusted':
      return t('entry.clock.distrusted', { reason: payload.data.reason });
    case 'disk.low':
      return t('entry.disk.low', { free: formats.bytes(payload.data.freeBytes) });
    case 'recovery.made':
      return t('entry.recovery.made', payload.data);
    case 'recovery.confirmed':
      return t('entry.recovery.confirmed', payload.data);
    case 'disk.recovered':
      return t('entry.disk.recovered', { free: formats.bytes(payload.data.freeBytes) });
    case 'bank.online':
      return t('entry.bank.online', { bank: names.bank(payload.data.bank) ?? payload.data.bank });
    case 'bank.unverified':
      return t('entry.bank.unverified', { bank: names.bank(payload.data.bank) ?? payload.data.bank });
    case 'bank.offline': {
      const { bank, reason } = payload.data;
      return t('entry.bank.offline', { bank: names.bank(bank) ?? bank, reason });
    }
  }
}

/** A row that was taken away has one field, `removed` (`people/row-writer.ts`). */
function rowSentence({ t }: Speech, { table, fields }: Some<'row.changed'>['data']): string {
  const isGone = fields.includes('removed');
  if (isGone && (table === 'carriers' || table === 'units' || table === 'households')) {
    return t(`entry.row.removed.${table}`);
  }
  return t(`entry.row.changed.${table}`, { fields: fields.join(', ') });
}

function ofPeople(
  speech: Speech,
  payload: Some<
    | 'row.changed'
    | 'code.issued'
    | 'code.revoked'
    | 'pin.given'
    | 'pin.ended'
    | 'fob.registered'
    | 'fob.ended'
    | 'delegate.named'
    | 'delegate.ended'
    | 'slip.issued'
    | 'slip.ended'
    | 'resident.bound'
    | 'terminal.paired'
    | 'terminal.revoked'
    | 'staff.signed-in'
    | 'staff.reset'
    | 'api-key.made'
    | 'api-key.revoked'
  >,
): string {
  const { t, names } = speech;
  switch (payload.type) {
    case 'row.changed':
      return rowSentence(speech, payload.data);
    case 'api-key.made':
      return t('entry.api-key.made');
    case 'api-key.revoked':
      return t('entry.api-key.revoked');
    case 'code.issued':
      return t('entry.code.issued', { holder: holder(speech, payload.data.holder) });
    case 'code.revoked':
      return t('entry.code.revoked', { holder: holder(speech, payload.data.holder) });
    case 'pin.given':
      return t('entry.pin.given', { holder: holder(speech, payload.data.resident) });
    case 'pin.ended':
      return t('entry.pin.ended', { holder: holder(speech, payload.data.resident) });
    case 'fob.registered':
      return t('entry.fob.registered', { holder: holder(speech, payload.data.resident) });
    case 'fob.ended':
      return t('entry.fob.ended', { holder: holder(speech, payload.data.resident) });
    case 'delegate.named': {
      const { resident, delivery } = payload.data;
      const who = { holder: holder(speech, resident) };
      return t(delivery === null ? 'entry.delegate.namedForAll' : 'entry.delegate.namedForOne', who);
    }
    case 'delegate.ended':
      return t(`entry.delegate.ended.${payload.data.reason}`);
    case 'slip.issued': {
      const unit = names.unit(payload.data.unit) ?? t('thing.unit');
      return t(payload.data.code ? 'entry.slip.issued' : 'entry.slip.issuedToDesk', { unit });
    }
    case 'slip.ended':
      return t(`entry.slip.ended.${payload.data.reason}`);
    case 'resident.bound':
      return t(`entry.resident.bound.${payload.data.how}`, {
        holder: holder(speech, payload.data.resident),
        unit: names.unit(payload.data.unit) ?? t('thing.unit'),
      });
    case 'terminal.paired':
    case 'terminal.revoked': {
      const terminal = names.terminal(payload.data.terminal) ?? t('thing.aTerminal');
      return payload.type === 'terminal.paired'
        ? t('entry.terminal.paired', { terminal })
        : t('entry.terminal.revoked', { terminal });
    }
    case 'staff.signed-in':
      return t('entry.staff.signedIn', { staff: staffName(speech, payload.data.staff) });
    case 'staff.reset':
      return t('entry.staff.reset', { staff: staffName(speech, payload.data.staff) });
  }
}

const BY = { pin: 'byPin', fob: 'byFob', slip: 'bySlip' } as const;

function ofDeliveries(speech: Speech, payload: Some<`visit.${string}` | `delivery.${string}`>): string {
  const { t, names } = speech;
  switch (payload.type) {
    case 'visit.started': {
      const who =
        payload.data.kind === 'courier'
          ? courier(speech, payload.data.holder)
          : payload.data.delegate !== null
            ? t('actor.delegate')
            : (names.resident(payload.data.holder) ?? t('actor.resident'));
      const { means, kind } = payload.data;
      return t(`entry.visit.started.${means === 'code' ? kind : BY[means]}`, { holder: who });
    }
    case 'visit.ended':
      return t(`entry.visit.ended.${payload.data.reason}`);
    case 'delivery.assigned': {
      const { bank, compartment, zone, unit } = payload.data;
      return t('entry.delivery.assigned', {
        place: doorName(speech, bank, compartment, zone),
        unit: names.unit(unit) ?? t('thing.unit'),
      });
    }
    case 'delivery.unmatched': {
      const { bank, compartment, zone } = payload.data;
      return t('entry.delivery.unmatched', { place: doorName(speech, bank, compartment, zone) });
    }
    case 'delivery.sent-to-desk':
    case 'delivery.desk-instead': {
      const kind = payload.type === 'delivery.sent-to-desk' ? 'sentToDesk' : 'deskInstead';
      return t(`entry.delivery.${kind}`, {
        parcel: parcel(speech, payload.data.delivery),
        why: t(`entry.delivery.why.${payload.data.reason}`),
      });
    }
    case 'delivery.matched':
      return t('entry.delivery.matched', {
        parcel: parcel(speech, payload.data.delivery),
        unit: names.unit(payload.data.unit) ?? t('thing.unit'),
      });
    case 'delivery.invited':
      return t('entry.delivery.invited', { parcel: parcel(speech, payload.data.delivery) });
    case 'delivery.claimed':
      return t(`entry.delivery.claimed.${payload.data.how}`, {
        parcel: parcel(speech, payload.data.delivery),
        holder: holder(speech, payload.data.resident),
      });
    case 'delivery.taken-back':
      return t('entry.delivery.takenBack', { why: t(`entry.delivery.why.${payload.data.reason}`) });
    case 'delivery.reassigned': {
      const { bank, compartment, zone, reason } = payload.data;
      return t(`entry.delivery.reassigned.${reason}`, {
        place: doorName(speech, bank, compartment, zone),
        parcel: parcel(speech, payload.data.delivery),
      });
    }
    case 'delivery.deposited':
    case 'delivery.collected': {
      const kind = payload.type === 'delivery.deposited' ? 'deposited' : 'collected';
      return t(`entry.delivery.${kind}.${payload.data.confirmation}`, {
        parcel: parcel(speech, payload.data.delivery),
      });
    }
    case 'delivery.withdrawn':
      return t(`entry.delivery.withdrawn.${payload.data.reason}`, {
        parcel: parcel(speech, payload.data.delivery),
      });
    case 'delivery.archived':
      return t('entry.delivery.archived', { parcel: parcel(speech, payload.data.delivery) });
    case 'delivery.announced':
      return payload.data.messages.length > 0
        ? t('entry.delivery.announced.told', { parcel: parcel(speech, payload.data.delivery) })
        : t('entry.delivery.announced.nobody', { parcel: parcel(speech, payload.data.delivery) });
    case 'delivery.reminded':
      return t('entry.delivery.reminded', { parcel: parcel(speech, payload.data.delivery) });
    case 'delivery.overdue':
      return t('entry.delivery.overdue', { parcel: parcel(speech, payload.data.delivery) });
    case 'delivery.missing':
      return t('entry.delivery.missing', { parcel: parcel(speech, payload.data.delivery) });
  }
}

function ofDoors(
  speech: Speech,
  payload: Some<`grant.${string}` | 'door.reported' | `compartment.${string}`>,
): string {
  const { t } = speech;
  if (payload.type === 'grant.ended') return grantEnded(speech, payload.data);
  const place = doorName(speech, payload.data.bank, payload.data.compartment);
  switch (payload.type) {
    case 'grant.issued':
      return t(`entry.grant.issued.${payload.data.purpose}`, { place, reason: payload.data.reason ?? '' });
    case 'door.reported':
      return t(`entry.door.reported.${payload.data.kind}`, { place });
    case 'compartment.retired':
      return t('entry.compartment.retired', { place, reason: payload.data.reason });
    case 'compartment.verified':
      return t(`entry.compartment.verified.${payload.data.how}`, { place });
    case 'compartment.returned':
      return t('entry.compartment.returned', { place, reason: payload.data.reason });
  }
}

function grantEnded(speech: Speech, data: PayloadOf<'grant.ended'>): string {
  const { t, names, formats } = speech;
  const door = names.grant(data.grant) ?? (data.delivery === null ? null : names.parcel(data.delivery));
  const place = doorName(speech, door?.bank ?? null, door?.compartment ?? null);
  if (data.end === 'opened' && data.latencyMs !== undefined) {
    return t('entry.grant.ended.openedIn', { place, latency: formats.duration(data.latencyMs) });
  }
  return t(`entry.grant.ended.${data.end}`, { place });
}

function ofMessagesAndCases(
  speech: Speech,
  payload: Some<`message.${string}` | `notice.${string}` | `case.${string}`>,
): string {
  const { t, names } = speech;
  switch (payload.type) {
    case 'message.queued': {
      const resident = names.resident(payload.data.resident) ?? t('actor.resident');
      const count = payload.data.deliveries.length;
      return payload.data.kind === 'parcels-arrived'
        ? t('entry.message.queued.parcels-arrived', { resident, count })
        : t(`entry.message.queued.${payload.data.kind}`, { resident });
    }
    case 'message.void':
      return t('entry.message.void');
    case 'message.delivered':
      return t('entry.message.delivered', { channel: payload.data.channel });
    case 'message.undelivered':
      return t('entry.message.undelivered', {
        channel: payload.data.channel,
        reason: payload.data.reason,
      });
    case 'message.sent':
      return t('entry.message.sent', { channel: payload.data.channel });
    case 'message.failed': {
      const { channel, attempt, reason, final } = payload.data;
      return final
        ? t('entry.message.failed.final', { channel, reason })
        : t('entry.message.failed.again', { channel, attempt });
    }
    case 'message.revealed':
      return t('entry.message.revealed', { staff: staffName(speech, payload.data.staff) });
    case 'notice.queued':
      return t(`entry.notice.queued.${payload.data.kind}`, { staff: staffName(speech, payload.data.staff) });
    case 'notice.ended':
      return t(`entry.notice.ended.${payload.data.outcome}`, { reason: payload.data.reason ?? '' });
    case 'case.opened':
      return t('entry.case.opened', { kind: t(`case.kind.${payload.data.kind}.title`) });
    case 'case.taken':
      return t('entry.case.taken', { staff: staffName(speech, payload.by.id) });
    case 'case.released':
      return t('entry.case.released', { staff: staffName(speech, payload.by.id) });
    case 'case.noted':
      return t('entry.case.noted', { note: payload.data.note });
    case 'case.closed':
      return t('entry.case.closed', { resolution: payload.data.resolution });
  }
}
