/** What staff do in a walk. Only `open` opens, and only the door that was asked for (I7). */
import { placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { ReconcileAct } from '@lockerhub/protocol/http/reconciliation.ts';
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { Finding } from '@lockerhub/protocol/log/payloads/reconciliation.ts';
import { reportDoor } from '../deliveries/case-work.ts';
import { openCase } from '../deliveries/cases.ts';
import { askedBy, type Draft } from '../deliveries/draft.ts';
import { type Delivery, type Door, doorKey, heldAt, type Model } from '../deliveries/model.ts';
import { issueGrant } from '../deliveries/openings.ts';
import { knownDoor, zonesOf } from '../deliveries/places.ts';
import { Refusal } from '../deliveries/refusal.ts';
import { closeCase, retire, staffWithdraw } from '../deliveries/staff.ts';
import { verifyDoor } from '../deliveries/unverified.ts';
import type { ReconcileCommand, Reconciliation } from './reconciliation.ts';

type Said = Extract<ReconcileAct, { act: 'say' }>;

/** What a case about a parcel asks, and that somebody has seen the parcel answers. */
const ANSWERED_BY_SEEING = new Set([
  'unconfirmed-deposit',
  'unfinished-drop-off',
  'unfinished-pickup',
  'emergency-opened',
]);

/** @throws Refusal `not-now`, `compartment-unknown`, `bank-away`, `door-in-use`, `emergency` */
export function reconcile(draft: Draft, { staff, bank, act }: ReconcileCommand): void {
  // Who stands where is in no entry, and others want to see it.
  draft.effect({ type: 'bank-changed', bank });
  if (act.act === 'start') {
    start(draft, askedBy({ staff }), bank);
    return;
  }
  const walk = draft.model.reconciliations.get(bank);
  if (!walk) throw new Refusal('not-now', 'nobody walks this bank now; start the walk first');
  if (act.act === 'end') {
    end(draft, askedBy({ staff }), walk);
    return;
  }
  const door = knownDoor(draft.env.roster.layouts(), { bank, compartment: act.compartment });
  refuseTold(walk, door);
  draft.model.lookers.set(staff, { staff, ...door });
  switch (act.act) {
    case 'go':
      return;
    case 'open':
      issueGrant(draft, askedBy({ staff }), {
        purpose: 'staff',
        door,
        delivery: null,
        visit: null,
        reason: 'walk',
      });
      return;
    case 'say':
      say(draft, staff, walk, door, act);
      return;
    case 'no-opening':
      reportDoor(draft, { type: 'report-door', staff, ...door });
      note(draft, staff, walk, door, { finding: 'no-opening' });
      return;
    case 'skip':
      note(draft, staff, walk, door, { finding: 'skipped' });
  }
}

function start(draft: Draft, by: Actor, bank: string): void {
  // Two who press the button at once walk together.
  if (draft.model.reconciliations.has(bank)) return;
  const layout = draft.env.roster.layouts().find((one) => one.bank === bank);
  if (!layout) throw new Refusal('compartment-unknown', `no bank "${bank}" in this building`);
  const doors = placedCompartments(layout).map(({ number }) => number);
  draft.say(by, 'reconciliation.started', { reconciliation: draft.env.newId(), bank, doors });
}

function refuseTold(walk: Reconciliation, { compartment }: Door): void {
  if (!walk.doors.includes(compartment)) {
    throw new Refusal('not-now', 'this door is not part of the walk; start another one');
  }
  if (walk.found.some((found) => found.compartment === compartment)) {
    throw new Refusal('not-now', 'somebody has said already what is behind this door; go to the next one');
  }
}

/** What should be behind a door: what is, or goes, in and has not been taken out. */
export function recordedAt(model: Model, door: Door): Delivery[] {
  return heldAt(model, door).filter(({ state }) => state !== 'collected');
}

function say(draft: Draft, staff: string, walk: Reconciliation, door: Door, said: Said): void {
  const { model } = draft;
  const recorded = recordedAt(model, door);
  refuseMoving(model, door, recorded);
  const shown = new Set([...said.there, ...said.missing]);
  const isAsShown = recorded.length === shown.size && recorded.every(({ id }) => shown.has(id));
  if (!isAsShown) {
    throw new Refusal('not-now', 'what should be behind this door has changed meanwhile; look again');
  }
  const { missing, foreign, reason } = said;
  const zones = foreign === 'none' ? [] : said.zones;
  refuseUnknown(draft, door, zones);
  const isRight = missing.length === 0 && foreign === 'none';
  note(draft, staff, walk, door, {
    finding: isRight ? 'as-recorded' : 'differs',
    missing,
    foreign,
    zones,
    ...(reason === undefined ? {} : { reason }),
  });
  for (const id of said.there) seen(draft, staff, id);
  for (const id of missing) notThere(draft, staff, door, id, reason !== undefined);
  // A door with something behind it that nobody knows stays in doubt until the case about it is closed; of a room whose
  // zones were named nothing else is.
  if (foreign === 'none' || zones.length > 0) verifyDoor(draft, { type: 'verify-door', staff, ...door });
  if (foreign !== 'none') stranger(draft, staff, door, { foreign, zones });
}

function refuseUnknown(draft: Draft, door: Door, zones: readonly string[]): void {
  const known = zonesOf(draft.env.roster.layouts(), door);
  const unknown = zones.find((zone) => !known.includes(zone));
  if (unknown === undefined) return;
  throw new Refusal('compartment-unknown', `no zone "${unknown}" behind this door; reload the page`);
}

function note(
  draft: Draft,
  staff: string,
  { id, bank }: Reconciliation,
  { compartment }: Door,
  found: {
    readonly finding: Finding;
    readonly missing?: readonly string[];
    readonly foreign?: Said['foreign'];
    readonly zones?: readonly string[];
    readonly reason?: string;
  },
): void {
  const { missing = [], foreign = 'none', zones = [], ...rest } = found;
  draft.say(askedBy({ staff }), 'reconciliation.door', {
    reconciliation: id,
    bank,
    compartment,
    missing: [...missing],
    foreign,
    zones: [...zones],
    ...rest,
  });
  draft.model.lookers.delete(staff);
}

function refuseMoving(model: Model, door: Door, recorded: readonly Delivery[]): void {
  const state = model.doors.get(doorKey(door))?.door;
  if (state === 'open' || state === 'forced' || state === 'opening') {
    throw new Refusal('not-now', 'the door is open; shut it first');
  }
  if (recorded.some(({ state: of, visit }) => of === 'assigned' && model.visits.has(visit))) {
    throw new Refusal('not-now', 'a courier is using this door; come back to it');
  }
}

/** The parcel is there: what a case asked about it is answered. */
export function seen(draft: Draft, staff: string, delivery: string): void {
  for (const about of [...draft.model.cases.values()]) {
    if (about.delivery !== delivery || !ANSWERED_BY_SEEING.has(about.kind)) continue;
    closeCase(draft, { type: 'close-case', staff, case: about.id, resolution: 'Seen inside at the walk.' });
  }
}

/** The parcel is not there: the records are put right for a reason, or somebody is called. */
export function notThere(
  draft: Draft,
  staff: string,
  door: Door | null,
  delivery: string,
  isCorrected: boolean,
): void {
  if (isCorrected) staffWithdraw(draft, { type: 'withdraw', staff, delivery });
  else openCase(draft, askedBy({ staff }), 'parcel-gone', { door, delivery });
}

interface Stranger {
  readonly foreign: 'left-inside' | 'taken-to-desk';
  readonly zones: readonly string[];
}

/**
 * Something is there that no record has. Left inside, nobody else may get that compartment (I3). In a room it closes the
 * zones where it was found, each by a case of its own; the others are as they were looked at.
 */
function stranger(draft: Draft, staff: string, door: Door, { foreign, zones }: Stranger): void {
  const by = askedBy({ staff });
  const isLeft = foreign === 'left-inside';
  const what = isLeft ? 'left inside' : 'taken to the desk';
  for (const zone of zones) {
    const detail = `walk: zone ${zone} has something that no record has; ${what}`;
    openCase(draft, by, 'record-disagrees', { door, zone, delivery: null, detail });
  }
  if (zones.length > 0) return;
  const detail = `walk: something is inside that no record has; ${what}`;
  openCase(draft, by, 'record-disagrees', { door, delivery: null, detail });
  if (isLeft)
    retire(draft, { type: 'retire', staff, ...door, reason: 'something is inside that no record has' });
}

function end(draft: Draft, by: Actor, walk: Reconciliation): void {
  const count = (finding: Finding) => walk.found.filter((found) => found.finding === finding).length;
  const skipped = count('skipped') + walk.doors.length - walk.found.length;
  draft.say(by, 'reconciliation.ended', { reconciliation: walk.id, bank: walk.bank });
  draft.say(by, 'bank.reconciled', {
    bank: walk.bank,
    asRecorded: count('as-recorded'),
    differs: count('differs'),
    noOpening: count('no-opening'),
    skipped,
  });
  for (const { staff, bank } of [...draft.model.lookers.values()]) {
    if (bank === walk.bank) draft.model.lookers.delete(staff);
  }
}
