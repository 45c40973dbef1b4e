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
 * | GET  /api/v1/deliveries/:delivery/evidence | `Evidence` (`log/evidence.ts`): a proof to keep, for `lockerhub verify` |
 * | POST /api/v1/deliveries/:delivery/{received,handed-out,not-brought} | 204: what the desk says of a parcel |
 * | POST /api/v1/deliveries/:delivery/match `MatchDelivery` | 204: whose a parcel is, where nobody knew |
 * | POST /api/v1/deliveries/:delivery/slip | `ClaimSlip` (`claims.ts`): paper for a unit of which nobody can be told |
 * | POST /api/v1/deliveries/:delivery/claim `Claim` | `Claimed` (`claims.ts`): who came for it |
 * | POST /api/v1/deliveries/:delivery/gone | `OpenedCase`: somebody says that the parcel is gone |
 * | GET  /api/v1/log?before=&limit= | `Page<LogEntryView>`, newest first |
 * | GET  /api/v1/log/check | `LogCheckReport` (`log-check.ts`): whether it is as it was written |
 * | GET  /api/v1/log/:seq/proof?through=&until= | `Proof` from that entry to the head or to entry `until`; the entries up to `through` (default: only `:seq`) are open |
 * | GET  /api/v1/outbox?before=&limit= | `Page<MessageView>`, codes masked |
 * | POST /api/v1/outbox/:message/reveal | `{ text }`, leaves a log entry |
 * | GET  /api/v1/channels | `ChannelsView` (`messages.ts`) |
 * | POST /api/v1/channels/:channel `NewChannel` | `ChannelView`, a secret that was made shown once |
 * | POST /api/v1/channels/:channel/test `TestMessage` | `TestResult` |
 * | POST /api/v1/channels/:channel/remove | 204 |
 * | POST /api/v1/receipts-address `ReceiptsAt` | 204 |
 * | POST /api/v1/receipts/twilio/:message, /api/v1/receipts/:channel/:message `Receipt` | 204; for providers, signed |
 * | GET  /api/v1/cases?state=open\|closed&who=&before=&limit= | `Page<WorkedCase>`; `who`: anybody, me, nobody |
 * | GET  /api/v1/cases/:case | `WorkedCase` |
 * | POST /api/v1/cases/:case/take `TakeCase`, /release, /note `NoteCase` | `WorkedCase` |
 * | GET  /api/v1/colleagues | `Colleague[]`: how those who work here are called |
 * | POST /api/v1/cases/:case/close `CloseCase` | `CaseView` |
 * | GET  /api/v1/residents, POST `NewResident` | `ResidentView[]`, `ResidentView` |
 * | POST /api/v1/residents/:resident `ChangeResident` | `ResidentView` |
 * | GET  /api/v1/couriers, POST `NewCourier` | `CourierView[]`, `CourierView & { code }` |
 * | POST /api/v1/couriers/:courier `ChangeCourier` | `CourierView`: from the next visit on |
 * | POST /api/v1/couriers/:courier/revoke | `CourierView`: ends a visit that goes on, too |
 * | GET  /api/v1/couriers/:courier/uses?before= | `Page<CourierUse>`, newest first |
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
 * | POST /api/v1/banks/:bank/compartments/:n/report | `OpenedCase`: the case about a door with which something is wrong |
 * | POST /api/v1/banks/:bank/compartments/:n/verify | 204: staff have looked, after the hub was replaced or restored |
 * | POST /api/v1/banks/:bank/emergency/end `Because` | 204: the doors were walked after an emergency |
 *
 * Health of locks, and mechanical keys: `locks.ts`. Commissioning: `commissioning.ts`. Carriers: `carriers.ts`.
 */
import { z } from 'zod';
import { Layout, Size, ZoneName } from '../bank/layout.ts';
import { DoorState, EmergencyState, LineState } from '../bank/messages.ts';
import { DropOffHours } from '../codes/drop-off-hours.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { SomeActor } from '../log/payload.ts';
import { CaseKind } from '../log/payloads/cases.ts';
import { Confirmation } from '../log/payloads/deliveries.ts';
import { UntoldReason } from './claims.ts';
import { Away, Contacts } from './messages.ts';

