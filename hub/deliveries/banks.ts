/** What banks tell: sessions, doors as they are, reports of what happened, answers about grants. Opens nothing. */
import type { BankEventKind, GrantOutcome } from '@lockerhub/protocol/bank/messages.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';
import { isBeingCommissioned } from '../commissioning/walk.ts';
import { noteChanged } from '../commissioning/watch.ts';
import type { BankCommand } from './bank-command.ts';
import { openCase } from './cases.ts';
import { afterDoorClosed, afterGrant, afterJam, endGrant } from './custody.ts';
import { bankActor, type Draft } from './draft.ts';
import { emergencyReported } from './emergency.ts';
import { noteReported, reportedKey } from './grant-fold.ts';
import { explainByKey } from './keys.ts';
import { noteGoodOpening } from './locks.ts';
import { type Door, type DoorNow, doorKey, type Grant, heldAt, type Model, sameDoor } from './model.ts';
import { isSensed } from './openings.ts';
import { GIVE_UP_AFTER_MS } from './policy.ts';
import { askIfUnverified } from './unverified.ts';

type Said<Type extends BankCommand['type']> = Extract<BankCommand, { type: Type }>;

/** A new session: nothing that was seen before counts, and every grant without an end is asked about. */
export function bankOnline(draft: Draft, { bank, session }: Said<'bank-online'>): void {
  const { model } = draft;
  if ((model.banks.get(bank)?.session ?? 0) >= session) return;
  forgetDoors(draft, bank);
  draft.say(bankActor(bank), 'bank.online', { bank, session });
  model.banks.set(bank, { bank, session });
  // A session that begins with this hub has all its reports still before it.
  if (!model.reported.has(reportedKey(bank, session))) {
    noteReported(model, { bank, session, number: 0, exact: true });
  }
  touchBank(draft, bank);
  const open = [...model.grants.values()].filter((grant) => grant.bank === bank && grant.end === null);
  if (open.length === 0) return;
  draft.effect({ type: 'ask-outcomes', bank, session, grants: open.map(({ id }) => id) });
  for (const { id } of open) noteAsked(draft, id);
}

/** The bank is away: its places are not given out, and visits there are told. */
export function bankOffline(draft: Draft, { bank, session, reason }: Said<'bank-offline'>): void {
  const { model } = draft;
  const known = model.banks.get(bank);
  // The will of an older session says nothing about this one.
  if (!known || (session !== null && session < known.session)) return;
  draft.say(bankActor(bank), 'bank.offline', { bank, session, reason: reason.slice(0, 200) });
  model.banks.delete(bank);
  forgetDoors(draft, bank);
  touchBank(draft, bank);
}

function forgetDoors(draft: Draft, bank: string): void {
  for (const door of [...draft.model.doors.values()]) {
    if (door.bank !== bank) continue;
    draft.model.doors.delete(doorKey(door));
    draft.touchDoor(door);
  }
}

function touchBank(draft: Draft, bank: string): void {
  for (const delivery of draft.model.deliveries.values()) {
    if (delivery.bank === bank) draft.touchDelivery(delivery);
  }
}

function noteAsked(draft: Draft, id: string): void {
  const { model, env } = draft;
  const now = model.grantsNow.get(id);
  model.grantsNow.set(id, { issuedMs: now?.issuedMs ?? env.nowMs, askedMs: env.nowMs });
}

/** A door as it is now. */
export function doorSeen(draft: Draft, seen: Said<'door-seen'>): void {
  const { model, env } = draft;
  const { bank, compartment, door, sensed, session } = seen;
  // A retained report of another session may be older than what is known.
  if (model.banks.get(bank)?.session !== session) return;
  const key = doorKey(seen);
  const before = model.doors.get(key);
  if (before?.door === door && before.sensed === sensed) return;
  model.doors.set(key, { bank, compartment, door, sensed, ...openTimes(before, door, env.nowMs) });
  touchDoor(draft, { bank, compartment });
  if (door === 'open' || door === 'forced') noteChanged(draft, { bank, compartment });
  askIfUnverified(draft, { bank, compartment }, session);
  if (door !== 'closed') return;
  model.keyed.delete(key);
  afterDoorClosed(draft, bankActor(bank), { bank, compartment });
  closeUnreported(draft, { bank, compartment }, session);
}

