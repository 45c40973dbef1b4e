/** The walk: staff compare what is behind each door of a bank with the records. */
import { z } from 'zod';
import { ZoneName } from '../../bank/layout.ts';
import { Id, Slug } from '../../ids.ts';
import { Door, Doors } from './fields.ts';

/**
 * What staff found behind a door. `differs`: something is missing, or something is there that no record has.
 * `no-opening`: it could not be looked into. `skipped`: it was not looked into.
 */
export const Finding = z.enum(['as-recorded', 'differs', 'no-opening', 'skipped']);
export type Finding = z.infer<typeof Finding>;

/** What became of something that no record has. */
export const Foreign = z.enum(['none', 'left-inside', 'taken-to-desk']);
export type Foreign = z.infer<typeof Foreign>;

/** Parcels that are named at once, when the desk is compared. */
export const MAX_DESK_PARCELS = 500;

/** Zones that are named at once; where more are strewn over, the whole room is closed by naming none. */
export const MAX_FOREIGN_ZONES = 40;

export const RECONCILIATION_PAYLOADS = {
  'reconciliation.started': z.object({ reconciliation: Id, bank: Slug, doors: Doors }),
  'reconciliation.door': z.object({
    reconciliation: Id,
    ...Door,
    finding: Finding,
    /** Deliveries that should be there and are not. */
    missing: z.array(Id),
    foreign: Foreign,
    /** On which zones of the room behind the door that lay which no record has; none: behind the door. */
    zones: z.array(ZoneName).max(MAX_FOREIGN_ZONES).default([]),
    /** Why the records were corrected at once; absent: the differences became cases. */
    reason: z.string().max(200).optional(),
  }),
  'reconciliation.ended': z.object({ reconciliation: Id, bank: Slug }),
  /** How many doors were found how; those that nobody came to count as skipped. */
  'bank.reconciled': z.object({
    bank: Slug,
    asRecorded: z.int(),
    differs: z.int(),
    noOpening: z.int(),
    skipped: z.int(),
  }),
  /** What the desk holds was compared with the records: so many were there. `foreign`: and something that no record has. */
  'desk.reconciled': z.object({
    there: z.int(),
    missing: z.array(Id).max(MAX_DESK_PARCELS),
    foreign: z.boolean(),
    /** Why the records were corrected at once; absent: what is missing became cases. */
    reason: z.string().max(200).optional(),
  }),
} as const;