export const Role = z.enum(['manager', 'desk', 'auditor', 'installer']);
export type Role = z.infer<typeof Role>;

/** NIST SP 800-63B: at least 8 characters when it is the only factor is the floor; we ask for 10. */
export const Password = z.string().min(10).max(200);
export const Login = z.string().trim().toLowerCase().min(1).max(80);
/** RFC 5321, 4.5.3.1.3: a path has 256 characters, two of them brackets. */
export const Email = z.email().max(254);

export const SetupState = z.object({ needed: z.boolean() });
export const Setup = z.object({
  building: Slug,
  name: z.string().trim().min(1).max(80),
  timeZone: z.string().min(1).max(60),
  language: z.string().min(2).max(20),
  login: Login,
  password: Password,
  /** Where the first manager is told by mail, if anywhere. */
  email: Email.optional(),
});
export type Setup = z.infer<typeof Setup>;

export const SignIn = z.object({ login: Login, password: z.string().min(1).max(200) });
export const Me = z.object({ staff: Id, name: z.string(), role: Role });
export type Me = z.infer<typeof Me>;

/** What waits in a compartment, or is on its way in or out. */
export const Held = z.object({
  delivery: Id,
  unitName: z.string(),
  state: z.string(),
  /** Of the package room behind the door; null: a compartment. */
  zone: ZoneName.nullable().default(null),
});

