/** Cases: what needs a person. */
import { z } from 'zod';
import { ZoneName } from '../../bank/layout.ts';
import { CompartmentNumber, Id, Slug } from '../../ids.ts';
import { MAX_DETAIL_CHARACTERS } from './fields.ts';

export const CaseKind = z.enum([
  'jammed',
  'forced',
  'left-open',
  'unconfirmed-deposit',
  'nothing-inside',
  'unfinished-drop-off',
  'unfinished-pickup',
  'unknown-opening',
  'message-undelivered',
  'bank-away',
  'record-disagrees',
  'uncollected',
  /** A resident or courier says that a parcel is not where it should be. */
  'parcel-gone',
  /** A lock that gets slower or jams more often than it did. */
  'lock-wearing',
  /** Several locks of one power supply jammed in a row: the supply, not the locks. */
  'lock-power',
  /** The hub took a compartment out of service. */
  'out-of-service',
  /** A bank released its doors in an emergency; until it is closed nothing there is given out. */
  'emergency',
  /** A parcel's door was open in an emergency: somebody has to look whether it is still there. */
  'emergency-opened',
  /** A hub that was replaced still held entries that nobody else has: what they tell may have happened. */
  'orphaned-entries',
  /** Hub and cloud hold different entries under one number: one of them was changed. */
  'cloud-disagrees',
  /** An entry of this hub's own log is not as it was written. */
  'log-changed',
  /** At the hub's console somebody made another way in for a manager: the others are to know. */
  'access-reset',
  /** No backup could be made. */
  'backup-failing',
  /** Another hub bears the same epoch: opening from afar is frozen. */
  'epoch-clash',
  /** The cloud does not take an entry or a row as it is. */
  'cloud-refuses',
  /** A parcel of which nobody knows whose it is: staff find out and match it. */
  'recipient-unknown',
  /** A courier was told to take a parcel to the desk: staff say whether they have it. */
  'desk-hand-over',
  /** A parcel waits for a unit of which nobody can be told: staff print a claim slip, or find somebody out. */
  'nobody-told',
  /** Somebody told staff that something is wrong with a door. */
  'door-reported',
]);
export type CaseKind = z.infer<typeof CaseKind>;

export const CASES_PAYLOADS = {
  'case.opened': z.object({
    case: Id,
    kind: CaseKind,
    bank: Slug.nullable(),
    compartment: CompartmentNumber.nullable(),
    /** Only one zone of the room behind the door is in doubt. */
    zone: ZoneName.optional(),
    delivery: Id.nullable(),
    detail: z.string().max(MAX_DETAIL_CHARACTERS).optional(),
  }),
  /** Who wrote it sees to it from now on; also in somebody else's stead. */
  'case.taken': z.object({ case: Id }),
  /** Nobody sees to it any more. */
  'case.released': z.object({ case: Id }),
  /** What somebody found or did meanwhile. */
  'case.noted': z.object({ case: Id, note: z.string().min(1).max(500) }),
  'case.closed': z.object({ case: Id, resolution: z.string().max(500) }),
} as const;
