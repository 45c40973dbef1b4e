/**
 * The contract between the staff page and the hub. Staff sign in and get the cookie `lockerhub_staff` (HttpOnly,
 * SameSite=Strict); the same requests work with `Authorization: Bearer <session>`.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/setup | `SetupState` |
 * | POST /api/v1/setup `Setup` | `Me` + cookie; once, on an empty building |
 * | POST /api/v1/sign-in `SignIn` | `Me` + cookie |
 * | POST /api/v1/sign-out | 204 |
 * | GET  /api/v1/me | `Me` |
 * | GET  /api/v1/building | `BuildingView` |
 * | GET  /api/v1/stream | server-sent events, see `stream.ts` |
 * | GET  /api/v1/deliveries?q=&state=&before=&limit= | `Page<DeliveryView>`, newest first |
 * | GET  /api/v1/deliveries/:delivery | `DeliveryStory` |
 * | GET  /api/v1/deliveries/:delivery/proof?until= | `Proof` of all its entries, to the head or to entry `until` |
 * | GET  /api/v1/log?before=&limit= | `Page<LogEntryView>`, newest first |
 * | GET  /api/v1/log/:seq/proof?through=&until= | `Proof` from that entry to the head or to entry `until`; the entries up to `through` (default: only `:seq`) are open |
 * | GET  /api/v1/outbox?before=&limit= | `Page<MessageView>`, codes masked |
 * | POST /api/v1/outbox/:message/reveal | `{ text }`, leaves a log entry |
 * | GET  /api/v1/cases?state=open\|closed&before=&limit= | `Page<CaseView>` |
 * | POST /api/v1/cases/:case/close `CloseCase` | `CaseView` |
 * | GET  /api/v1/residents, POST `NewResident` | `ResidentView[]`, `ResidentView` |
 * | GET  /api/v1/couriers, POST `NewCourier` | `CourierView[]`, `CourierView & { code }` |
 * | POST /api/v1/couriers/:courier/revoke | `CourierView` |
 * | GET  /api/v1/terminals | `TerminalView[]` |
 * | POST /api/v1/terminals/codes `NewTerminalCode` | `TerminalCode` (one-time) |
 * | POST /api/v1/terminals/:terminal/revoke | 204 |
 * | GET  /api/v1/agents | `AgentView[]` |
 * | POST /api/v1/banks/:bank/agents | `AgentCode` (one-time): an agent of its own is to drive this bank |
 * | POST /api/v1/agents/:agent/cancel | 204: the code is void |
 * | POST /api/v1/agents/:agent/revoke `Because` | 204: it is cut off, and the codes on its pickup lists are void |
 * | POST /api/v1/banks `NewBank` | `BankCredentials`: shown once |
 * | POST /api/v1/banks/check `BankFileText` | 204, or what is wrong with it, by line and key |
 * | GET  /api/v1/banks/:bank/file | `StoredBankFile` |
 * | POST /api/v1/banks/:bank/file `BankFileText` | 204; the agent's password stays |
 * | POST /api/v1/banks/:bank/compartments/:n/open `Because` | `{ grant }` |
 * | POST /api/v1/banks/:bank/compartments/:n/retire `Because` | 204 |
 * | POST /api/v1/banks/:bank/compartments/:n/return `Because` | 204 |
 * | POST /api/v1/banks/:bank/compartments/:n/verify | 204: staff have looked, after the hub was replaced or restored |
 * | POST /api/v1/banks/:bank/emergency/end `Because` | 204: the doors were walked after an emergency |
 *
 * Health of locks, and mechanical keys: `locks.ts`. Commissioning: `commissioning.ts`.
 */
import { z } from 'zod';
import { Layout, Size } from '../bank/layout.ts';
import { DoorState, EmergencyState, LineState } from '../bank/messages.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { Actor, CaseKind, Confirmation } from '../log/payload.ts';

export const Role = z.enum(['manager', 'desk', 'auditor', 'installer']);
export type Role = z.infer<typeof Role>;

/** NIST SP 800-63B: at least 8 characters when it is the only factor is the floor; we ask for 10. */
export const Password = z.string().min(10).max(200);
export const Login = z.string().trim().toLowerCase().min(1).max(80);

export const SetupState = z.object({ needed: z.boolean() });
export const Setup = z.object({
  building: Slug,
  name: z.string().trim().min(1).max(80),
  timeZone: z.string().min(1).max(60),
  language: z.string().min(2).max(20),
  login: Login,
  password: Password,
});
export type Setup = z.infer<typeof Setup>;

export const SignIn = z.object({ login: Login, password: z.string().min(1).max(200) });
export const Me = z.object({ staff: Id, name: z.string(), role: Role });
export type Me = z.infer<typeof Me>;

/** What waits in a compartment, or is on its way in or out. */
export const Held = z.object({ delivery: Id, unitName: z.string(), state: z.string() });

export const DoorView = z.object({
  number: CompartmentNumber,
  door: DoorState,
  sensed: z.boolean(),
  inService: z.boolean(),
  /** The hub was replaced or restored, and nobody has compared this door yet: it is not given out. */
  unverified: z.boolean(),
  holds: z.array(Held),
});
export type DoorView = z.infer<typeof DoorView>;

export const BankView = z.object({
  bank: Slug,
  name: z.string(),
  layout: Layout,
  /** Does the hub itself speak to its controllers, or an agent of its own? */
  reach: z.enum(['hub', 'agent']),
  online: z.boolean(),
  /** Since when it is as it is; ms since 1970 by the hub's clock. */
  since: z.number().nullable(),
  lines: z.array(z.object({ line: Slug, state: LineState, reason: z.string().optional() })),
  /** Its doors were released in an emergency, and staff have not ended that; `normal`: the input is back. */
  emergency: EmergencyState.nullable(),
  /** The signed map of commissioning: is there one, and which doors does none prove as they are wired now? */
  map: z.object({ signed: z.boolean(), untried: z.array(CompartmentNumber) }),
  doors: z.array(DoorView),
});
export type BankView = z.infer<typeof BankView>;

