/** The times and bounds that a building may change (until it does: `STANDARD_POLICY`), and those that none may change. */
import { OPEN_WITHIN_MS } from '@lockerhub/protocol/bank/messages.ts';
import type { WrongCodes } from '@lockerhub/protocol/codes/guess-limit.ts';
import type { PhoneCountry } from '@lockerhub/protocol/http/phone-number.ts';

/** Times and bounds that a building may change. */
export interface Policy extends WrongCodes {
  /** What waits for somebody who moved out can be collected for so long after that. */
  readonly formerMs: number;
  /** A resident may open again for so long after the last pickup. */
  readonly graceMs: number;
  /** A courier may undo for so long after the confirmation; the message waits for it. */
  readonly undoMs: number;
  /** "Parcel inside?" without an answer counts as deposited, unconfirmed. */
  readonly confirmWithinMs: number;
  readonly openNoticeMs: number;
  readonly openAlarmMs: number;
  readonly idleMs: number;
  readonly warnMs: number;
  /** Further attempts at a jammed door. */
  readonly retries: number;
  /** A lock that jams so often in a row takes its compartment out of service. */
  readonly jamsToRetire: number;
  /** Photos and words of labels go so long after they were taken. */
  readonly photosMs: number;
  /** Names and contacts of who moved out go so long after the last delivery, and tracking numbers after theirs. */
  readonly contactsMs: number;
  /** Residents are reminded of a parcel that waits for so long, */
  readonly firstReminderMs: number;
  /** and once more. */
  readonly secondReminderMs: number;
  /** Reminders go out from this hour of the building's day, 0 to 23, */
  readonly remindFromHour: number;
  /** to before this one, 1 to 24. The first message never waits for an hour. */
  readonly remindUntilHour: number;
  /** A parcel that waits for so long becomes a case; its code stays good. */
  readonly overdueMs: number;
  /** A courier's code begins a visit from this hour of the building's day, 0 to 23, */
  readonly dropOffFromHour: number;
  /** to before this one, 0 to 24, in the next morning if it is earlier; for couriers without hours of their own. */
  readonly dropOffUntilHour: number;
  /** Whether there is a desk that takes what fits into no compartment. */
  readonly desk: boolean;
  /** What becomes of a parcel for a unit in which nobody lives. */
  readonly vacated: 'take-back' | 'desk';
  /** Whose phone numbers those are that name no country, in lists of residents and on the page. */
  readonly phoneCountry: PhoneCountry;
  /** How often a backup is made, */
  readonly backupEvery: 'six-hours' | 'day' | 'week';
  /** and at which hour of the building's day, 0 to 23 (every six hours: from it on). */
  readonly backupHour: number;
  /** The newest backup of so many days is kept, */
  readonly backupDays: number;
  /** of so many weeks before them, */
  readonly backupWeeks: number;
  /** and of so many months before those. */
  readonly backupMonths: number;
}

const HOUR_MS = 3_600_000;

/** Different locks of one supply that jam one after the other: the third issue's health point names three. */
export const SUPPLY_ROW = 3;
/** How long after a door was forced a mechanical key may still be declared: the third issue's health point. */
export const KEY_AFTER_MS = 10 * 60_000;

/** The longest that a lock takes to be judged jammed (the profiles' upper bound). */
const JAM_VERDICT_MS = 10_000;
/** For the way of two messages. */
const WIRE_MS = 2_000;
/** A grant without an end for so long is silent: the person gets another way, the agent is asked. */
export const SILENT_AFTER_MS = OPEN_WITHIN_MS + JAM_VERDICT_MS + WIRE_MS;
/** How often an agent is asked after a silent grant. */
export const ASK_AGAIN_MS = 15_000;
/** No agent still watches a door for so long after a pulse: "begun" then means that nobody will ever know. */
export const GIVE_UP_AFTER_MS = 60_000;

/** Parcels of one visit; also what one message can list (`message.queued`). At the bound `not-now`: a new visit. */
export const MAX_STOPS = 200;
/** Delegates of one resident at once; then `too-many-delegates`. */
export const MAX_DELEGATES = 10;
/** A claim slip is good for so long: the time that what waits for somebody who moved out can be collected, too. */
export const SLIP_MS = 14 * 24 * HOUR_MS;
/** The longest that a resident lets somebody collect from their phone; staff may name somebody for longer. */
export const BY_PHONE_MOST_MS = 14 * 24 * 3_600_000;
/** Who needs reachable doors has four times as long: the fifth issue. */
export const ACCESSIBLE_PATIENCE = 4;
/** Residents told of one delivery (`delivery.announced`); further ones of that household are not told. */
export const MAX_TOLD = 50;
/** Visits that are over and whose last view a terminal may still ask for; the oldest is forgotten first. */
export const MAX_ENDED_VISITS = 100;
/** Sessions of a bank whose reports are told apart from their repetitions; the oldest is forgotten first. */
export const MAX_SESSIONS = 16;
