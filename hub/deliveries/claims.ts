/**
 * The first who comes for what waits in a unit of which nobody can be told: by the invite code of a slip, or verified by
 * staff. They become a resident of the unit, and the parcels are theirs.
 */
import type { Actor } from '@lockerhub/protocol/log/payload.ts';
import type { ClaimedBy } from '@lockerhub/protocol/log/payloads/slips.ts';
import { claimWords } from '../claims/words.ts';
import { NOTHING_SET } from '../people/nothing-set.ts';
import { closeCases } from './cases.ts';
import type { Claimant, StaffCommand } from './command.ts';
import { askedBy, type Draft } from './draft.ts';
import type { Delivery, Slip } from './model.ts';
import type { Newcomer } from './newcomer.ts';
import { Refusal } from './refusal.ts';
import { byCodeOf, endSlipsOf, isOver, unitOfUntold } from './slips.ts';
import { isFor } from './stops.ts';
import { giveCode, queueMessage } from './telling.ts';
import { closeUntold, untoldOf } from './untold.ts';

/**
 * Staff have verified somebody: what waits for their unit is theirs, and they are told of it.
 *
 * @throws Refusal `delivery-unknown`, `already-told`, `recipient-unknown` (not theirs, or the person has to be chosen)
 */
export function claimAtDesk(
  draft: Draft,
  command: Extract<StaffCommand, { type: 'claim' }>,
): { resident: string; code: string } {
  const { delivery, claimant, how } = command;
  const by = askedBy(command);
  const unit = unitOfUntold(draft, delivery);
  const untold = untoldOf(draft.model, draft.env.roster, unit);
  const isNew = !('resident' in claimant);
  const person = isNew
    ? settle(draft, by, unit, onlyHousehold(draft, unit), claimant)
    : recognise(draft, by, unit, claimant);
  const { model, env } = draft;
  const theirs = untold.filter((one) => one.household === null || isFor(one, person.id, env.roster));
  if (!theirs.some(({ id }) => id === delivery)) {
    throw new Refusal(
      'recipient-unknown',
      'this parcel is for somebody else of the unit alone: choose that person',
    );
  }
  const fresh = bind(draft, by, person, theirs, { how, isNew });
  const ids = theirs.map(({ id }) => id);
  if (person.reachable) giveCode(draft, person.id);
  else showCode(draft, by, person.id);
  const messages = person.reachable ? [queueMessage(draft, 'parcels-arrived', person.id, null, ids)] : [];
  announceTo(draft, by, fresh, messages);
  const generation = model.codes.get(person.id)?.generation ?? 0;
  return { resident: person.id, code: env.codes.digitsAt(person.id, generation) };
}

/**
 * Somebody typed or scanned the code of a slip: they are let in for what they may take by it, as a resident from now on.
 *
 * @returns the resident. @throws Refusal `code-revoked` if it claims nothing any more
 */
export function claimByCode(draft: Draft, slip: Slip): string {
  const { model, env } = draft;
  const theirs = isOver(draft, slip) ? [] : byCodeOf(model, env.roster, slip);
  if (theirs.length === 0) {
    throw new Refusal('code-revoked', 'this slip is over; the staff at the desk know more');
  }
  const id = env.newId();
  const by: Actor = { kind: 'resident', id };
  const name = claimWords(env.language).newResident;
  const person = settle(
    draft,
    by,
    slip.unit,
    slip.household,
    { name, language: env.language, contacts: [] },
    id,
  );
  const fresh = bind(draft, by, person, theirs, { how: 'code', isNew: true });
  giveCode(draft, id);
  announceTo(draft, by, fresh, []);
  return id;
}

/** Staff will say it to them: so it is one that nobody read before, and the log knows who did. */
function showCode(draft: Draft, by: Actor, holder: string): void {
  draft.say(by, 'code.issued', {
    holder,
    generation: draft.env.codes.nextGeneration(holder, draft.takenDigits),
  });
}

