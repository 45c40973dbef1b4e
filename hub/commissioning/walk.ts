/**
 * A commissioning walk through the doors of a bank: its states, and the fold of its entries. Imports nothing of the
 * deliveries, whose model holds it.
 */
import type { SignedMap, WalkStep } from '@lockerhub/protocol/http/commissioning.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { CorrectedPart, DoorFinding } from '@lockerhub/protocol/log/payloads/commissioning.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';

/** `checking`: all doors are to be closed. `walking`: one door after another, and back again after a correction. */
export type WalkState = 'none' | 'checking' | 'walking' | 'over';
export type WalkEvent = 'started' | 'doors-closed' | 'door' | 'corrected' | 'signed' | 'abandoned';

/** The whole of it. `never`: an entry that `acts.ts` does not write. */
export const WALK: Record<WalkState, Record<WalkEvent, WalkState | 'never'>> = {
  none: {
    started: 'checking',
    'doors-closed': 'never',
    door: 'never',
    corrected: 'never',
    signed: 'never',
    abandoned: 'never',
  },
  checking: {
    started: 'never',
    'doors-closed': 'walking',
    door: 'never',
    corrected: 'never',
    signed: 'never',
    abandoned: 'over',
  },
  walking: {
    started: 'never',
    // Doors that were said to be closed may be looked at once more at any time.
    'doors-closed': 'walking',
    door: 'walking',
    corrected: 'walking',
    signed: 'over',
    abandoned: 'over',
  },
  over: {
    started: 'never',
    'doors-closed': 'never',
    door: 'never',
    corrected: 'never',
    signed: 'never',
    abandoned: 'never',
  },
};

/** What was found at one door. */
export interface Found {
  readonly compartment: number;
  readonly finding: DoorFinding;
  readonly popped: number | null;
  readonly changed: readonly number[];
}

/** A walk that goes on; it comes back after a restart. */
export interface Walk {
  readonly id: string;
  readonly bank: string;
  readonly state: WalkState;
  /** The doors to try, in this order: all, or the repaired one. */
  readonly doors: readonly number[];
  readonly found: readonly Found[];
}

/** A door that was fired and is not judged yet. Of this process only: after a restart it is fired again. */
export interface Firing {
  readonly bank: string;
  readonly compartment: number;
  readonly grant: string;
  /** How its grant ended; null while the agent still watches the door. */
  readonly end: GrantEnd | null;
  /** Compartments whose sensors went to open since, without a grant of their own. */
  readonly changed: readonly number[];
  /** What the person answered: a label, or null for "none". Undefined: nothing yet. */
  readonly popped: number | null | undefined;
}

/** One command of a walk, from signed-in staff. */
export interface WalkCommand {
  readonly type: 'commissioning';
  readonly staff: string;
  readonly bank: string;
  readonly act: WalkAct;
}

export type WalkAct =
  | WalkStep
  | { readonly step: 'correct'; readonly part: CorrectedPart; readonly doors: readonly number[] }
  /** `found`: what the map says; a walk that has gone on since is not signed. */
  | { readonly step: 'sign'; readonly map: SignedMap; readonly found: readonly Found[] };

/** The bank's doors are being tried: none is given out, and what they do without a grant is expected. */
export function isBeingCommissioned(
  model: { readonly walks: { has(bank: string): boolean } },
  bank: string,
): boolean {
  return model.walks.has(bank);
}

export type WalkPayload = Extract<Payload, { type: `commissioning.${WalkEvent}` }>;

/** The walk after an entry; undefined once it is over. `'never'`: the table rules the entry out. */
export function walkAfter(walk: Walk | undefined, payload: WalkPayload): Walk | undefined | 'never' {
  const event = payload.type.slice('commissioning.'.length) as WalkEvent;
  const state = WALK[walk?.state ?? 'none'][event];
  if (state === 'never') return 'never';
  if (state === 'over') return undefined;
  if (payload.type === 'commissioning.started') {
    const { walk: id, bank, doors } = payload.data;
    return { id, bank, doors, state, found: [] };
  }
  return walk && { ...walk, state, found: foundAfter(walk.found, payload) };
}

function foundAfter(found: readonly Found[], payload: WalkPayload): readonly Found[] {
  switch (payload.type) {
    case 'commissioning.doors-closed': {
      const { sayOpen } = payload.data;
      const others = found.filter(
        ({ compartment, finding }) => finding !== 'says-open' && !sayOpen.includes(compartment),
      );
      return [
        ...others,
        ...sayOpen.map((compartment) => ({
          compartment,
          finding: 'says-open' as const,
          popped: null,
          changed: [],
        })),
      ];
    }
    case 'commissioning.door': {
      const { compartment, finding, popped, changed } = payload.data;
      const others = found.filter((one) => one.compartment !== compartment);
      return [...others, { compartment, finding, popped, changed }];
    }
    case 'commissioning.corrected':
      return found.filter(({ compartment }) => !payload.data.doors.includes(compartment));
    default:
      return found;
  }
}
