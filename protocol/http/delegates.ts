/**
 * Whom a resident lets collect for them.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/residents/:resident/delegates | `DelegateView[]` |
 * | POST /api/v1/residents/:resident/delegates `NewDelegate` | `NamedDelegate`: their code was sent, or is shown once |
 * | POST /api/v1/residents/:resident/delegates/:delegate/end | 204: their code is void, also in a visit that goes on |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { Contact } from './messages.ts';

export const DelegateView = z.object({
  delegate: Id,
  /** The one parcel; null: all that is the resident's. */
  delivery: Id.nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  /** Parcels that they may take, behind doors that they may not open: others of the household have parcels there too. */
  blocked: z.int(),
});
export type DelegateView = z.infer<typeof DelegateView>;

export const NewDelegate = z.object({
  delivery: Id.nullable(),
  /** By the building's wall clock, ms since 1970. */
  fromMs: z.int().min(0),
  untilMs: z.int().min(0),
  /** Where their code goes, at once and once; it is stored nowhere. Null: whoever names them passes it on. */
  tell: z.object({ contact: Contact, language: z.string().min(2).max(20) }).nullable(),
});
export type NewDelegate = z.infer<typeof NewDelegate>;

export const NamedDelegate = z.object({
  delegate: DelegateView,
  /** What became of the message. */
  sent: z.boolean(),
  /** Why it was not sent, where it was asked for. */
  reason: z.string().nullable(),
  /** Eight digits, if they were not sent: shown once. */
  code: z.string().nullable(),
});
export type NamedDelegate = z.infer<typeof NamedDelegate>;
