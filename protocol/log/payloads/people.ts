/** People and things with rows of their own (the row holds what is personal), their codes, and who stands in for them. */
import { z } from 'zod';
import { Id, Slug } from '../../ids.ts';

export const PEOPLE_PAYLOADS = {
  'row.changed': z.object({
    table: z.enum(['units', 'households', 'residents', 'carriers', 'couriers', 'staff', 'banks', 'policies']),
    row: z.string().max(60),
    fields: z.array(z.string().max(40)).max(40),
  }),
  'code.issued': z.object({ holder: Id, generation: z.int().min(0) }),
  'code.revoked': z.object({ holder: Id }),
  /** A resident got a PIN, the former one is void; or has none any more. */
  'pin.given': z.object({ resident: Id }),
  'pin.ended': z.object({ resident: Id }),
  'fob.registered': z.object({ fob: Id, resident: Id }),
  'fob.ended': z.object({ fob: Id, resident: Id }),
  /** A resident lets somebody collect for them, by wall clock within a window; `delivery` null: all that is theirs. */
  'delegate.named': z.object({
    delegate: Id,
    resident: Id,
    delivery: Id.nullable(),
    fromMs: z.int().min(0),
    untilMs: z.int().min(0),
  }),
  'delegate.ended': z.object({ delegate: Id, reason: z.enum(['revoked', 'over', 'nothing-left']) }),
  'terminal.paired': z.object({ terminal: Id, bank: Slug.nullable() }),
  'terminal.revoked': z.object({ terminal: Id }),
  'staff.signed-in': z.object({ staff: Id }),
  /** At the hub's console somebody voided the account's password and sessions, and made another way in. */
  'staff.reset': z.object({ staff: Id }),
} as const;
