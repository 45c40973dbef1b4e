/** Who sees to a case, and what they found meanwhile: colleagues see it, and nobody does the same work twice. */
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import { openCase } from './cases.ts';
import type { StaffCommand } from './command.ts';
import { askedBy, type Draft } from './draft.ts';
import type { Case } from './model.ts';
import { knownDoor } from './places.ts';
import { Refusal } from './refusal.ts';

type Asked<Type extends StaffCommand['type']> = Extract<StaffCommand, { type: Type }>;

/** Notes on one case: more is a conversation, and belongs elsewhere. */
export const MAX_NOTES = 50;

/** @throws Refusal `case-unknown` */
export function openCaseOf(draft: Draft, id: string): Case {
  const open = draft.model.cases.get(id);
  if (!open) throw new Refusal('case-unknown', 'no such open case; somebody else may have closed it');
  return open;
}

/** The asker sees to it from now on. Of two who ask at once only the first one does. @throws Refusal `case-taken` */
export function takeCase(draft: Draft, command: Asked<'take-case'>): void {
  const { id, takenBy } = openCaseOf(draft, command.case);
  if (takenBy === command.staff) return;
  if (takenBy !== command.from) {
    throw new Refusal('case-taken', 'somebody else has just taken this case, or let go of it; look again');
  }
  draft.say(askedBy(command), 'case.taken', { case: id });
}

/** Cases that are about how a door itself does: whoever reports the door finds the one that is open. */
const ABOUT_DOORS: ReadonlySet<CaseKind> = new Set([
  'jammed',
  'forced',
  'left-open',
  'unknown-opening',
  'record-disagrees',
  'lock-wearing',
  'out-of-service',
  'door-reported',
]);

/** Somebody says that something is wrong with a door. @returns the case about it: one that is open, or a new one. */
export function reportDoor(draft: Draft, command: Asked<'report-door'>): string {
  const door = knownDoor(draft.env.roster.layouts(), command);
  for (const { id, kind, bank, compartment } of draft.model.cases.values()) {
    if (bank === door.bank && compartment === door.compartment && ABOUT_DOORS.has(kind)) return id;
  }
  return openCase(draft, askedBy(command), 'door-reported', { door, delivery: null });
}

/** Nobody sees to it any more, whoever did. */
export function releaseCase(draft: Draft, command: Asked<'release-case'>): void {
  const { id, takenBy } = openCaseOf(draft, command.case);
  if (takenBy !== null) draft.say(askedBy(command), 'case.released', { case: id });
}

/** @throws Refusal `too-many-notes` */
export function noteCase(draft: Draft, command: Asked<'note-case'>): void {
  const { id, notes } = openCaseOf(draft, command.case);
  if (notes >= MAX_NOTES) {
    throw new Refusal('too-many-notes', `a case has ${MAX_NOTES} notes at most; close it with what you know`);
  }
  draft.say(askedBy(command), 'case.noted', { case: id, note: command.note });
}
