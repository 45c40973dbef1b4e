/** Which step of the stuck-door guide is next: pure, from how the door stands and what was done here so far. */
import type { BankView, DoorView } from '@lockerhub/protocol/http/staff.ts';

/** How often a lock is tried: as a resident may (hub/deliveries/policy `retries`), warm locks beyond that do not get better. */
export const TRIES = 2;

/**
 * `away`: neither opens nor is seen. `settling`: the bank finds out by itself. `shut`: it stands open. `compare`: staff
 * look behind it first. `look`: what presses on it. `try`: open it. `watch`: it was told to open. `ask`: no sensor says.
 * `key`: by the mechanical key. `retire`, `installer`: it needs mending. `works`: done.
 */
export type GuideStep =
  | 'away'
  | 'settling'
  | 'shut'
  | 'compare'
  | 'look'
  | 'try'
  | 'watch'
  | 'ask'
  | 'key'
  | 'retire'
  | 'installer'
  | 'works';

/** What was done in this guide so far. */
export interface Progress {
  /** Somebody looked at what presses on the door. */
  readonly looked: boolean;
  readonly tries: number;
  /** It was told to open, and nothing came of it yet; `seen`: the bank is at it. */
  readonly watching: 'no' | 'told' | 'seen';
  /** It opened by its lock since the guide began. */
  readonly opened: boolean;
  /** The key was declared: what opens it from then on is no proof of its lock. */
  readonly keyed: boolean;
  /** It cannot be put right here. */
  readonly givenUp: boolean;
}

export const BEGINNING: Progress = {
  looked: false,
  tries: 0,
  watching: 'no',
  opened: false,
  keyed: false,
  givenUp: false,
};

type Bank = Pick<BankView, 'online'>;
type Door = Pick<DoorView, 'door' | 'inService' | 'unverified' | 'sensed'>;

export function guideStep({ online }: Bank, door: Door, progress: Progress): GuideStep {
  const { door: state, inService, unverified, sensed } = door;
  if (progress.givenUp) return inService ? 'retire' : 'installer';
  if (!online || state === 'unavailable' || state === 'unseen') return 'away';
  if (state === 'unknown') return 'settling';
  if (state === 'open' || state === 'forced') return 'shut';
  if (progress.watching !== 'no') return sensed ? 'watch' : 'ask';
  if (progress.opened) return unverified ? 'compare' : 'works';
  if (!progress.looked) return 'look';
  return progress.tries < TRIES ? 'try' : 'key';
}

/** The progress after the door was seen in this state: whether what was told came of it. */
export function afterSeen(progress: Progress, state: DoorView['door']): Progress {
  // A lock may be slower than the verdict about it.
  if (state === 'open' && progress.tries > 0 && !progress.keyed && !progress.opened) {
    return { ...progress, watching: 'no', opened: true };
  }
  if (progress.watching === 'no') return progress;
  if (state === 'opening') return progress.watching === 'seen' ? progress : { ...progress, watching: 'seen' };
  const isOver = state === 'unknown' || state === 'unavailable' || progress.watching === 'seen';
  return isOver && state !== 'unsensed' ? { ...progress, watching: 'no' } : progress;
}

/** The progress after the door was told to open. */
export function afterTold(progress: Progress): Progress {
  return { ...progress, looked: true, tries: progress.tries + 1, watching: 'told' };
}
