import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import type { Recipient as Found, StopStep, StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';

/** For whom the parcel at hand is; `unit` null: the courier does not find them. */
export type Recipient = Omit<Found, 'unit'> & { readonly unit: string | null };

/** What the person at the kiosk has said that the hub does not know (yet). */
export interface Local {
  /** Courier: for whom the parcel at hand is. */
  readonly recipient: Recipient | null;
  /** Courier: labels are read by the camera, which is on by itself at each next parcel. */
  readonly byCamera: boolean;
  /** Courier: what the camera read last. */
  readonly lastRead: string | null;
  /** Courier: a photo or the words of the label of somebody who is not in the list; null: not asked yet. */
  readonly label: Blob | { readonly words: string } | 'none' | null;
  /** Courier: the hub did not keep it, which is to be told. */
  readonly labelLost: boolean;
  /** Courier: no place was found for the parcel at hand: of which size, and what the hub said. */
  readonly noPlace: { readonly size: Size; readonly why: unknown } | null;
  /**
   * Courier: asks for another door. Resident: says that nothing is inside, or that one of several is not in its zone and
   * has yet to say which. The delivery it is about.
   */
  readonly asking: {
    readonly what: 'other-door' | 'which-missing' | 'missing';
    readonly delivery: string;
  } | null;
  /** Courier: the parcel that is being taken back; its door opens to take out, not to put in. */
  readonly takingBack: string | null;
  /** Stops in trouble that the person has turned away from. */
  readonly leftBehind: ReadonlySet<string>;
  /** Resident: said how to be told next time, or does not want to. */
  readonly introduced: boolean;
}

export const NOTHING_SAID: Local = {
  recipient: null,
  byCamera: false,
  lastRead: null,
  label: null,
  labelLost: false,
  noPlace: null,
  asking: null,
  takingBack: null,
  leftBehind: new Set(),
  introduced: false,
};

/** One question a screen: which one, and about which stop. */
export type Screen =
  | { readonly name: 'recipient' | 'photo' | 'size' | 'no-place' | 'introduce' | 'collected' | 'ended' }
  | { readonly name: StopScreen; readonly stop: StopView };

type StopScreen =
  | 'opening'
  | 'put-in'
  | 'take-out'
  | 'other-door'
  | 'which-missing'
  | 'missing'
  | 'attest'
  | 'confirm'
  | 'jammed'
  | 'unknown'
  | 'desk'
  | 'taken-back'
  | 'next';

/** Steps that need the person now, at this door. `waiting` comes after all of them. */
const ACTIVE: Record<StopStep, boolean> = {
  waiting: false,
  opening: true,
  open: true,
  attest: true,
  confirm: true,
  done: false,
  jammed: true,
  unknown: true,
  withdrawn: false,
  elsewhere: false,
  desk: true,
};

/** Trouble that one may turn away from, to go on with another parcel. */
function canLeave(step: StopStep): boolean {
  return step === 'jammed' || step === 'unknown' || step === 'desk' || step === 'withdrawn';
}

/**
 * Which screen a visit shows: a door that stands open comes before a question, a question before trouble, trouble
 * before what comes next.
 */
export function screenOf(view: VisitView, local: Local): Screen {
  if (view.state === 'ended') return { name: 'ended' };
  const active = activeStop(view, local);
  const stop = active && (askedAbout(view, active, local) ?? active);
  if (stop) return { name: stopScreen(view, stop, local), stop };
  if (view.kind === 'courier') {
    if (!local.recipient) return { name: 'recipient' };
    if (local.recipient.unit === null && local.label === null) return { name: 'photo' };
    return { name: local.noPlace ? 'no-place' : 'size' };
  }
  const next = view.stops.find(
    ({ step, canOpen, delivery }) => step === 'waiting' && canOpen && !local.leftBehind.has(delivery),
  );
  if (next) return { name: 'next', stop: next };
  return { name: view.newcomer && !local.introduced ? 'introduce' : 'collected' };
}

const URGENCY: readonly StopStep[] = [
  'open',
  'opening',
  'attest',
  'confirm',
  'jammed',
  'unknown',
  'withdrawn',
  'desk',
];

/** The hub decided it, not the courier: they have to be told. */
function isSentBack({ takenBack }: StopView): boolean {
  return takenBack === 'vacated' || takenBack === 'oversize';
}

function activeStop(view: VisitView, local: Local): StopView | undefined {
  const candidates = view.stops.filter(
    (stop) =>
      (ACTIVE[stop.step] || isSentBack(stop)) &&
      !(canLeave(stop.step) && local.leftBehind.has(stop.delivery)),
  );
  return candidates.sort((a, b) => URGENCY.indexOf(a.step) - URGENCY.indexOf(b.step))[0];
}

/** A resident says of another parcel in the room that it is not there than of the one for which its door was opened. */
function askedAbout(view: VisitView, active: StopView, { asking }: Local): StopView | undefined {
  if (asking?.what !== 'missing') return undefined;
  return missable(view, active).find(({ delivery }) => delivery === asking.delivery);
}

/** What a resident before an open door can say not to be there: one parcel of each zone of a room that is theirs. */
export function missable(view: VisitView, stop: StopView): StopView[] {
  const there = view.stops.filter(
    ({ step, place, canReportMissing }) =>
      canReportMissing &&
      step === stop.step &&
      place?.bank === stop.place?.bank &&
      place?.compartment === stop.place?.compartment,
  );
  return there.filter(
    ({ place }, at) => there.findIndex((other) => other.place?.zone === place?.zone) === at,
  );
}

function stopScreen(view: VisitView, stop: StopView, local: Local): StopScreen {
  if (local.asking?.delivery === stop.delivery) {
    if (local.asking.what === 'other-door' && stop.canOtherDoor) return 'other-door';
    if (local.asking.what === 'which-missing' && missable(view, stop).length > 1) return 'which-missing';
    if (local.asking.what === 'missing' && stop.canReportMissing) return 'missing';
  }
  switch (stop.step) {
    case 'opening':
      return 'opening';
    case 'open':
      return view.kind === 'courier' ? 'put-in' : 'take-out';
    case 'attest':
      return 'attest';
    case 'confirm':
      return 'confirm';
    case 'unknown':
      return 'unknown';
    case 'desk':
      return 'desk';
    case 'withdrawn':
      return 'taken-back';
    default:
      return 'jammed';
  }
}

/** The parcel that a courier has placed last, if it can still be undone. */
export function lastPlaced(view: VisitView): StopView | undefined {
  return view.stops.findLast(({ step, canUndo }) => step === 'done' && canUndo);
}

export function countDone(view: VisitView): number {
  return view.stops.filter(({ step }) => step === 'done').length;
}
