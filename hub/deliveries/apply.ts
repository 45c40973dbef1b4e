/**
 * The fold: what an entry of the log does to the model. The very same function runs on each new entry and at boot
 * on the entries about living subjects (protocol/log/subject), so that both lead to the same model.
 */
import type { Payload, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { TakenBackReason } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import { type WalkPayload, walkAfter } from '../commissioning/walk.ts';
import {
  type ReconciliationPayload,
  reconciliationAfter,
  THE_DESK,
} from '../reconciliation/reconciliation.ts';
import { foldCaseWork } from './case-fold.ts';
import { DELIVERY, type DeliveryEvent } from './delivery-table.ts';
import { foldEnded, foldIssued, foldReport, forgetGrant } from './grant-fold.ts';
import { foldKey } from './key-fold.ts';
import { type Delivery, doorKey, type Model, type Place, sameDoor } from './model.ts';
import { MAX_ENDED_VISITS } from './policy.ts';
import { foldSupply } from './supply-fold.ts';

/** An entry that its subject's table rules out: a fault of ours, never of a person or a device. */
export class ImpossibleEntry extends Error {
  readonly code = 'entry-impossible';

  constructor(payload: Payload, state: string) {
    super(`${payload.type} about something that is ${state}: ${JSON.stringify(payload.data)}`);
    this.name = 'ImpossibleEntry';
  }
}

/**
 * Brings the model up to date with one entry.
 *
 * @param nowMs the hub's monotonic time: when the entry was written, or at boot when it was read.
 * @throws ImpossibleEntry
 */
export function apply(model: Model, payload: Payload, nowMs: number): void {
  switch (payload.type) {
    case 'code.issued':
      return void model.codes.set(payload.data.holder, { ...payload.data, revoked: false });
    case 'code.revoked':
      revokeCode(model, payload.data.holder);
      return;
    case 'delegate.named': {
      const { delegate: id, ...rest } = payload.data;
      const byCode = payload.by.kind === 'resident';
      return void model.delegates.set(id, { id, ...rest, byCode });
    }
    case 'delegate.ended':
      model.delegates.delete(payload.data.delegate);
      model.codes.delete(payload.data.delegate);
      return;
    case 'slip.issued': {
      const { slip: id, ...rest } = payload.data;
      return void model.slips.set(id, { id, ...rest });
    }
    case 'slip.ended':
      model.slips.delete(payload.data.slip);
      model.codes.delete(payload.data.slip);
      return;
    case 'visit.started':
      startVisit(model, payload.data, nowMs);
      return;
    case 'visit.ended':
      endVisit(model, payload.data);
      return;
    case 'delivery.assigned':
      bear(model, payload.data);
      return;
    case 'delivery.unmatched':
      bear(model, { ...payload.data, household: null, resident: null });
      return;
    case 'delivery.sent-to-desk':
      bear(model, { ...payload.data, ...DESK });
      return;
    case 'delivery.taken-back':
      noteTakenBack(model, { ...payload.data, id: payload.data.delivery }, payload.data.reason);
      return;
    case 'delivery.matched': {
      const { unit, household, resident } = payload.data;
      move(model, payload, nowMs, { unit, household, resident });
      return;
    }
    case 'delivery.desk-instead':
      move(model, payload, nowMs, { ...DESK, grant: null });
      return;
    case 'delivery.reassigned': {
      const { bank, compartment, zone = null, delivery } = payload.data;
      const before = model.deliveries.get(delivery);
      // Another zone of a room whose door stands open already is reached by the same opening.
      const grant = before && sameDoor(before, payload.data) ? before.grant : null;
      move(model, payload, nowMs, { bank, compartment, zone, grant });
      return;
    }
    case 'delivery.deposited':
      move(model, payload, nowMs, {
        confirmation: payload.data.confirmation,
        depositedAtMs: payload.clock === 'trusted' ? payload.at : null,
      });
      return;
    case 'delivery.announced':
      move(model, payload, nowMs, { announced: true });
      return;
    case 'delivery.invited':
      move(model, payload, nowMs, {});
      return;
    case 'delivery.claimed':
      move(model, payload, nowMs, { claimed: true });
      return;
    case 'delivery.reminded':
      move(model, payload, nowMs, { reminders: payload.data.reminder });
      return;
    case 'delivery.overdue':
      move(model, payload, nowMs, { overdue: true });
      return;
    case 'delivery.withdrawn':
    case 'delivery.collected':
    case 'delivery.archived':
    case 'delivery.missing':
      move(model, payload, nowMs, {});
      return;
    case 'grant.issued':
      foldIssued(model, payload.data, nowMs);
      return;
    case 'grant.ended':
      foldEnded(model, payload.data);
      return;
    case 'door.reported':
      foldReport(model, payload.data);
      return;
    case 'pickup.handed-over': {
      const { bank, series, number } = payload.data;
      return void model.takenOver.set(`${bank}/${series}`, { bank, series, number });
    }
    case 'compartment.retired':
      return void model.retired.set(doorKey(payload.data), {
        ...doorNamed(payload.data),
        byHub: payload.by.kind === 'hub',
      });
    case 'compartment.returned':
      return void model.retired.delete(doorKey(payload.data));
    case 'bank.unverified': {
      const { bank, compartments } = payload.data;
      for (const compartment of compartments) {
        model.unverified.set(doorKey({ bank, compartment }), { bank, compartment });
      }
      return;
    }
    case 'compartment.verified':
      return void model.unverified.delete(doorKey(payload.data));
    case 'commissioning.started':
    case 'commissioning.doors-closed':
    case 'commissioning.door':
    case 'commissioning.corrected':
    case 'commissioning.signed':
    case 'commissioning.abandoned':
      walk(model, payload);
      return;
    case 'reconciliation.started':
    case 'reconciliation.door':
    case 'reconciliation.ended':
      reconcile(model, payload);
      return;
    case 'bank.reconciled':
      return void model.reconciled.set(payload.data.bank, { ...payload.data, atMs: payload.at });
    case 'desk.reconciled':
      return void model.deskReconciled.set(THE_DESK, { ...payload.data, atMs: payload.at });
    case 'message.queued': {
      const { message: id, kind, resident, deliveries } = payload.data;
      return void model.messages.set(id, { id, kind, resident, deliveries });
    }
    case 'message.sent':
    case 'message.void':
      return void model.messages.delete(payload.data.message);
    case 'message.failed':
      return void (payload.data.final && model.messages.delete(payload.data.message));
    case 'notice.queued': {
      const { notice: id, kind, staff, about, code } = payload.data;
      const atMs = payload.clock === 'trusted' ? payload.at : null;
      return void model.notices.set(id, { id, kind, staff, about, code, atMs });
    }
    case 'notice.ended':
      return void model.notices.delete(payload.data.notice);
    case 'case.opened': {
      const { case: id, kind, bank, compartment, zone = null, delivery } = payload.data;
      return void model.cases.set(id, {
        id,
        kind,
        bank,
        compartment,
        zone,
        delivery,
        takenBy: null,
        notes: 0,
      });
    }
    case 'case.taken':
    case 'case.released':
    case 'case.noted':
      foldCaseWork(model, payload);
      return;
    case 'case.closed':
      return void model.cases.delete(payload.data.case);
    case 'lock.jammed':
    case 'lock.cleared':
    case 'supply.failed':
    case 'supply.restored':
      foldSupply(model, payload);
      return;
    case 'key.declared':
    case 'key.used':
    case 'key.over':
      foldKey(model, payload, nowMs);
      return;
    case 'emergency.began':
      return void model.emergencies.set(payload.data.bank, { bank: payload.data.bank, state: 'releasing' });
    case 'emergency.told':
      return void model.emergencies.set(payload.data.bank, payload.data);
    case 'emergency.ended':
      return void model.emergencies.delete(payload.data.bank);
    // Remarks, and what lives in rows: nothing here depends on them.
    case 'building.created':
    case 'hub.started':
    case 'clock.trusted':
    case 'clock.distrusted':
    case 'disk.low':
    case 'disk.recovered':
    case 'recovery.made':
    case 'recovery.confirmed':
    case 'row.changed':
    case 'pin.given':
    case 'pin.ended':
    case 'fob.registered':
    case 'fob.ended':
    case 'rows.arrived':
    case 'rows.imported':
    case 'cloud.joined':
    case 'cloud.left':
    case 'cloud.rewound':
    case 'epoch.began':
    case 'entries.orphaned':
    case 'command.taken':
    case 'command.ended':
    case 'update.asked':
    case 'update.ended':
    case 'terminal.paired':
    case 'terminal.revoked':
    case 'staff.signed-in':
    case 'staff.reset':
    case 'commissioning.scanned':
    case 'resident.bound':
    case 'bank.online':
    case 'bank.offline':
    case 'message.revealed':
    case 'message.delivered':
    case 'message.undelivered':
      return;
  }
}

function doorNamed({ bank, compartment }: { bank: string; compartment: number }) {
  return { bank, compartment };
}

function walk(model: Model, payload: WalkPayload): void {
  const { bank } = payload.data;
  const before = model.walks.get(bank);
  const after = walkAfter(before, payload);
  if (after === 'never') throw new ImpossibleEntry(payload, before?.state ?? 'none');
  if (after) model.walks.set(bank, after);
  else model.walks.delete(bank);
}

function reconcile(model: Model, payload: ReconciliationPayload): void {
  const { bank } = payload.data;
  const before = model.reconciliations.get(bank);
  const after = reconciliationAfter(before, payload);
  if (after === 'never') throw new ImpossibleEntry(payload, before ? 'walking' : 'none');
  if (after) model.reconciliations.set(bank, after);
  else model.reconciliations.delete(bank);
}

function revokeCode(model: Model, holder: string): void {
  const code = model.codes.get(holder);
  if (code) model.codes.set(holder, { ...code, revoked: true });
}

function startVisit(model: Model, data: PayloadOf<'visit.started'>, nowMs: number): void {
  const { visit: id, ...rest } = data;
  model.visits.set(id, { id, ...rest });
  model.visitsNow.set(id, { touchedMs: nowMs, withdrawn: [], patience: 1 });
}

function endVisit(model: Model, { visit: id, reason }: PayloadOf<'visit.ended'>): void {
  const visit = model.visits.get(id);
  const now = model.visitsNow.get(id);
  if (visit && now) model.ended.set(id, { visit, reason, ...now });
  model.visits.delete(id);
  model.visitsNow.delete(id);
  forgetOldest(model.ended, MAX_ENDED_VISITS);
}

/** Keeps a table within its bound. */
function forgetOldest(table: Model['ended'], most: number): void {
  const keys = [...table.entries()].map(([key]) => key);
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) table.delete(key);
}