export const BuildingView = z.object({
  building: Slug,
  name: z.string(),
  timeZone: z.string(),
  language: z.string(),
  epoch: z.int(),
  clock: z.object({ state: z.enum(['trusted', 'untrusted']), reason: z.string(), now: z.number() }),
  disk: z.enum(['ok', 'low']),
  head: z.object({ seq: z.int(), hash: z.string() }),
  banks: z.array(BankView),
  openCases: z.int(),
  waiting: z.int(),
});
export type BuildingView = z.infer<typeof BuildingView>;

/** A page of a list; `before` is the key to ask on with, null at the end. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), before: z.string().nullable() });
}

/** The states in which a delivery can be, as the projection keeps them. */
export const DELIVERY_STATES = ['assigned', 'deposited', 'collected', 'missing', 'withdrawn'] as const;
export const DeliveryStateName = z.enum(DELIVERY_STATES);

export const DeliveryView = z.object({
  delivery: Id,
  state: DeliveryStateName,
  unitName: z.string(),
  /** Null for all of a household, and for staff who may not see people. */
  residentName: z.string().nullable(),
  carrier: z.string().nullable(),
  tracking: z.string().nullable(),
  size: Size,
  bank: Slug,
  compartment: CompartmentNumber,
  confirmation: Confirmation.nullable(),
  assignedAt: z.number(),
  depositedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

export const LogEntryView = z.object({
  seq: z.int(),
  epoch: z.int(),
  hash: z.string(),
  type: z.string(),
  at: z.number(),
  clock: z.enum(['trusted', 'untrusted']),
  by: Actor,
  data: z.record(z.string(), z.unknown()),
});
export type LogEntryView = z.infer<typeof LogEntryView>;

export const DeliveryStory = z.object({ delivery: DeliveryView, entries: z.array(LogEntryView) });
export type DeliveryStory = z.infer<typeof DeliveryStory>;

export const MessageView = z.object({
  message: Id,
  kind: z.string(),
  residentName: z.string().nullable(),
  unitName: z.string(),
  state: z.enum(['queued', 'sent', 'failed']),
  channel: z.string().nullable(),
  reason: z.string().nullable(),
  queuedAt: z.number(),
  sentAt: z.number().nullable(),
  /** As the resident reads it, the code masked. */
  text: z.string(),
});
export type MessageView = z.infer<typeof MessageView>;

export const CaseView = z.object({
  case: Id,
  kind: CaseKind,
  state: z.enum(['open', 'closed']),
  bank: Slug.nullable(),
  compartment: CompartmentNumber.nullable(),
  delivery: Id.nullable(),
  detail: z.string().nullable(),
  openedAt: z.number(),
  closedAt: z.number().nullable(),
  resolution: z.string().nullable(),
});
export type CaseView = z.infer<typeof CaseView>;

export const CloseCase = z.object({ resolution: z.string().trim().min(1).max(500) });
export const Because = z.object({ reason: z.string().trim().min(3).max(200) });

export const NewResident = z.object({
  unitName: z.string().trim().min(1).max(40),
  name: z.string().trim().min(1).max(120),
  language: z.string().min(2).max(20).default('en'),
  email: z.email().optional(),
  /** Joins this household of the unit (room-mates on one lease); without it the resident is a household alone. */
  household: Id.optional(),
});
export const ResidentView = z.object({
  resident: Id,
  unit: Id,
  household: Id,
  unitName: z.string(),
  name: z.string(),
  language: z.string(),
  email: z.string().nullable(),
});
export type ResidentView = z.infer<typeof ResidentView>;

export const NewCourier = z.object({
  carrier: z.string().trim().min(1).max(80),
  name: z.string().trim().min(1).max(120).optional(),
});
export const CourierView = z.object({
  courier: Id,
  carrier: z.string(),
  name: z.string().nullable(),
  revoked: z.boolean(),
});
export type CourierView = z.infer<typeof CourierView>;

export const TerminalView = z.object({
  terminal: Id,
  name: z.string(),
  bank: Slug.nullable(),
  pairedAt: z.number(),
});
export type TerminalView = z.infer<typeof TerminalView>;
export const NewTerminalCode = z.object({ name: z.string().trim().min(1).max(80), bank: Slug.nullable() });
export const TerminalCode = z.object({ code: z.string(), expiresInMs: z.number() });

/** An agent that was invited, speaks for its bank, or did. */
export const AgentView = z.object({
  agent: Id,
  bank: Slug,
  state: z.enum(['invited', 'joined', 'replaced', 'revoked']),
  /** The machine's name; null before it joined. */
  name: z.string().nullable(),
  invitedAt: z.number(),
  joinedAt: z.number().nullable(),
  /** How often somebody else tried its code. */
  strangers: z.int(),
  /** Of an invited one: how long its code is still good; 0: no longer. */
  expiresInMs: z.number().nullable(),
});
export type AgentView = z.infer<typeof AgentView>;
export const AgentCode = z.object({ agent: Id, code: z.string(), expiresInMs: z.number() });

/** The bank file's text (YAML), see edge-agent/bank; `reach`: does the hub itself speak to the PLC? */
export const NewBank = z.object({ file: z.string().min(1).max(200_000), reach: z.enum(['hub', 'agent']) });
export const BankFileText = NewBank.pick({ file: true });
export const StoredBankFile = z.object({ file: z.string(), reach: z.enum(['hub', 'agent']) });
export const BankCredentials = z.object({ bank: Slug, username: z.string(), password: z.string() });
