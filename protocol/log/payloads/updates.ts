/** The hub brought to another release. */
import { z } from 'zod';
import { Id } from '../../ids.ts';
import { UpdateFault } from '../../update/files.ts';

const Version = z.string().max(60);

export const UPDATES_PAYLOADS = {
  /** Somebody wants it. `at`: from when on, ms since 1970; null: at once. */
  'update.asked': z.object({
    update: Id,
    version: Version,
    /** Null: it is fetched first, and then known. */
    commit: z.hex().length(40).nullable(),
    at: z.number().nullable(),
  }),
  /** `release`: whose programs it was about; null: it came to none, as one that was called off. */
  'update.ended': z.object({
    update: Id,
    release: Version.nullable(),
    outcome: z.enum(['kept', 'not-kept', 'called-off', 'missed']),
    code: UpdateFault.nullable(),
  }),
} as const;
