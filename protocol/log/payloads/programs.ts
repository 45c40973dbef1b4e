/** Programs that ask the hub by a key of their own. */
import { z } from 'zod';
import { Id } from '../../ids.ts';

export const PROGRAMS_PAYLOADS = {
  /** `scopes`: what it may do, as protocol/http/api-keys names it. */
  'api-key.made': z.object({
    key: Id,
    scopes: z.array(z.string().max(40)).max(40),
    expiresAt: z.int().min(0).nullable(),
  }),
  'api-key.revoked': z.object({ key: Id }),
} as const;
