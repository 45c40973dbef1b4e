/** What the log's entries of grants, and of the reports on them, do to the model. */
import type { PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import { GRANT, type GrantEvent } from './grant-table.ts';
import type { Grant, Model, Reported } from './model.ts';
import { MAX_SESSIONS } from './policy.ts';

/** Forgets a grant that is over or whose delivery is. */
export function forgetGrant(model: Model, id: string): void {
  model.grants.delete(id);
  model.grantsNow.delete(id);
}

/** A grant was issued. @param nowMs monotonic */
export function foldIssued(model: Model, data: PayloadOf<'grant.issued'>, nowMs: number): void {
  const { grant: id, purpose, delivery: deliveryId, visit, bank, compartment } = data;
  const grant: Grant = {
    id,
    purpose,
    delivery: deliveryId,
    visit,
    bank,
    compartment,
    state: 'issued',
    end: null,
    openedIn: null,
  };
  model.grants.set(id, grant);
  model.grantsNow.set(id, { issuedMs: nowMs, askedMs: null });
  const delivery = deliveryId && model.deliveries.get(deliveryId);
  if (delivery) model.deliveries.set(delivery.id, { ...delivery, grant: id });
}

const EVENT_OF_END = {
  opened: 'opened',
  pulsed: 'pulsed',
  jammed: 'jammed',
  refused: 'voided',
  expired: 'voided',
  burned: 'voided',
  unknown: 'unknown',
} as const satisfies Record<PayloadOf<'grant.ended'>['end'], GrantEvent>;

/** A grant has ended. */
export function foldEnded(model: Model, { grant: id, end }: PayloadOf<'grant.ended'>): void {
  const grant = model.grants.get(id);
  if (!grant) return;
  // A grant without a delivery is a subject of its own and dies with its end.
  if (grant.delivery === null) {
    forgetGrant(model, id);
    return;
  }
  model.grants.set(id, { ...grant, end, state: GRANT[grant.state][EVENT_OF_END[end]] });
}

/** A bank reported what a door did. */
export function foldReport(model: Model, data: PayloadOf<'door.reported'>): void {
  const { bank, session, number, kind } = data;
  remember(model, bank, session, number);
  const grant = data.grant && model.grants.get(data.grant);
  // Reports without a delivery are remarks that no restart reads: they may change nothing that is remembered.
  if (!grant || data.delivery === null || kind === 'forced') return;
  const openedIn = kind === 'opened' ? session : grant.openedIn;
  model.grants.set(grant.id, { ...grant, openedIn, state: GRANT[grant.state][kind] });
}

/** Up to which report of a session all is in the log; `banks.ts` says so exactly for those that it took itself. */
function remember(model: Model, bank: string, session: number, number: number): void {
  const known = model.reported.get(reportedKey(bank, session));
  if (number <= (known?.number ?? 0)) return;
  noteReported(model, { bank, session, number, exact: known?.exact ?? false });
}

/** Keeps in mind up to which report a session has come, for the bank's newest sessions. */
export function noteReported(model: Model, reported: Reported): void {
  const { bank, session } = reported;
  model.reported.set(reportedKey(bank, session), reported);
  const sessions = [...model.reported.values()].filter((one) => one.bank === bank);
  for (const { session: old } of sessions.slice(0, -MAX_SESSIONS))
    model.reported.delete(reportedKey(bank, old));
}

export function reportedKey(bank: string, session: number): string {
  return `${bank}#${session}`;
}
