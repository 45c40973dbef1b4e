/**
 * What an entry is about, and whether that thing lives on.
 *
 * A hub's working state is the fold of all entries about living subjects, in order; so a restart reads hundreds of
 * entries, not millions. Hub and cloud keep the set of living subjects as a projection.
 */
import type { Payload } from './payload.ts';

export type Life = 'born' | 'goes-on' | 'dies';

/** The thing that an entry is about and what the entry does to its life; null for a mere remark. */
export function subjectOf(payload: Payload): { readonly subject: string; readonly life: Life } | null {
  switch (payload.type) {
    case 'building.created':
      return { subject: 'building', life: 'born' };
    case 'hub.started':
    case 'clock.trusted':
    case 'clock.distrusted':
    case 'disk.low':
    case 'disk.recovered':
    case 'recovery.made':
    case 'recovery.confirmed':
    case 'row.changed':
    case 'rows.arrived':
    case 'rows.imported':
    case 'cloud.joined':
    case 'cloud.left':
    case 'cloud.rewound':
    case 'epoch.began':
    case 'entries.orphaned':
    case 'staff.signed-in':
    case 'staff.reset':
    case 'api-key.made':
    case 'api-key.revoked':
    case 'commissioning.scanned':
    case 'resident.bound':
    case 'bank.online':
    case 'bank.offline':
    case 'agent.invited':
    case 'agent.cancelled':
    case 'agent.joined':
    case 'agent.refused':
    case 'agent.revoked':
    case 'agent.renewed':
      return null;
    // Found by its name, and nothing that a restart has to fold.
    case 'agent.version':
    case 'agent.updated':
      return { subject: softwareSubject(payload.data.bank), life: 'goes-on' };
    // A command that was taken and has not ended has to be settled by the next start.
    case 'command.taken':
      return { subject: payload.data.command, life: 'born' };
    case 'command.ended':
      return { subject: payload.data.command, life: 'dies' };
    case 'update.asked':
      return { subject: payload.data.update, life: 'born' };
    case 'update.ended':
      return { subject: payload.data.update, life: 'dies' };
    case 'code.issued':
      return { subject: payload.data.holder, life: 'born' };
    // A revoked holder lives on: its next code must have a higher generation.
    case 'code.revoked':
      return { subject: payload.data.holder, life: 'goes-on' };
    case 'pin.given':
      return { subject: pinSubject(payload.data.resident), life: 'born' };
    case 'pin.ended':
      return { subject: pinSubject(payload.data.resident), life: 'dies' };
    case 'fob.registered':
      return { subject: payload.data.fob, life: 'born' };
    case 'fob.ended':
      return { subject: payload.data.fob, life: 'dies' };
    case 'delegate.named':
      return { subject: payload.data.delegate, life: 'born' };
    case 'delegate.ended':
      return { subject: payload.data.delegate, life: 'dies' };
    case 'slip.issued':
      return { subject: payload.data.slip, life: 'born' };
    case 'slip.ended':
      return { subject: payload.data.slip, life: 'dies' };
    case 'terminal.paired':
      return { subject: payload.data.terminal, life: 'born' };
    case 'terminal.revoked':
      return { subject: payload.data.terminal, life: 'dies' };
    case 'visit.started':
      return { subject: payload.data.visit, life: 'born' };
    case 'visit.ended':
      return { subject: payload.data.visit, life: 'dies' };
    case 'delivery.assigned':
    case 'delivery.unmatched':
    case 'delivery.sent-to-desk':
      return { subject: payload.data.delivery, life: 'born' };
    case 'delivery.reassigned':
    case 'delivery.deposited':
    case 'delivery.collected':
    case 'delivery.missing':
    case 'delivery.announced':
    case 'delivery.reminded':
    case 'delivery.overdue':
    case 'delivery.matched':
    case 'delivery.invited':
    case 'delivery.claimed':
    case 'delivery.desk-instead':
      return { subject: payload.data.delivery, life: 'goes-on' };
    case 'delivery.withdrawn':
    case 'delivery.archived':
    // It never lived here: only its story is found by its name.
    case 'delivery.taken-back':
      return { subject: payload.data.delivery, life: 'dies' };
    case 'grant.issued':
      return payload.data.delivery
        ? { subject: payload.data.delivery, life: 'goes-on' }
        : { subject: payload.data.grant, life: 'born' };
    case 'grant.ended':
      return payload.data.delivery
        ? { subject: payload.data.delivery, life: 'goes-on' }
        : { subject: payload.data.grant, life: 'dies' };
    case 'door.reported':
      return payload.data.delivery ? { subject: payload.data.delivery, life: 'goes-on' } : null;
    // What was taken over must not be taken over again, however late it comes: a few entries for each time alone.
    case 'pickup.handed-over':
      return { subject: `${payload.data.bank}/pickups`, life: 'born' };
    case 'compartment.retired':
      return { subject: doorSubject(payload.data.bank, payload.data.compartment), life: 'born' };
    case 'compartment.returned':
      return { subject: doorSubject(payload.data.bank, payload.data.compartment), life: 'dies' };
    case 'bank.unverified':
      return { subject: `${payload.data.bank}/unverified`, life: 'born' };
    case 'compartment.verified':
      return {
        subject: `${payload.data.bank}/unverified`,
        life: payload.data.over ? 'dies' : 'goes-on',
      };
    case 'commissioning.started':
      return { subject: payload.data.walk, life: 'born' };
    case 'commissioning.doors-closed':
    case 'commissioning.door':
    case 'commissioning.corrected':
      return { subject: payload.data.walk, life: 'goes-on' };
    case 'commissioning.signed':
    case 'commissioning.abandoned':
      return { subject: payload.data.walk, life: 'dies' };
    case 'reconciliation.started':
      return { subject: payload.data.reconciliation, life: 'born' };
    case 'reconciliation.door':
      return { subject: payload.data.reconciliation, life: 'goes-on' };
    case 'reconciliation.ended':
      return { subject: payload.data.reconciliation, life: 'dies' };
    // When a bank was last walked is always known: one entry for each time alone.
    case 'bank.reconciled':
      return { subject: `${payload.data.bank}/reconciled`, life: 'born' };
    case 'desk.reconciled':
      return { subject: 'desk-reconciled', life: 'born' };
    case 'lock.jammed':
      return { subject: supplySubject(payload.data), life: 'born' };
    case 'lock.cleared':
      return { subject: supplySubject(payload.data), life: payload.data.over ? 'dies' : 'goes-on' };
    case 'supply.failed':
      return { subject: supplySubject(payload.data), life: 'goes-on' };
    case 'supply.restored':
      return { subject: supplySubject(payload.data), life: 'dies' };
    case 'key.declared':
      return { subject: payload.data.key, life: 'born' };
    case 'key.used':
      return { subject: payload.data.key, life: 'goes-on' };
    case 'key.over':
      return { subject: payload.data.key, life: 'dies' };
    case 'emergency.began':
      return { subject: `${payload.data.bank}/emergency`, life: 'born' };
    case 'emergency.told':
      return { subject: `${payload.data.bank}/emergency`, life: 'goes-on' };
    case 'emergency.ended':
      return { subject: `${payload.data.bank}/emergency`, life: 'dies' };
    case 'message.queued':
      return { subject: payload.data.message, life: 'born' };
    case 'message.sent':
    case 'message.void':
      return { subject: payload.data.message, life: 'dies' };
    case 'message.failed':
      return { subject: payload.data.message, life: payload.data.final ? 'dies' : 'goes-on' };
    case 'message.revealed':
    case 'message.delivered':
    case 'message.undelivered':
      return { subject: payload.data.message, life: 'goes-on' };
    case 'notice.queued':
      return { subject: payload.data.notice, life: 'born' };
    case 'notice.ended':
      return { subject: payload.data.notice, life: 'dies' };
    case 'case.opened':
      return { subject: payload.data.case, life: 'born' };
    case 'case.taken':
    case 'case.released':
    case 'case.noted':
      return { subject: payload.data.case, life: 'goes-on' };
    case 'case.closed':
      return { subject: payload.data.case, life: 'dies' };
  }
}

/** How a compartment is named as a subject. */
export function doorSubject(bank: string, compartment: number): string {
  return `${bank}/${compartment}`;
}

/** How the software of a bank's agent is named as a subject. */
export function softwareSubject(bank: string): string {
  return `${bank}/software`;
}

/** How a resident's PIN is named as a subject. */
export function pinSubject(resident: string): string {
  return `${resident}/pin`;
}

/** How a power supply is named as a subject. */
function supplySubject({ bank, supply }: { readonly bank: string; readonly supply: string }): string {
  return `${bank}/supply/${supply}`;
}
