/** Commissioning: one walk through a bank's doors. */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../../ids.ts';
import { Door, Doors } from './fields.ts';

/**
 * What a commissioning walk found at a door. `says-open`: a person sees it closed, its sensor says open. `unclear`:
 * more than one sensor changed, or one changed and nobody saw a door open.
 */
export const DoorFinding = z.enum([
  'right',
  'outputs-crossed',
  'sensors-crossed',
  'both-crossed',
  'no-sensor-seen',
  'did-not-open',
  'says-open',
  'unclear',
  'skipped',
]);
export type DoorFinding = z.infer<typeof DoorFinding>;

/** What of the wiring in a bank file was corrected. */
export const CorrectedPart = z.enum(['outputs', 'sensors', 'both', 'polarity']);
export type CorrectedPart = z.infer<typeof CorrectedPart>;

export const COMMISSIONING_PAYLOADS = {
  /** Staff had the units of a line looked for, by reads alone. */
  'commissioning.scanned': z.object({ bank: Slug, line: Slug }),
  'commissioning.started': z.object({ walk: Id, bank: Slug, doors: Doors }),
  /** A person saw all doors closed; the sensors of `sayOpen` disagree. */
  'commissioning.doors-closed': z.object({ walk: Id, bank: Slug, sayOpen: Doors }),
  /** A door was fired (`grant`) and judged by which door popped and whose sensors changed; or it was skipped. */
  'commissioning.door': z.object({
    walk: Id,
    ...Door,
    grant: Id.nullable(),
    popped: CompartmentNumber.nullable(),
    changed: Doors,
    finding: DoorFinding,
  }),
  /** The bank file's wiring was changed; these doors have to be tried again. */
  'commissioning.corrected': z.object({ walk: Id, bank: Slug, part: CorrectedPart, doors: Doors }),
  /** `hash`: SHA-256 (hex) of the signed map's text. */
  'commissioning.signed': z.object({ walk: Id, bank: Slug, hash: z.hex().length(64) }),
  'commissioning.abandoned': z.object({ walk: Id, bank: Slug }),
} as const;
