/** Locks and their power supplies. */
import { z } from 'zod';
import { CompartmentNumber, Id, Slug } from '../../ids.ts';
import { Door } from './fields.ts';

/** A power supply as the bank file names it: `shared/<supply>`, or a line's own, `line/<line>`. */
const SupplyName = z
  .string()
  .min(1)
  .max(60)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: part of a subject, and no text in Postgres holds a NUL
  .regex(/^[^\u0000]*$/, 'no NUL');

export const LOCKS_PAYLOADS = {
  /** `jams`: how often this lock has now jammed in a row. */
  'lock.jammed': z.object({ ...Door, supply: SupplyName, grant: Id, jams: z.int().min(1) }),
  /** A lock's row of jams is over. `over`: nothing is left to remember of its supply. */
  'lock.cleared': z.object({
    ...Door,
    supply: SupplyName,
    why: z.enum(['opened', 'retired']),
    over: z.boolean(),
  }),
  /** So many different locks jammed in a row: it is their supply, and counts against none of them. */
  'supply.failed': z.object({
    bank: Slug,
    supply: SupplyName,
    case: Id,
    compartments: z.array(CompartmentNumber).max(64),
  }),
  'supply.restored': z.object({ bank: Slug, supply: SupplyName }),
} as const;