export const DoorView = z.object({
  number: CompartmentNumber,
  door: DoorState,
  sensed: z.boolean(),
  inService: z.boolean(),
  /** The hub was replaced or restored, and nobody has compared this door yet: it is not given out. */
  unverified: z.boolean(),
  holds: z.array(Held),
  /** Zones of the room behind it that get nothing before the case about them is closed. */
  closedZones: z.array(ZoneName).default([]),
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
  /** The number of the hub that speaks for the building in this one's place; null: this one does. */
  fencedBy: z.int().nullable(),
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
  /** Null: nobody knows, or it was removed since. */
  carrier: z.string().nullable(),
  /** A carrier brought it that was removed since: its name went with it. */
  carrierRemoved: z.boolean().default(false),
  tracking: z.string().nullable(),
  size: Size,
  /** Both null: at the desk, or it never had a place. */
  bank: Slug.nullable(),
  compartment: CompartmentNumber.nullable(),
  /** Of the package room behind the door; null: a compartment. */
  zone: ZoneName.nullable(),
  confirmation: Confirmation.nullable(),
  assignedAt: z.number(),
  depositedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type DeliveryView = z.infer<typeof DeliveryView>;

/** `resident` null: for all of the unit's only household. */
export const MatchDelivery = z.object({ unit: Id, resident: Id.nullable() });
export type MatchDelivery = z.infer<typeof MatchDelivery>;

export const LogEntryView = z.object({
  seq: z.int(),
  epoch: z.int(),
  hash: z.string(),
  type: z.string(),
  at: z.number(),
  clock: z.enum(['trusted', 'untrusted']),
  by: SomeActor,
  data: z.record(z.string(), z.unknown()),
});
export type LogEntryView = z.infer<typeof LogEntryView>;

export const DeliveryStory = z.object({
  delivery: DeliveryView,
  entries: z.array(LogEntryView),
  /** It waits, and nobody of its unit can be told of it (`claims.ts`). */
  untold: z.boolean().default(false),
  /** Why; null: it is not untold. */
  untoldWhy: UntoldReason.nullable().default(null),
});
export type DeliveryStory = z.infer<typeof DeliveryStory>;

export const MessageView = z.object({
  message: Id,
  kind: z.string(),
  residentName: z.string().nullable(),
  unitName: z.string(),
  /** `void`: what it told of was over before it went out. */
  state: z.enum(['queued', 'sent', 'delivered', 'failed', 'void']),
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
  /** Who of the staff sees to it, or did; null: nobody. */
  takenBy: Id.nullable(),
});
export type CaseView = z.infer<typeof CaseView>;

/** A case with what was found and done meanwhile, oldest first. */
export const WorkedCase = CaseView.extend({
  notes: z.array(z.object({ seq: z.int(), at: z.number(), by: SomeActor, note: z.string() })),
});
export type WorkedCase = z.infer<typeof WorkedCase>;
/** Whose cases are asked for. */
export const CaseOwner = z.enum(['anybody', 'me', 'nobody']);
export type CaseOwner = z.infer<typeof CaseOwner>;
/** `from`: who sees to it as far as the asker knows. */
export const TakeCase = z.object({ from: Id.nullable() });
export const NoteCase = z.object({ note: z.string().trim().min(1).max(500) });

export const Colleague = z.object({ staff: Id, name: z.string() });
export type Colleague = z.infer<typeof Colleague>;

/** A case that was opened, now or before. */
export const OpenedCase = z.object({ case: Id });
export const CloseCase = z.object({ resolution: z.string().trim().min(1).max(500) });
export const Because = z.object({ reason: z.string().trim().min(3).max(200) });

export const UnitName = z.string().trim().min(1).max(40);

export const NewResident = z.object({
  unitName: UnitName,
  name: z.string().trim().min(1).max(120),
  language: z.string().min(2).max(20).default('en'),
  email: z.email().optional(),
  contacts: Contacts.optional(),
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
  /** Ways to reach them, the first one tried first. */
  contacts: Contacts,
  away: Away.nullable(),
  /** They live here no more; what still waits can be collected for a while. */
  movedOut: z.boolean(),
  /** Their parcels go behind doors within reach alone, and they have more time. */
  accessible: z.boolean(),
  /** Nobody else of the household may take what is addressed to them. */
  onlyMe: z.boolean(),
  /** They collect by their unit and a PIN. */
  hasPin: z.boolean().default(false),
  /** Their fobs, in the order in which they were registered. */
  fobs: z.array(Id).default([]),
});
/** Eight digits, shown once. */
export const GivenPin = z.object({ pin: z.string() });
export type GivenPin = z.infer<typeof GivenPin>;

/** A fob's number, as the wedge at the office typed it. */
export const NewFob = z.object({ number: z.string().trim().min(1).max(80) });
export const RegisteredFob = z.object({ fob: Id });

/** What is absent stays as it is. */
export const ChangeResident = z
  .object({
    contacts: Contacts.optional(),
    away: Away.nullable().optional(),
    name: z.string().trim().min(1).max(120).optional(),
    email: z.email().nullable().optional(),
    /** They move out, or back in. */
    movedOut: z.boolean().optional(),
    /**
     * They move to this unit; it is made if there is none of that name. Whoever lives alone takes the household along, and
     * what waits for it; others leave theirs.
     */
    unitName: UnitName.optional(),
    /** They join this household, and its unit: not together with `unitName`. Null: one of their own. */
    household: Id.nullable().optional(),
    language: z.string().min(2).max(20).optional(),
    accessible: z.boolean().optional(),
    onlyMe: z.boolean().optional(),
  })
  .refine(({ unitName, household }) => unitName === undefined || typeof household !== 'string', {
    path: ['household'],
    message: 'a household has its unit: leave `unitName` out',
  });
export type ChangeResident = z.infer<typeof ChangeResident>;
export type ResidentView = z.infer<typeof ResidentView>;

export const NewCourier = z.object({
  carrier: z.string().trim().min(1).max(80),
  name: z.string().trim().min(1).max(120).optional(),
  hours: DropOffHours.nullable().optional(),
});
/** What is absent stays as it is. */
export const ChangeCourier = z.strictObject({
  /** Null: the building's own hours. */
  hours: DropOffHours.nullable().optional(),
});
export type ChangeCourier = z.infer<typeof ChangeCourier>;
export const CourierView = z.object({
  courier: Id,
  /** Empty: it was removed, and the code has ended. */
  carrier: z.string(),
  name: z.string().nullable(),
  hours: DropOffHours.nullable().default(null),
  revoked: z.boolean(),
});
export type CourierView = z.infer<typeof CourierView>;

/** A visit that a courier's code began. */
export const CourierUse = z.object({
  visit: Id,
  at: z.number(),
  terminal: Id,
  bank: Slug.nullable(),
  /** Parcels that were brought in it, those that went back too. */
  parcels: z.int(),
  /** Null: it goes on. */
  endedAt: z.number().nullable(),
  /** Its times are of a clock that was trusted: only then does the one tell how long after the other it was. */
  isTimed: z.boolean().default(true),
});
export type CourierUse = z.infer<typeof CourierUse>;

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
