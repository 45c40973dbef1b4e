/**
 * The contract between the fleet page and the cloud's gateway, the part about operators: who they are, what they may
 * do, and what they did. They sign in and get the cookie `lockerhub_operator` (HttpOnly, SameSite=Strict).
 *
 * | request, below /api/v1 | answer | role |
 * | --- | --- | --- |
 * | POST /sign-in `SignIn` | `OperatorMe` + cookie | |
 * | POST /sign-out | 204 | |
 * | GET  /me | `OperatorMe` | any |
 * | POST /me/password `ChangePassword` | 204; all other sessions end | any |
 * | POST /invitations/look `InvitationToken` | `InvitationView` | whoever has the link |
 * | POST /invitations/accept `AcceptInvitation` | `OperatorMe` + cookie; once | whoever has the link |
 * | GET  /organisations/:organisation/operators | `OperatorsView` | admin |
 * | POST /organisations/:organisation/invitations `NewInvitation` | `InvitationMade`: shown once | admin |
 * | POST /organisations/:organisation/invitations/:invitation/withdraw | 204 | admin |
 * | POST /organisations/:organisation/operators/:operator/role `ChangeRole` | 204 | admin |
 * | POST /organisations/:organisation/operators/:operator/disable, …/enable | 204 | admin |
 * | GET  /organisations/:organisation/audit?before=&limit= | `Page<AuditView>` | admin |
 *
 * Buildings, alarms and commands: `fleet.ts`, `alarms.ts`, `cloud-commands.ts`.
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { Login, Password } from './staff.ts';

/** `viewer` sees how buildings do and no names; `support` also sees people and acts; `admin` also decides who may. */
export const OperatorRole = z.enum(['viewer', 'support', 'admin']);
export type OperatorRole = z.infer<typeof OperatorRole>;

const Name = z.string().trim().min(1).max(120);

export const OperatorMe = z.object({
  operator: Id,
  login: z.string(),
  name: z.string(),
  organisations: z.array(z.object({ organisation: Id, name: z.string(), role: OperatorRole })),
});
export type OperatorMe = z.infer<typeof OperatorMe>;

export const ChangePassword = z.object({ old: z.string().min(1).max(200), password: Password });

export const InvitationToken = z.object({ token: z.string().min(20).max(200) });
/** `login`: of the operator who gets a new password by it; null: a new operator chooses one. */
export const InvitationView = z.object({
  organisation: z.string(),
  role: OperatorRole,
  name: z.string(),
  login: z.string().nullable(),
});
export type InvitationView = z.infer<typeof InvitationView>;
/** `login` is taken from the operator where the invitation is for one. */
export const AcceptInvitation = InvitationToken.extend({ login: Login.optional(), password: Password });
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;

/** `operator`: a new password for somebody who is one already; else a new operator. */
export const NewInvitation = z.object({ name: Name, role: OperatorRole, operator: Id.optional() });
export type NewInvitation = z.infer<typeof NewInvitation>;
/** `path`: the link below the cloud's own address; its secret stands behind `#` and so reaches no log of a server. */
export const InvitationMade = z.object({ invitation: Id, path: z.string(), expiresAtMs: z.number() });
export type InvitationMade = z.infer<typeof InvitationMade>;

export const ChangeRole = z.object({ role: OperatorRole });

export const OperatorView = z.object({
  operator: Id,
  login: z.string(),
  name: z.string(),
  role: OperatorRole,
  disabled: z.boolean(),
  /** Null: never signed in. */
  signedInAtMs: z.number().nullable(),
});
export type OperatorView = z.infer<typeof OperatorView>;
export const OpenInvitation = z.object({
  invitation: Id,
  name: z.string(),
  role: OperatorRole,
  expiresAtMs: z.number(),
});
export const OperatorsView = z.object({
  operators: z.array(OperatorView),
  invitations: z.array(OpenInvitation),
});

/** Everything that an operator does, or looks at that is personal. Ids only in `detail`, never names. */
export const AUDIT_ACTIONS = [
  'operator.signed-in',
  'operator.password-changed',
  'operator.invited',
  'operator.invitation-withdrawn',
  'operator.joined',
  'operator.role-changed',
  'operator.disabled',
  'operator.enabled',
  'building.created',
  'building.code-made',
  'building.hub-revoked',
  'building.unfrozen',
  'building.log-check-asked',
  'people.seen',
  'delivery.seen',
  'resident.added',
  'resident.changed',
  'resident.erased',
  'courier.added',
  'courier.changed',
  'courier.revoked',
  'carrier.removed',
  'policy.changed',
  'command.asked',
  'command.approved',
  'command.refused',
  'command.withdrawn',
  'alarm.acknowledged',
  'alarm-target.added',
  'alarm-target.removed',
  'alarm-target.tried',
] as const;
export const AuditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditView = z.object({
  audit: Id,
  atMs: z.number(),
  operator: Id,
  operatorName: z.string(),
  action: AuditAction,
  building: Id.nullable(),
  buildingName: z.string().nullable(),
  /** What it was done to: an id of ours. */
  subject: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  address: z.string(),
});
export type AuditView = z.infer<typeof AuditView>;