/** Where nobody lives a newcomer lives alone. @throws Refusal `recipient-unknown` where strangers share the unit */
function onlyHousehold({ env }: Draft, unit: string): string | null {
  const [only, ...others] = env.roster.householdsOf(unit);
  if (others.length === 0) return only?.id ?? null;
  throw new Refusal('recipient-unknown', 'several households live in this unit: choose the person');
}

/** Somebody of the list, perhaps with a way to be told that they have just said. @throws Refusal `recipient-unknown` */
function recognise(draft: Draft, by: Actor, unit: string, { resident, row }: Known): Newcomer {
  const { roster } = draft.env;
  const known = roster.resident(resident);
  const isHere = known?.unit === unit && roster.residentsOf(known.household).includes(resident);
  if (!known || !isHere) {
    throw new Refusal('recipient-unknown', 'nobody of that name lives in this unit; reload the page');
  }
  if (row === null) return known;
  draft.rows.push({ table: 'residents', row });
  draft.say(by, 'row.changed', { table: 'residents', row: resident, fields: ['contacts'] });
  const canBeTold = roster.canTell(row.contacts ?? []);
  const reached = { ...known, reachable: known.reachable || canBeTold, lacksChannel: !canBeTold };
  draft.meet(reached);
  return reached;
}

type Known = Extract<Claimant, { resident: string }>;
type Unknown = Exclude<Claimant, Known>;

/** Writes down somebody who was in no list. */
function settle(
  draft: Draft,
  by: Actor,
  unit: string,
  joined: string | null,
  { name, language, contacts }: Unknown,
  id: string = draft.env.newId(),
): Newcomer {
  const household = joined ?? draft.env.newId();
  if (joined === null) {
    draft.rows.push({ table: 'households', row: { id: household, unit } });
    draft.say(by, 'row.changed', { table: 'households', row: household, fields: ['unit'] });
  }
  const fields = { ...NOTHING_SET, household, name, language, email: null, contacts: [...contacts] };
  draft.rows.push({ table: 'residents', row: { ...fields, id } });
  draft.say(by, 'row.changed', {
    table: 'residents',
    row: id,
    fields: ['household', 'name', 'language', 'contacts'],
  });
  const reachable = draft.env.roster.canTell(contacts);
  const newcomer = {
    ...{ id, household, unit, language, away: null, accessible: false, onlyMe: false, reachable },
    lacksChannel: contacts.length > 0 && !reachable,
  };
  draft.meet(newcomer);
  return newcomer;
}

/** @returns those of which nothing was said to anybody so far */
function bind(
  draft: Draft,
  by: Actor,
  { id: resident, unit, household }: Newcomer,
  theirs: readonly Delivery[],
  { how, isNew }: { readonly how: ClaimedBy; readonly isNew: boolean },
): readonly Delivery[] {
  const slip = [...draft.model.slips.values()].find((one) => one.unit === unit)?.id ?? null;
  draft.say(by, 'resident.bound', { resident, unit, household, slip, how, isNew });
  for (const { id: delivery, household: whose } of theirs) {
    if (whose === null) draft.say(by, 'delivery.matched', { delivery, unit, household, resident: null });
    draft.say(by, 'delivery.claimed', { delivery, slip, household, resident, how });
  }
  endSlipsOf(draft, by, unit, 'claimed');
  const ids = new Set(theirs.map(({ id }) => id));
  const isSettled = 'Somebody of the unit claimed it.';
  closeUntold(draft, new Set([unit]), isSettled);
  closeCases(
    draft,
    by,
    ({ kind, delivery }) => kind === 'message-undelivered' && delivery !== null && ids.has(delivery),
    isSettled,
  );
  return theirs.filter(({ announced }) => !announced);
}

function announceTo(
  draft: Draft,
  by: Actor,
  deliveries: readonly Delivery[],
  messages: readonly string[],
): void {
  for (const { id } of deliveries)
    draft.say(by, 'delivery.announced', { delivery: id, messages: [...messages] });
}
