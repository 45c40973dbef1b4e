/** Banks, and the agents that may speak for them. */
import { z } from 'zod';
import { Id, Slug } from '../../ids.ts';
import { ToldUpdate } from '../../update/files.ts';

export const BANKS_PAYLOADS = {
  'bank.online': z.object({ bank: Slug, session: z.int() }),
  'bank.offline': z.object({ bank: Slug, session: z.int().nullable(), reason: z.string().max(200) }),
  'agent.invited': z.object({ agent: Id, bank: Slug }),
  'agent.cancelled': z.object({ agent: Id, bank: Slug }),
  /** `fingerprint`: SHA-256 of its certificate; `replaces`: whose right to speak for the bank ended by it. */
  'agent.joined': z.object({
    agent: Id,
    bank: Slug,
    fingerprint: z.hex().length(64),
    replaces: Id.nullable(),
  }),
  /** Somebody with another key knew the code of an agent that had joined. */
  'agent.refused': z.object({ agent: Id, bank: Slug, reason: z.enum(['code-used']) }),
  /** It was given its next certificate. */
  'agent.renewed': z.object({ agent: Id, bank: Slug, fingerprint: z.hex().length(64) }),
  /** Its right to speak for the bank ended; the codes on its pickup lists are void. */
  'agent.revoked': z.object({ agent: Id, bank: Slug, reason: z.string().max(200) }),
  /** It said another version of itself than before, or its first one. */
  'agent.version': z.object({ bank: Slug, software: z.string().max(40) }),
  /** It told how the last update of its machine ended. */
  'agent.updated': z.object({ bank: Slug, update: ToldUpdate }),
} as const;
