/** All that people, banks, links and power do in the custody test, and how often. */
import type { Act, Acts } from './act.ts';
import { BANK_ACTS } from './banks.ts';
import { STAFF_ACTS } from './staff.ts';
import { SURROUNDING_ACTS } from './surroundings.ts';
import { VISITOR_ACTS } from './visitors.ts';

/** A drop-off as most of them are, so that places become rare. */
const ORDINARY: readonly Act[] = [
  VISITOR_ACTS.courierCame,
  VISITOR_ACTS.parcelAdded,
  BANK_ACTS.openArrived,
  BANK_ACTS.wordsArrived,
  BANK_ACTS.doorUsedAndClosed,
  BANK_ACTS.wordsArrived,
  VISITOR_ACTS.confirmed,
  VISITOR_ACTS.visitEnded,
];

const broughtAsUsual: Act = async (world, pick) => {
  for (const act of ORDINARY) await act(world, pick);
};

const ALL = { broughtAsUsual, ...VISITOR_ACTS, ...STAFF_ACTS, ...BANK_ACTS, ...SURROUNDING_ACTS };
export const ACTS: Acts = ALL;

/**
 * The acts of ordinary days come more often, so that the others find something to disturb. A seed stands for its run only
 * as long as this order does.
 */
const WEIGHTS: Readonly<Record<keyof typeof ALL, number>> = {
  broughtAsUsual: 6,
  courierCame: 4,
  parcelAdded: 8,
  keptByCourier: 1,
  deskHasIt: 1,
  matched: 1,
  confirmed: 6,
  otherDoor: 3,
  undone: 6,
  openedAgain: 8,
  closedByHand: 12,
  didNotOpen: 8,
  missed: 10,
  residentCame: 14,
  slipPrinted: 1,
  cameBySlip: 1,
  claimed: 1,
  nextDoor: 8,
  visitEnded: 4,
  openArrived: 12,
  openArrivedTwice: 1,
  openLost: 1,
  verdict: 3,
  uncertaintySettled: 6,
  doorUsedAndClosed: 10,
  doorForced: 1,
  wordArrived: 4,
  wordsArrived: 14,
  reportRepeated: 1,
  questionAnswered: 4,
  bankLeft: 1,
  bankCrashed: 1,
  bankCame: 3,
  hubKilled: 1,
  moment: 1,
  while: 1,
  minutes: 3,
  longWhile: 1,
  clockJumped: 1,
  staffOpened: 1,
  retired: 1,
  strangerFound: 1,
  withdrawn: 1,
  caseClosed: 1,
  messageOut: 1,
  messageFailed: 1,
  diskFilled: 1,
};

/** The acts' names, each as often as it comes. */
export const ACT_NAMES = Object.entries(WEIGHTS).flatMap(([name, times]) => Array<string>(times).fill(name));
