/**
 * Claim slips: paper for the letter box of a unit of which nobody can be told. Who comes first with it, or proves otherwise
 * that they live there, becomes a resident of the unit.
 */
import { z } from 'zod';
import { Id } from '../../ids.ts';

/** How staff know that somebody lives there: an ID that names them, a key to the unit, or they know them. */
export const Verified = z.enum(['id', 'key', 'known']);
export type Verified = z.infer<typeof Verified>;

/** `code`: by the invite code of a slip, at a kiosk. */
export const ClaimedBy = z.enum([...Verified.options, 'code']);
export type ClaimedBy = z.infer<typeof ClaimedBy>;

/**
 * Why a slip claims nothing any more. `told`: somebody of the unit was told after all; `nothing-left`: what it was for does
 * not wait any more, or others live there now; `revoked`: somebody knows its code who should not.
 */
export const SlipEnd = z.enum(['claimed', 'replaced', 'told', 'over', 'nothing-left', 'revoked']);
export type SlipEnd = z.infer<typeof SlipEnd>;

export const SLIPS_PAYLOADS = {
  /** A slip was printed; the former one of the unit is void. */
  'slip.issued': z.object({
    slip: Id,
    unit: Id,
    /** Whom its bearer joins; null: nobody lives there. */
    household: Id.nullable(),
    /** Whether it bears an invite code; else it leads to the desk. */
    code: z.boolean(),
    untilMs: z.int().min(0),
  }),
  'slip.ended': z.object({ slip: Id, reason: SlipEnd }),
  /** Somebody claimed what waited for the unit, and is from now on a resident of it. */
  'resident.bound': z.object({
    resident: Id,
    unit: Id,
    household: Id,
    /** Null: none was printed. */
    slip: Id.nullable(),
    how: ClaimedBy,
    /** False: staff knew them in a resident who was in the list already. */
    isNew: z.boolean(),
  }),
} as const;
