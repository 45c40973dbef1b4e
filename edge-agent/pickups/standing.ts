/** Where a listed parcel's door stands, from the ledger alone, and what a person may do there. Pure; see SPEC.md. */
import type { GrantOutcome } from '@lockerhub/protocol/bank/messages.ts';
import type { StopStep } from '@lockerhub/protocol/http/visit.ts';
import type { z } from 'zod';
import type { CompartmentRecord, GrantRecord } from '../ledger/ledger-record.ts';

/** What the newest pickup of a delivery came to. */
export const FACTS = [
  'never-pulsed',
  'pending',
  'open',
  'closed',
  'stayed-closed',
  'unknown',
  'unattested',
  'attested-closed',
  'attested-stuck',
] as const;
export type Fact = (typeof FACTS)[number];

type Step = Extract<
  z.infer<typeof StopStep>,
  'waiting' | 'opening' | 'open' | 'attest' | 'done' | 'jammed' | 'unknown'
>;

interface Cell {
  readonly step: Step;
  /** Whether a (further) grant may be given. */
  readonly again: boolean;
}

const cell = (step: Step, again = false): Cell => ({ step, again });

/** `own`: the agent released it itself, while it was alone. `hub`: the hub gave that grant. */
export const STANDING: Record<Fact, Record<'own' | 'hub', Cell>> = {
  'never-pulsed': { own: cell('waiting', true), hub: cell('waiting', true) },
  pending: { own: cell('opening'), hub: cell('opening') },
  open: { own: cell('open'), hub: cell('open') },
  closed: { own: cell('done'), hub: cell('done') },
  'stayed-closed': { own: cell('jammed', true), hub: cell('jammed', true) },
  unknown: { own: cell('unknown'), hub: cell('unknown') },
  // What somebody may have said to a hub that is away, nobody here knows.
  unattested: { own: cell('attest'), hub: cell('unknown') },
  'attested-closed': { own: cell('done'), hub: cell('done') },
  'attested-stuck': { own: cell('jammed', true), hub: cell('jammed', true) },
};

/** What a person may say at a door. */
export type PickupAct = 'open' | 'closed' | 'did-not-open';
const NOTHING = { open: false, closed: false, 'did-not-open': false };

export const MAY: Record<Step, Record<PickupAct, boolean>> = {
  waiting: { ...NOTHING, open: true },
  opening: NOTHING,
  open: NOTHING,
  attest: { ...NOTHING, closed: true, 'did-not-open': true },
  done: NOTHING,
  jammed: { ...NOTHING, open: true },
  unknown: NOTHING,
};

/** What is known of one delivery here. */
export interface Standing {
  readonly step: Step;
  readonly attemptsLeft: number;
  /** Why no grant may be given now, or null. */
  readonly refusal: 'door-unverified' | 'delivery-moved' | 'not-now' | 'attempts-used-up' | null;
  readonly grant: GrantRecord | undefined;
}

/** What the ledger and the bank say of a delivery's place. */
export interface Known {
  /** All grants of the delivery, oldest first. */
  readonly grants: readonly GrantRecord[];
  readonly place: CompartmentRecord | undefined;
  readonly sensed: boolean;
  /** An emergency may have opened it, and nobody has looked since. */
  readonly unwalked: boolean;
}

/** @param retries further attempts at a door that was seen closed throughout. */
export function standingOf(
  delivery: string,
  { grants, place, sensed, unwalked }: Known,
  retries: number,
): Standing {
  // What was refused before any pulse says nothing about the door: an earlier opening stands.
  const pickups = grants.filter(
    (grant) => grant.purpose === 'pickup' && factOf(grant, sensed) !== 'never-pulsed',
  );
  const grant = pickups.at(-1);
  const fact = grant ? factOf(grant, sensed) : 'never-pulsed';
  const { step, again } = STANDING[fact][grant?.released ? 'own' : 'hub'];
  const tried = pickups.filter(({ released }) => released).length;
  const attemptsLeft = Math.max(0, retries + 1 - tried);
  return { step, attemptsLeft, grant, refusal: whyNot() };

  function whyNot(): Standing['refusal'] {
    // Who stood before the open door took what they liked, and whoever shut it may have put something in.
    if (unwalked) return 'door-unverified';
    // The list is older than this opening: another parcel is in there by now.
    if (place && place.delivery !== null && place.delivery !== delivery) return 'delivery-moved';
    if (!again) return 'not-now';
    // A door that was opened by force after it jammed was not seen closed throughout.
    if (fact !== 'never-pulsed' && place?.forced) return 'not-now';
    return attemptsLeft === 0 ? 'attempts-used-up' : null;
  }
}

const FACT: Record<GrantOutcome, (grant: GrantRecord, sensed: boolean) => Fact> = {
  refused: () => 'never-pulsed',
  burned: () => 'never-pulsed',
  begun: () => 'pending',
  pulsed: (grant, sensed) => (sensed ? 'pending' : attestedOr(grant, 'unattested')),
  opened: ({ closed }) => (closed ? 'closed' : 'open'),
  jammed: () => 'stayed-closed',
  unknown: settled,
  interrupted: settled,
};

export function factOf(grant: GrantRecord, sensed: boolean): Fact {
  return FACT[grant.outcome](grant, sensed);
}

/** A door with a sensor that settled was seen closed all the while; one without may have been open. */
function settled(grant: GrantRecord, sensed: boolean): Fact {
  if (!grant.ended) return 'unknown';
  return sensed ? 'stayed-closed' : attestedOr(grant, 'unattested');
}

function attestedOr({ attested }: GrantRecord, otherwise: Fact): Fact {
  if (attested === null) return otherwise;
  return attested === 'closed' ? 'attested-closed' : 'attested-stuck';
}
