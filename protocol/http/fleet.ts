/**
 * The contract between the fleet page and the cloud's gateway, the part about buildings. All times are ms since 1970
 * by the gateway's clock, except where it is said that they are the hub's.
 *
 * | request, below /api/v1 | answer | role |
 * | --- | --- | --- |
 * | GET  /organisations/:organisation/fleet?search=&after=&limit= | `Fleet`: what needs a person first | any |
 * | POST /organisations/:organisation/buildings `NewBuilding` | `BuildingMade` | admin |
 * | GET  /buildings/:building | `FleetBuilding` | any |
 * | GET  /buildings/:building/health?range=day\|month | `HealthSeries` | any |
 * | GET  /buildings/:building/deliveries?state=&before=&limit= | `Page<FleetDelivery>`, newest first | any |
 * | GET  /buildings/:building/deliveries/:delivery | `FleetStory` (audited) | any |
 * | GET  /buildings/:building/cases?state=&before=&limit= | `Page<CaseView>` | any |
 * | GET  /buildings/:building/log?before=&limit= | `Page<LogEntryView>` | any |
 * | POST /buildings/:building/log/check | 204: the cloud looks at its whole chain soon (audited) | support |
 * | GET  /buildings/:building/banks | `FleetBank[]` | any |
 * | POST /buildings/:building/codes `NewCode` | `CodeMade`: shown once | admin |
 * | POST /buildings/:building/hub/revoke | 204: its token is void | admin |
 * | GET  /buildings/:building/people | `PeopleView` (audited) | support |
 * | POST /buildings/:building/residents `NewResident` | `{ resident }` | support |
 * | POST /buildings/:building/residents/:resident `ChangeResident` | 204 | support |
 * | POST /buildings/:building/residents/:resident/erase | 204: for good | admin |
 * | POST /buildings/:building/couriers `NewCourier` | `{ courier }`; the building's hub makes the code | support |
 * | POST /buildings/:building/couriers/:courier `ChangeCourier` | 204: the hours of their code | support |
 * | GET  /buildings/:building/policy | `PolicyChanges`: what differs from the defaults | any |
 * | POST /buildings/:building/policy `PolicyChanges` | 204 | admin |
 * | POST /buildings/:building/couriers/:courier/revoke | 204: beats any change that the hub makes meanwhile | support |
 * | POST /buildings/:building/carriers/:carrier/remove | 204: with the codes of all its couriers, for good | support |
 */
import { z } from 'zod';
import { Layout, Size } from '../bank/layout.ts';
import { DropOffHours } from '../codes/drop-off-hours.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { Confirmation } from '../log/payloads/deliveries.ts';
import { ToldAgent } from '../sync/hub-messages.ts';
import { DeliveryStateName, LogEntryView, pageOf } from './staff.ts';

/** What of a building needs a person, the gravest first: the fleet page sorts by this order. */
export const NEED_KINDS = [
  'log-damaged',
  'fork',
  'frozen',
  'silent',
  'quarantine',
  'disk-low',
  'clock-off',
  'clock-untrusted',
  'unsent-growing',
  'cases',
  'version-behind',
  'agents-differ',
  'no-hub',
] as const;
export const NeedKind = z.enum(NEED_KINDS);
export type NeedKind = z.infer<typeof NeedKind>;

/** `figure`: a damaged entry's `seq`, ms of silence or of the clock's error, entries unsent or in quarantine, open cases, agents. */
export const Need = z.object({ kind: NeedKind, figure: z.number().nullable() });
export type Need = z.infer<typeof Need>;

/** A building as it stands in the list. */
export const FleetRow = z.object({
  building: Id,
  slug: Slug,
  name: z.string(),
  needs: z.array(Need),
  online: z.boolean(),
  /** Null: no hub has ever spoken. */
  heardAtMs: z.number().nullable(),
  software: z.string().nullable(),
  unsentEntries: z.int(),
  openCases: z.int(),
});
export type FleetRow = z.infer<typeof FleetRow>;

/** `counts`: of the whole organisation, whatever was searched. `after`: to ask on with; null at the end. */
export const Fleet = z.object({
  nowMs: z.number(),
  counts: z.object({ buildings: z.int(), needing: z.int(), silent: z.int(), openAlarms: z.int() }),
  items: z.array(FleetRow),
  after: z.string().nullable(),
});
export type Fleet = z.infer<typeof Fleet>;

/** An IANA name; it is checked against the zones that this machine knows. */
const TimeZone = z.string().min(1).max(60);
export const NewBuilding = z.object({
  name: z.string().trim().min(1).max(80),
  slug: Slug,
  timeZone: TimeZone,
});
export type NewBuilding = z.infer<typeof NewBuilding>;
export const BuildingMade = z.object({ building: Id });

/** What an agent on a machine of its own runs, as its hub said last. */
export const FleetAgent = ToldAgent.extend({ standing: z.enum(['same', 'older', 'newer', 'unknown']) });
export type FleetAgent = z.infer<typeof FleetAgent>;