function openTimes(before: DoorNow | undefined, door: DoorNow['door'], nowMs: number) {
  const isOpen = door === 'open' || door === 'forced';
  if (!isOpen) return { openSinceMs: null, noticed: false, alarmed: false };
  if (before?.openSinceMs == null) return { openSinceMs: nowMs, noticed: false, alarmed: false };
  const { openSinceMs, noticed, alarmed } = before;
  return { openSinceMs, noticed, alarmed };
}

function touchDoor(draft: Draft, door: Door): void {
  draft.touchDoor(door);
  for (const delivery of draft.model.deliveries.values()) {
    if (sameDoor(delivery, door)) draft.touchDelivery(delivery);
  }
}

/** Doors that opened in an earlier session and are closed in this one: the report of it was lost or comes later. */
function closeUnreported(draft: Draft, door: Door, session: number): void {
  for (const grant of [...draft.model.grants.values()]) {
    const isEarlier = grant.openedIn === null || grant.openedIn < session;
    if (grant.state === 'open' && isEarlier && sameDoor(grant, door)) {
      sayClosed(draft, bankActor(door.bank), grant);
    }
  }
}

/** Writes down that a grant's door is closed, learned otherwise than by a report. */
export function sayClosed(draft: Draft, by: Actor, grant: Grant): void {
  sayOfDoor(draft, by, grant, 'closed');
}

/** Writes down a person's word that a door without a sensor did not open when it was pulsed. */
export function sayStuck(draft: Draft, by: Actor, grant: Grant): void {
  sayOfDoor(draft, by, grant, 'jammed');
  afterJam(draft, by, grant);
}

function sayOfDoor(draft: Draft, by: Actor, grant: Grant, kind: 'closed' | 'jammed'): void {
  const { id, delivery, bank, compartment } = grant;
  const session = draft.model.banks.get(bank)?.session ?? 0;
  // Number 0: no report of the bank's.
  if (kind === 'closed') noteGoodOpening(draft, grant);
  draft.say(by, 'door.reported', {
    bank,
    compartment,
    kind,
    grant: id,
    delivery,
    session,
    number: 0,
    ageMs: 0,
  });
  afterGrant(draft, by, id);
}

/** A report of a bank: taken once, in order, acknowledged after the commit. */
export function bankEvent(draft: Draft, event: Said<'bank-event'>): void {
  const { bank, session, number } = event;
  const order = orderOf(draft.model, event);
  // A gap: acknowledging would say that the missing report is in the log. The bank sends all of it again.
  if (order === 'early') return;
  if (order === 'next') take(draft, event);
  draft.effect({ type: 'acknowledge', bank, session, number });
}

function orderOf(model: Model, { bank, session, number }: Said<'bank-event'>): 'known' | 'next' | 'early' {
  const known = model.reported.get(reportedKey(bank, session));
  if (!known) return 'next';
  if (number <= known.number) return 'known';
  return number === known.number + 1 || !known.exact ? 'next' : 'early';
}

function take(draft: Draft, event: Said<'bank-event'>): void {
  const { model } = draft;
  const { bank, session, number, compartment, kind, ageMs } = event;
  const by = bankActor(bank);
  const door = { bank, compartment };
  const grant = grantFor(model, event);
  const before = grant && { ...grant };
  const delivery = grant ? grant.delivery : (heldAt(model, door)[0]?.id ?? null);
  const data = { ...door, kind, delivery, session, number, ageMs };
  // A door without a sensor that is no longer uncertain may have been open all the same.
  const isBlindSettling = kind === 'settled' && !isSensed(model, door);
  const said = { ...data, grant: isBlindSettling ? null : (grant?.id ?? event.grant) };
  draft.say(by, 'door.reported', event.purpose === undefined ? said : { ...said, purpose: event.purpose });
  noteReported(model, { bank, session, number, exact: true });
  if (kind === 'forced' || kind === 'opened') noteChanged(draft, door);
  // A crossed wire opens another door than the one that was fired; with a parcel behind it somebody has to know.
  const isExpected = isBeingCommissioned(model, bank) && delivery === null;
  const isForced = kind === 'forced' && !isExpected && !explainByKey(draft, door, ageMs);
  if (isForced) openCase(draft, by, 'forced', { door, delivery });
  if (kind === 'closed') afterDoorClosed(draft, by, door);
  if (event.purpose === 'emergency') {
    const said = emergencyAt(kind, isSensed(model, door));
    if (said) emergencyReported(draft, door, said);
  }
  if (!grant || !before) return;
  // It was judged jammed before, or nobody knew: it does open.
  if (kind === 'opened' && before.end !== null) noteGoodOpening(draft, door);
  const end = endOf(kind, isSensed(model, door));
  const latencyMs = event.latencyMs;
  if (end) endGrant(draft, by, grant, end, latencyMs === null ? {} : { latencyMs });
  followChange(draft, by, before);
}

