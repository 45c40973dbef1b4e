import type { Recipient, StopStep, StopView, VisitView } from '@lockerhub/protocol/http/visit.ts';

/** What the person at the kiosk has said that the hub does not know (yet). */
export interface Local {
  /** Courier: for whom the parcel at hand is. */
  readonly recipient: Recipient | null;
  /** Courier: asks for another door. Resident: says that nothing is inside. The delivery it is about. */
  readonly asking: { readonly what: 'other-door' | 'missing'; readonly delivery: string } | null;
  /** Courier: the parcel that is being taken back; its door opens to take out, not to put in. */
  readonly takingBack: string | null;
  /** Stops in trouble that the person has turned away from. */
  readonly leftBehind: ReadonlySet<string>;
}

export const NOTHING_SAID: Local = { recipient: null, asking: null, takingBack: null, leftBehind: new Set() };

/** One question a screen: which one, and about which stop. */
export type Screen =
  | { readonly name: 'recipient' | 'size' | 'collected' | 'ended' }
  | { readonly name: StopScreen; readonly stop: StopView };

type StopScreen =
  | 'opening'
  | 'put-in'
  | 'take-out'
  | 'other-door'
  | 'missing'
  | 'attest'
  | 'confirm'
  | 'jammed'
  | 'unknown'
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
};

/** Trouble that one may turn away from, to go on with another parcel. */
function canLeave(step: StopStep): boolean {
  return step === 'jammed' || step === 'unknown';
}

/**
 * Which screen a visit shows: a door that stands open comes before a question, a question before trouble, trouble
 * before what comes next.
 */
export function screenOf(view: VisitView, local: Local): Screen {
  if (view.state === 'ended') return { name: 'ended' };
  const stop = activeStop(view, local);
  if (stop) return { name: stopScreen(view, stop, local), stop };
  if (view.kind === 'courier') return { name: local.recipient ? 'size' : 'recipient' };
  const next = view.stops.find(
    ({ step, canOpen, delivery }) => step === 'waiting' && canOpen && !local.leftBehind.has(delivery),
  );
  return next ? { name: 'next', stop: next } : { name: 'collected' };
}

const URGENCY: readonly StopStep[] = ['open', 'opening', 'attest', 'confirm', 'jammed', 'unknown'];

function activeStop(view: VisitView, local: Local): StopView | undefined {
  const candidates = view.stops.filter(
    ({ step, delivery }) => ACTIVE[step] && !(canLeave(step) && local.leftBehind.has(delivery)),
  );
  return candidates.sort((a, b) => URGENCY.indexOf(a.step) - URGENCY.indexOf(b.step))[0];
}

function stopScreen(view: VisitView, stop: StopView, local: Local): StopScreen {
  if (local.asking?.delivery === stop.delivery) {
    if (local.asking.what === 'other-door' && stop.canOtherDoor) return 'other-door';
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
