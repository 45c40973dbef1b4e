/**
 * Who works here, and what they may do.
 *
 * | route | answer |
 * | --- | --- |
 * | GET /api/v1/staff | `AccountView[]` |
 * | POST /api/v1/staff `NewAccount` | `Invitation`: there is no password until the invited one sets it |
 * | POST /api/v1/staff/:id `ChangeAccount` | `AccountView`: disabling ends their sessions and open pages at once |
 * | POST /api/v1/staff/:id/invite | `Invitation`: a new way in for who has lost theirs; the old password is void |
 * | GET /api/v1/staff/:id/known-codes | `KnownCode[]`: living codes that they have read or issued |
 * | POST /api/v1/staff/:id/rotate | `Rotated`: all of those become others; residents with parcels are told |
 * | GET /api/v1/me/account | `OwnAccount` |
 * | POST /api/v1/me/account `OwnAddress` | `OwnAccount`: where whoever asks is told |
 * | POST /api/v1/me/account/test | `TestResult` (`messages.ts`): a mail to that address, now |
 * | POST /api/v1/me/account/password `ChangePassword` | 204: every other session of that account ends |
 * | POST /api/v1/invitation `TakeInvitation` | 204: the password is set |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { Email, Login, Password, Role, SignIn } from './staff.ts';

export const AccountView = z.object({
  staff: Id,
  login: z.string(),
  name: z.string(),
  role: Role,
  disabled: z.boolean(),
  /** Has not set a password yet. */
  invited: z.boolean(),
  /** Where they are told what only managers can mend; null: nowhere. */
  email: z.string().nullable().default(null),
});
export type AccountView = z.infer<typeof AccountView>;

export const NewAccount = z.object({
  login: Login,
  name: z.string().trim().min(1).max(120),
  role: Role,
  email: Email.optional(),
});
/** What is absent stays as it is. Whoever is disabled has no address any more. */
export const ChangeAccount = z.object({
  role: Role.optional(),
  disabled: z.boolean().optional(),
  email: Email.nullable().optional(),
});

export const OwnAddress = z.object({
  email: Email.nullable(),
  /** In which they are told, as they read the page. */
  language: z.string().min(2).max(20),
});
export type OwnAddress = z.infer<typeof OwnAddress>;
/** Whoever is signed in, and whether they can be told by mail. */
export const OwnAccount = AccountView.pick({
  staff: true,
  login: true,
  name: true,
  role: true,
  email: true,
}).extend({
  /** Whether the building has a mail server; without one nobody can be told by mail. */
  hasMail: z.boolean(),
  /** Why that does not work just now; null: it does, or was not tried. */
  trouble: z.string().nullable(),
});
export type OwnAccount = z.infer<typeof OwnAccount>;
/** Whoever is signed in gives the present password too: a page left open is not enough. */
export const ChangePassword = z.object({ present: SignIn.shape.password, next: Password });
export type ChangePassword = z.infer<typeof ChangePassword>;
/** `token` is shown once; `expiresAt` by the hub's clock. */
export const Invitation = z.object({ account: AccountView, token: z.string(), expiresAt: z.number() });
export type Invitation = z.infer<typeof Invitation>;
export const TakeInvitation = z.object({ token: z.string().min(20).max(200), password: Password });

export const KnownCode = z.object({
  holder: Id,
  /** Of a delegate `name` is the resident's who sends them, of a claim slip its unit's. */
  kind: z.enum(['resident', 'courier', 'delegate', 'slip']),
  name: z.string(),
  /** `named`: they chose where a delegate's code goes. `given`: they made a resident's PIN, and saw it. `printed`: a claim slip. */
  how: z.enum(['read', 'issued', 'named', 'given', 'printed']),
});
export type KnownCode = z.infer<typeof KnownCode>;
/**
 * Couriers are told their new code by staff, and residents their new PIN; residents with something waiting get a message.
 * Where a delegate's code could be sent again nobody knows: they may not collect any more, until they are named anew.
 */
export const Rotated = z.object({
  rotated: z.int(),
  couriers: z.array(z.object({ name: z.string(), code: z.string() })),
  pins: z.array(z.object({ resident: Id, name: z.string(), pin: z.string() })).default([]),
  /** Residents whose delegate ended, once for each. */
  delegatesOf: z.array(z.string()).default([]),
});
export type Rotated = z.infer<typeof Rotated>;
