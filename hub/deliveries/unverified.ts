/**
 * Doors after another hub's end. What the log says of them may lack its last hours: until the agent's record, the log
 * and the door agree, or staff have looked, such a door is not given out and opened for nobody but staff (I3).
 */
import { type Layout, placedCompartments } from '@lockerhub/protocol/bank/layout.ts';
import type { Actor, PayloadOf } from '@lockerhub/protocol/log/payload.ts';
import type { BankCommand, ComparedRecord } from './bank-command.ts';
import { closeCases, openCase } from './cases.ts';
import type { StaffCommand } from './command.ts';
import { askedBy, bankActor, type Draft } from './draft.ts';
import { type Case, type Delivery, type Door, doorKey, heldAt, type Model } from './model.ts';
import { hasSensors, isClosed, knownDoor } from './places.ts';
import { Refusal } from './refusal.ts';

/** What the first entries of a new epoch say: of every door of the building nobody knows. */
export function unverifiedBanks(layouts: readonly Layout[], epoch: number): PayloadOf<'bank.unverified'>[] {
  return layouts.map((layout) => ({
    bank: layout.bank,
    epoch,
    compartments: placedCompartments(layout).map(({ number }) => number),
  }));
}

/** Asks the agent for its record of an unverified door that shows itself shut. */
export function askIfUnverified(draft: Draft, door: Door, session: number): void {
  const { model } = draft;
  const { bank, compartment } = door;
  if (!model.unverified.has(doorKey(door)) || !isAtRest(model, door)) return;
  // Records that were replaced or restored together with the hub would only say what it believes itself.
  if (!draft.env.roster.keepsOwnRecords(bank)) return;
  draft.effect({ type: 'ask-records', bank, session, compartment });
}

/** An open door says nothing of what is behind it; it is asked about when it has been shut. */
function isAtRest(model: Model, door: Door): boolean {
  return isClosed(model.doors.get(doorKey(door)), hasSensors(model, door.bank));
}

/** What the agent's ledger says, door by door. */
export function recordsTold(
  draft: Draft,
  { bank, session, records }: Extract<BankCommand, { type: 'records-told' }>,
): void {
  if (draft.model.banks.get(bank)?.session !== session) return;
  for (const record of records) compare(draft, { bank, compartment: record.compartment }, record);
}

function compare(draft: Draft, door: Door, record: ComparedRecord): void {
  const { model } = draft;
  // What the agent released by itself comes with its own message, and then it is asked again.
  if (!model.unverified.has(doorKey(door)) || !isAtRest(model, door) || record.outstanding) return;
  const by = bankActor(door.bank);
  const held = heldAt(model, door);
  const doubt = doubtAbout(record, held);
  if (doubt === null) {
    sayVerified(draft, by, door, 'record');
    return;
  }
  openCase(draft, by, 'record-disagrees', {
    door,
    delivery: held[0]?.id ?? null,
    detail: `${doubt}; this hub: ${storyHere(held)}`.slice(0, MAX_DETAIL),
  });
}

function storyHere(held: readonly Delivery[]): string {
  if (held.length === 0) return 'nothing is in it';
  return held.map(({ id, state }) => `delivery ${id} is in it (${state})`).join(', ');
}

/**
 * In what the agent's record and the log disagree; null if they do not. Every parcel goes in and out by a grant, so a
 * log that has the last grant of a door, and none after it, lacks nothing of that door.
 */
function doubtAbout(record: ComparedRecord, held: readonly Delivery[]): string | null {
  const { grant, grantSeq, newestSeq, forced } = record;
  if (forced) return 'the bank: opened without a grant since its last one';
  if (grant === null) {
    return newestSeq === null && held.length === 0
      ? null
      : 'the bank has no record of this door: its own was lost';
  }
  if (grantSeq === null) return `the bank: ${storyOf(record)}, unknown here`;
  return newestSeq !== null && newestSeq > grantSeq ? 'the bank’s record ends before this log does' : null;
}

function storyOf({ purpose, delivery, openedAt }: ComparedRecord): string {
  const when = openedAt === null ? '' : `, last open ${new Date(openedAt).toISOString().slice(0, 16)}Z`;
  return `${purpose ?? 'opened'} of ${delivery ?? 'no delivery'}${when}`;
}

/** As long as a case's detail may be (protocol/log/payload.ts). */
const MAX_DETAIL = 200;

/** Staff have looked: what is on record is what is there. @throws Refusal `compartment-unknown`, `not-now` */
export function verifyDoor(draft: Draft, command: Extract<StaffCommand, { type: 'verify-door' }>): void {
  const { model } = draft;
  const door = knownDoor(draft.env.roster.layouts(), command);
  if (!model.unverified.has(doorKey(door))) return;
  const seen = model.doors.get(doorKey(door))?.door;
  if (seen === 'open' || seen === 'forced') throw new Refusal('not-now', 'the door is open; close it first');
  const by = askedBy(command);
  closeCases(
    draft,
    by,
    (open) => isRecordCase(open) && isAbout(open, door),
    'Staff have looked at the door.',
  );
  sayVerified(draft, by, door, 'staff');
}

/** Staff have closed a case about what the records say of a door: they have looked. */
export function afterRecordCase(draft: Draft, by: Actor, closed: Case): void {
  const { bank, compartment } = closed;
  if (!isRecordCase(closed) || bank === null || compartment === null) return;
  const door = { bank, compartment };
  const isOpen = [...draft.model.cases.values()].some((open) => isRecordCase(open) && isAbout(open, door));
  if (!isOpen && draft.model.unverified.has(doorKey(door))) sayVerified(draft, by, door, 'staff');
}

/** What is in doubt on one zone of a room was seen, or is not: its door is another question. */
function isRecordCase({ kind, zone }: Case): boolean {
  return kind === 'record-disagrees' && zone === null;
}

function isAbout({ bank, compartment }: Case, door: Door): boolean {
  return bank === door.bank && compartment === door.compartment;
}

function sayVerified(draft: Draft, by: Actor, { bank, compartment }: Door, how: 'record' | 'staff'): void {
  const left = [...draft.model.unverified.values()].filter((door) => door.bank === bank).length;
  draft.say(by, 'compartment.verified', { bank, compartment, how, over: left === 1 });
}