/** What the cloud knows of a building's hub. Everything of the last heartbeat is null before the first. */
export const FleetHub = z.object({
  instance: Id,
  enrolledAtMs: z.number(),
  heardAtMs: z.number().nullable(),
  software: z.string().nullable(),
  schema: z.int().nullable(),
  clock: z.enum(['trusted', 'untrusted']).nullable(),
  /** The hub's wall clock minus the gateway's, when it was last heard; ms. */
  clockOffMs: z.number().nullable(),
  disk: z.enum(['ok', 'low']).nullable(),
  unsentEntries: z.int(),
  unsentRows: z.int(),
  /** Of a hub that tells of them. */
  agents: z.array(FleetAgent),
});
export type FleetHub = z.infer<typeof FleetHub>;

/** Whether the cloud's copy of the log is as it was chained: looked at once a day, and when an operator asks. */
export const LogCheck = z.object({
  /** Somebody asked, and it has not been looked at since. */
  askedAtMs: z.number().nullable(),
  /** Null: never looked at. */
  checkedAtMs: z.number().nullable(),
  /** The newest entry up to which all was whole then. */
  seq: z.int(),
  /** The first that was not. */
  damaged: z.object({ seq: z.int(), detail: z.string() }).nullable(),
});
export type LogCheck = z.infer<typeof LogCheck>;

export const FleetBuilding = FleetRow.extend({
  nowMs: z.number(),
  organisation: Id,
  timeZone: z.string(),
  epoch: z.int(),
  /** The newest entry that the cloud holds; `seq` 0: none. */
  head: z.object({ seq: z.int(), hash: z.string() }),
  logCheck: LogCheck,
  hub: FleetHub.nullable(),
  waiting: z.int(),
});
export type FleetBuilding = z.infer<typeof FleetBuilding>;

/** How a building did: one point a step, the oldest first; a step in which nothing was looked at is left out. */
export const HealthRange = z.enum(['day', 'month']);
export type HealthRange = z.infer<typeof HealthRange>;
export const HealthPoint = z.object({
  atMs: z.number(),
  /** How long the hub had been silent then; ms. Null: it had never spoken. */
  silentMs: z.number().nullable(),
  unsentEntries: z.int(),
  unsentRows: z.int(),
  clockOffMs: z.number().nullable(),
  openCases: z.int(),
});
export type HealthPoint = z.infer<typeof HealthPoint>;
export const HealthSeries = z.object({ stepMs: z.number(), points: z.array(HealthPoint) });
export type HealthSeries = z.infer<typeof HealthSeries>;

/** `unitName`: null where the unit's row has not come yet or is gone. Times are the hub's. */
export const FleetDelivery = z.object({
  delivery: Id,
  state: DeliveryStateName,
  unitName: z.string().nullable(),
  size: Size,
  /** Both null: at the desk, or it never had a place. */
  bank: Slug.nullable(),
  compartment: CompartmentNumber.nullable(),
  confirmation: Confirmation.nullable(),
  assignedAt: z.number(),
  depositedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type FleetDelivery = z.infer<typeof FleetDelivery>;
export const FleetDeliveries = pageOf(FleetDelivery);
/** `residentName` and `carrier`: null for who may not see people. */
export const FleetStory = z.object({
  delivery: FleetDelivery.extend({ residentName: z.string().nullable(), carrier: z.string().nullable() }),
  entries: z.array(LogEntryView),
});
export type FleetStory = z.infer<typeof FleetStory>;

/** A bank as the cloud has it from its row, and what waits in it by the log. Doors are only seen at the building. */
export const FleetBank = z.object({
  bank: Slug,
  layout: Layout.nullable(),
  holds: z.array(z.object({ compartment: CompartmentNumber, deliveries: z.int() })),
  retired: z.array(CompartmentNumber),
});
export type FleetBank = z.infer<typeof FleetBank>;

/** `replacement`: for a box that takes the building over; until it enrols, the present hub goes on. */
export const NewCode = z.object({ purpose: z.enum(['first', 'replacement']) });
export const CodeMade = z.object({ code: z.string(), expiresAtMs: z.number() });
export type CodeMade = z.infer<typeof CodeMade>;

export const FleetResident = z.object({
  resident: Id,
  unit: Id.nullable(),
  household: Id.nullable(),
  unitName: z.string().nullable(),
  name: z.string().nullable(),
  language: z.string().nullable(),
  email: z.string().nullable(),
});
export type FleetResident = z.infer<typeof FleetResident>;
export const FleetCourier = z.object({
  courier: Id,
  carrier: z.string().nullable(),
  name: z.string().nullable(),
  revoked: z.boolean(),
  /** Null: the building's own; also where newer software wrote hours that this one cannot read. */
  hours: DropOffHours.nullable(),
});
export type FleetCourier = z.infer<typeof FleetCourier>;
/** `couriers`: those of it whose code is good. */
export const FleetCarrier = z.object({ carrier: Id, name: z.string().nullable(), couriers: z.int() });
export type FleetCarrier = z.infer<typeof FleetCarrier>;
export const PeopleView = z.object({
  residents: z.array(FleetResident),
  couriers: z.array(FleetCourier),
  carriers: z.array(FleetCarrier),
});
export type PeopleView = z.infer<typeof PeopleView>;

/** What is absent stays as it is; `email: null` takes it away. */
export const ChangeResident = z.object({
  name: z.string().trim().min(1).max(120).optional(),
  language: z.string().min(2).max(20).optional(),
  email: z.email().nullable().optional(),
});
export type ChangeResident = z.infer<typeof ChangeResident>;
