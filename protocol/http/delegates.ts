/**
 * Whom a resident lets collect for them.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/residents/:resident/delegates | `DelegateView[]` |
 * | POST /api/v1/residents/:resident/delegates `NewDelegate` | `NamedDelegate`: their code was sent, or is shown once |
 * | POST /api/v1/residents/:resident/delegates/:delegate/end | 204: their code is void, also in a visit that goes on |
 *
 * Residents do it themselves from a phone, wherever it is: their code says who they are, and opens nothing by that. It
 * comes as the cookie `lockerhub_resident` from then on, for a quarter of an hour.
 *
 * | request | answer |
 * | --- | --- |
 * | POST /api/v1/phone/residents `CodeShown` | `OwnDelegates` + cookie |
 * | GET  /api/v1/phone/delegates | `OwnDelegates` |
 * | POST /api/v1/phone/delegates `OwnNewDelegate` | `NamedDelegate` |
 * | POST /api/v1/phone/delegates/:delegate/end | 204 |
 */
import { z } from 'zod';
import { Size } from '../bank/layout.ts';
import { Id } from '../ids.ts';
import { Contact } from './messages.ts';
import { StartVisit } from './visit.ts';

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

/** As a resident writes it on a phone: an address, or a phone number that may name no country. */
export const OwnNewDelegate = NewDelegate.extend({
  tell: z.object({ to: z.string().trim().min(1).max(254), language: z.string().min(2).max(20) }).nullable(),
});
export type OwnNewDelegate = z.infer<typeof OwnNewDelegate>;

/** A resident's own code, and their unit where that is asked for (`code-owner-needed`). */
export const CodeShown = StartVisit.omit({ pin: true });
export type CodeShown = z.infer<typeof CodeShown>;

/** Whom a resident lets collect, and what they may give away, for their own phone. */
export const OwnDelegates = z.object({
  unitName: z.string(),
  delegates: z.array(DelegateView),
  /** What waits for them and is theirs to give, one by one. */
  parcels: z.array(
    z.object({
      delivery: Id,
      size: Size,
      /** By the wall clock; null: nobody knows. */
      sinceMs: z.number().nullable(),
      /** Null: at the desk. */
      bankName: z.string().nullable(),
    }),
  ),
  /** The ways by which the building can send a code. */
  channels: z.array(z.enum(['email', 'sms'])),
  /** Somebody may collect for so long at most, if a phone says so. */
  mostMs: z.number(),
});
export type OwnDelegates = z.infer<typeof OwnDelegates>;