const DESK: Place = { bank: null, compartment: null, zone: null };

type Born = Pick<
  Delivery,
  'visit' | 'unit' | 'household' | 'resident' | 'carrier' | 'size' | 'bank' | 'compartment'
> & { readonly delivery: string; readonly zone?: string | null | undefined };

function bear(model: Model, data: Born): void {
  const { delivery: id, visit, unit, household, resident, carrier, size, bank, compartment, zone } = data;
  model.deliveries.set(id, {
    id,
    visit,
    unit,
    household,
    resident,
    carrier,
    size,
    bank,
    compartment,
    zone: zone ?? null,
    state: 'assigned',
    confirmation: null,
    grant: null,
    announced: false,
    depositedAtMs: null,
    reminders: 0,
    overdue: false,
    claimed: false,
  });
}

type DeliveryPayload = Extract<Payload, { type: `delivery.${DeliveryEvent}` }>;

/** What was said of a delivery: nothing about its custody changes by it. */
const TELLS: ReadonlySet<DeliveryEvent> = new Set([
  'announced',
  'reminded',
  'overdue',
  'matched',
  'invited',
  'claimed',
]);

function move(model: Model, payload: DeliveryPayload, nowMs: number, change: Partial<Delivery>): void {
  const id = payload.data.delivery;
  const delivery = model.deliveries.get(id);
  const event = payload.type.slice('delivery.'.length) as DeliveryEvent;
  const before = delivery?.state ?? 'gone';
  const state = DELIVERY[before][event];
  if (!delivery || state === 'never') throw new ImpossibleEntry(payload, before);
  if (state === 'gone') {
    if (payload.type === 'delivery.withdrawn') noteTakenBack(model, delivery, payload.data.reason);
    forget(model, delivery);
    return;
  }
  model.deliveries.set(id, { ...delivery, ...change, state });
  if (TELLS.has(event)) return;
  model.asked.delete(id);
  if (event === 'deposited' || event === 'collected' || event === 'missing') model.since.set(id, nowMs);
}

function noteTakenBack(
  model: Model,
  { id, visit, unit, size }: Pick<Delivery, 'id' | 'visit' | 'unit' | 'size'>,
  reason: TakenBackReason,
): void {
  const stop = { delivery: id, unit, size, reason };
  const now = model.visitsNow.get(visit);
  if (now) model.visitsNow.set(visit, { ...now, withdrawn: [...now.withdrawn, stop] });
  const ended = model.ended.get(visit);
  if (ended) model.ended.set(visit, { ...ended, withdrawn: [...ended.withdrawn, stop] });
}

function forget(model: Model, delivery: Delivery): void {
  model.deliveries.delete(delivery.id);
  model.asked.delete(delivery.id);
  model.since.delete(delivery.id);
  for (const grant of [...model.grants.values()]) {
    if (grant.delivery === delivery.id) forgetGrant(model, grant.id);
  }
}