/** The grant that a report is about. A bank may not know which opening a closing belongs to. */
function grantFor(model: Model, event: Said<'bank-event'>): Grant | undefined {
  const named = event.grant === null ? undefined : model.grants.get(event.grant);
  if (named) return sameDoor(named, event) ? named : undefined;
  if (event.kind !== 'closed') return undefined;
  return [...model.grants.values()].findLast((grant) => grant.state === 'open' && sameDoor(grant, event));
}

/** At a door with a sensor a pulse is no end: it is seen to open, or it jams. */
function endOf(kind: BankEventKind, sensed: boolean): GrantEnd | null {
  switch (kind) {
    case 'opened':
    case 'jammed':
    case 'unknown':
      return kind;
    case 'closed':
      return 'opened';
    case 'pulsed':
      return sensed ? null : 'pulsed';
    case 'forced':
    case 'settled':
      return null;
  }
}

/** What an emergency did at a door. In doubt it stood open; a pulse at a door with a sensor is followed by more. */
function emergencyAt(kind: BankEventKind, sensed: boolean): 'opened' | 'jammed' | null {
  if (kind === 'jammed') return 'jammed';
  return kind === 'opened' || kind === 'unknown' || (kind === 'pulsed' && !sensed) ? 'opened' : null;
}

function followChange(draft: Draft, by: Actor, before: Grant): void {
  const after = draft.model.grants.get(before.id);
  if (after && (after.state !== before.state || after.end !== before.end)) afterGrant(draft, by, before.id);
}

/** The agent did not open. */
export function openRefused(draft: Draft, { bank, grant: id, reason }: Said<'open-refused'>): void {
  const { model } = draft;
  const grant = model.grants.get(id);
  if (!grant || grant.end !== null || grant.bank !== bank) return;
  const session = model.banks.get(bank)?.session;
  if (reason === 'grant-known' || grant.state !== 'issued') {
    // The same open arrived twice: what became of the first one stands in the ledger.
    if (session !== undefined) draft.effect({ type: 'ask-outcomes', bank, session, grants: [id] });
    return;
  }
  const by = bankActor(bank);
  endGrant(draft, by, grant, reason === 'expired' ? 'expired' : 'refused', { reason });
  followChange(draft, by, grant);
}

/** What the agent's ledger says of a grant without an end. */
export function grantOutcome(draft: Draft, answer: Said<'grant-outcome'>): void {
  const { model, env } = draft;
  const grant = model.grants.get(answer.grant);
  if (!grant || grant.end !== null || grant.bank !== answer.bank) return;
  const issuedMs = model.grantsNow.get(grant.id)?.issuedMs ?? env.nowMs;
  const isLate = env.nowMs >= issuedMs + GIVE_UP_AFTER_MS;
  const end = endOfOutcome(answer.outcome, isSensed(model, grant), isLate);
  if (end === null) return;
  const by = bankActor(answer.bank);
  endGrant(draft, by, grant, end, { reason: answer.outcome });
  followChange(draft, by, grant);
  const ended = model.grants.get(grant.id);
  if (answer.outcome === 'opened' && answer.closed && ended?.state === 'open') sayClosed(draft, by, ended);
}

/** Null: it is still going on; the report will come. */
function endOfOutcome(outcome: GrantOutcome, sensed: boolean, isLate: boolean): GrantEnd | null {
  switch (outcome) {
    case 'refused':
    case 'opened':
    case 'jammed':
    case 'unknown':
    case 'burned':
      return outcome;
    case 'interrupted':
      return 'unknown';
    case 'pulsed':
      return sensed ? (isLate ? 'unknown' : null) : 'pulsed';
    case 'begun':
      return isLate ? 'unknown' : null;
  }
}
