/**
 * The contract between a kiosk and the hub. A kiosk is a paired terminal: its token comes as the cookie
 * `lockerhub_terminal` (HttpOnly) or as `Authorization: Bearer`.
 *
 * | request | answer |
 * | --- | --- |
 * | POST /api/v1/terminals/pair `PairRequest` | `PairReply` + cookie |
 * | GET  /api/v1/kiosk | `KioskView` |
 * | POST /api/v1/visits `StartVisit` | `VisitView` |
 * | GET  /api/v1/visits/:visit | `VisitView` |
 * | GET  /api/v1/visits/:visit/stream | server-sent `visit` events, each a `VisitView` |
 * | GET  /api/v1/visits/:visit/recipients?q= | `Recipient[]` (courier) |
 * | POST /api/v1/visits/:visit/parcels `AddParcel` | `VisitView`: a place is chosen, its door is asked to open |
 * | POST /api/v1/visits/:visit/parcels/:delivery/confirm `Confirm` | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/other-door `OtherDoor` | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/undo | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/open | `VisitView`: once more (not opened, jammed, or in grace time) |
 * | POST /api/v1/visits/:visit/parcels/:delivery/closed | `VisitView`: "I closed it" at a door without sensor |
 * | POST /api/v1/visits/:visit/parcels/:delivery/did-not-open | `VisitView`: "It did not open" at such a door: then it is `jammed` |
 * | POST /api/v1/visits/:visit/next | `VisitView`: resident: open the next door that waits |
 * | POST /api/v1/visits/:visit/parcels/:delivery/missing | `VisitView`: resident: "nothing inside" |
 * | POST /api/v1/visits/:visit/stay | `VisitView`: "I am still here" |
 * | POST /api/v1/visits/:visit/end | `VisitView` |
 */
import { z } from 'zod';
import { HEIGHT_BANDS, Layout, Size } from '../bank/layout.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';

export const PairRequest = z.object({ code: z.string().min(4).max(40) });
export const PairReply = z.object({ terminal: Id, token: z.string(), bank: Slug.nullable() });
export type PairReply = z.infer<typeof PairReply>;

export const KioskView = z.object({
  terminal: Id,
  building: z.string(),
  bank: Slug.nullable(),
  language: z.string(),
  clock: z.enum(['trusted', 'untrusted']),
  layouts: z.array(Layout),
  idleMs: z.number(),
  warnMs: z.number(),
  /** `away`: the bank's agent answers alone, and only pickups work. */
  hub: z.enum(['here', 'away']).default('here'),
  /** The doors here were released in an emergency, and nothing is given out yet. */
  emergency: z.boolean().default(false),
});
export type KioskView = z.infer<typeof KioskView>;

/** What somebody typed or scanned: a courier's or a resident's code; spaces and dashes don't matter. */
export const StartVisit = z.object({ code: z.string().min(1).max(64) });
export type StartVisit = z.infer<typeof StartVisit>;

/** A unit or person as a courier may see it: the name is masked ("M. O…") until the search is narrow. */
export const Recipient = z.object({
  unit: Id,
  unitName: z.string(),
  resident: Id.nullable(),
  label: z.string(),
});
export type Recipient = z.infer<typeof Recipient>;

export const AddParcel = z.object({
  unit: Id,
  resident: Id.nullable(),
  size: Size,
  tracking: z.string().trim().min(1).max(60).optional(),
});
export type AddParcel = z.infer<typeof AddParcel>;

export const Confirm = z.object({ inside: z.boolean() });
export const OtherDoor = z.object({ reason: z.enum(['jammed', 'wrong-size', 'occupied', 'dirty']) });
export type OtherDoor = z.infer<typeof OtherDoor>;

export const PlaceView = z.object({
  bank: Slug,
  bankName: z.string(),
  compartment: CompartmentNumber,
  columnFromLeft: z.int(),
  columns: z.int(),
  band: z.enum(HEIGHT_BANDS),
});
export type PlaceView = z.infer<typeof PlaceView>;

/**
 * Where a parcel's door stands in this visit.
 *
 * `waiting`: not opened yet (resident). `opening`: asked to open. `open`: put in, or take out, then close.
 * `confirm`: closed: "Parcel inside?" (courier). `done`. `jammed`: did not open. `unknown`: the line failed; nobody
 * can say whether it will open. `withdrawn`: not placed after all. `elsewhere`: at another bank (resident).
 * `attest`: a door without sensor was pulsed: "Have you closed it?".
 */
export const StopStep = z.enum([
  'waiting',
  'opening',
  'open',
  'attest',
  'confirm',
  'done',
  'jammed',
  'unknown',
  'withdrawn',
  'elsewhere',
]);
export type StopStep = z.infer<typeof StopStep>;

export const StopView = z.object({
  delivery: Id,
  unitName: z.string(),
  size: Size,
  step: StopStep,
  place: PlaceView.nullable(),
  sensed: z.boolean(),
  /** The door has been open for longer than the policy's notice. */
  openTooLong: z.boolean(),
  /** Further attempts that a person at a jammed door has. */
  attemptsLeft: z.int(),
  canOpen: z.boolean(),
  canOtherDoor: z.boolean(),
  canUndo: z.boolean(),
  canReportMissing: z.boolean(),
  /** How long until "Parcel inside?" counts as yes; null when nothing is asked. */
  answerInMs: z.number().nullable(),
});
export type StopView = z.infer<typeof StopView>;

export const VisitView = z.object({
  visit: Id,
  kind: z.enum(['courier', 'resident']),
  state: z.enum(['open', 'ended']),
  endReason: z.enum(['done', 'timeout', 'restart', 'cancelled']).nullable(),
  /** The carrier's name, or the resident's unit. */
  who: z.string(),
  language: z.string(),
  /** Free places by size at this terminal's bank and the others (courier). */
  free: z.array(z.object({ bank: Slug, size: Size, count: z.int() })),
  stops: z.array(StopView),
  /** How long until the visit ends by itself; null while a door is open. */
  endsInMs: z.number().nullable(),
});
export type VisitView = z.infer<typeof VisitView>;
