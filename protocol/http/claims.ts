/**
 * Parcels of which nobody of their unit can be told.
 *
 * | request | answer |
 * | --- | --- |
 * | POST /api/v1/deliveries/:delivery/slip | `ClaimSlip`: to be printed for the letter box; the unit's former slip is void |
 * | POST /api/v1/deliveries/:delivery/claim `Claim` | `Claimed`: who came for it is a resident of the unit now |
 * | POST /api/v1/visits/:visit/introduction `Introduction` | `VisitView`: at a terminal, by whoever came by a slip in this visit |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { Verified } from '../log/payloads/slips.ts';
import { Contact } from './messages.ts';

const Name = z.string().trim().min(1).max(120);
const Language = z.string().min(2).max(20);

/**
 * Why nobody can be told of a parcel: nobody lives in its unit, nobody whom it is for has a contact, or what they have is
 * of no use because nothing is set up that sends to it.
 */
export const UntoldReason = z.enum(['nobody-lives', 'no-contact', 'no-channel']);
export type UntoldReason = z.infer<typeof UntoldReason>;

export const ClaimSlip = z.object({
  slip: Id,
  unitName: z.string(),
  /** By the building's wall clock, ms since 1970. */
  untilMs: z.number(),
  /** Eight digits; null: it leads to the desk alone. */
  code: z.string().nullable(),
  /** The page to print, in the building's language: HTML that fetches nothing. */
  page: z.string(),
});
export type ClaimSlip = z.infer<typeof ClaimSlip>;

export const Claim = z.object({
  /** Somebody of the list, or somebody new. */
  claimant: z.union([z.object({ resident: Id }), z.object({ name: Name, language: Language })]),
  /** How to tell them from now on; null: they are asked to come by. */
  contact: Contact.nullable(),
  how: Verified,
});
export type Claim = z.infer<typeof Claim>;

export const Claimed = z.object({
  resident: Id,
  /** Whether a message with their code is on its way. */
  told: z.boolean(),
  /** Eight digits, if no message goes out: for staff to pass on. */
  code: z.string().nullable(),
});
export type Claimed = z.infer<typeof Claimed>;

/** What somebody who came by a slip says of themselves: an e-mail address or a phone number, and who they are. */
export const Introduction = z.object({ to: z.string().trim().min(1).max(254), name: Name.optional() });
export type Introduction = z.infer<typeof Introduction>;
