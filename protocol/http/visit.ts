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
 * | GET  /api/v1/visits/:visit/label?text= | `LabelView` (courier) |
 * | POST /api/v1/visits/:visit/parcels `AddParcel` | `VisitView`: a place is chosen, its door is asked to open |
 * | POST /api/v1/visits/:visit/parcels/:delivery/photo `image/jpeg` | 204: of the label, where nobody knows whose it is |
 * | POST /api/v1/visits/:visit/parcels/:delivery/words `LabelWords` | 204: the same in words, where there is no camera |
 * | POST /api/v1/visits/:visit/taken-back `TakeBack` | `VisitView`: a parcel that stays with the courier, and why |
 * | POST /api/v1/visits/:visit/parcels/:delivery/confirm `Confirm` | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/other-door `OtherDoor` | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/undo | `VisitView` |
 * | POST /api/v1/visits/:visit/parcels/:delivery/open | `VisitView`: once more (not opened, jammed, or in grace time) |
 * | POST /api/v1/visits/:visit/parcels/:delivery/closed | `VisitView`: "I closed it" at a door without sensor |
 * | POST /api/v1/visits/:visit/parcels/:delivery/did-not-open | `VisitView`: "It did not open" at such a door: then it is `jammed` |
 * | POST /api/v1/visits/:visit/next | `VisitView`: resident: open the next door that waits |
 * | POST /api/v1/visits/:visit/parcels/:delivery/missing | `VisitView`: resident: "nothing inside" |
 * | POST /api/v1/visits/:visit/introduction `Introduction` | `VisitView`: who came by a claim slip says how to tell them next time |
 * | POST /api/v1/visits/:visit/stay | `VisitView`: "I am still here" |
 * | POST /api/v1/visits/:visit/end | `VisitView` |
 * | GET  /api/v1/kiosk/presence | `PresenceView`: by it a phone proves that it is at this terminal |
 *
 * A resident's phone begins by `POST /api/v1/phone/visits` with `PhoneStart`, answered by a `VisitView` and the cookie
 * `lockerhub_phone`; that may then ask for `/api/v1/kiosk` and act in its one visit as the kiosk does.
 */
import { z } from 'zod';
import { HEIGHT_BANDS, Layout, Size, ZoneName } from '../bank/layout.ts';
import { CARRIER_HINTS } from '../carriers/tracking.ts';
import { CompartmentNumber, Id, Slug } from '../ids.ts';
import { TakenBackReason } from '../log/payloads/deliveries.ts';

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
  /** Whether there is a desk for what finds no compartment; else the courier keeps it. */
  desk: z.boolean().default(true),
  /** Whether anybody here collects by unit and PIN. */
  pins: z.boolean().default(false),
});
export type KioskView = z.infer<typeof KioskView>;

/** What somebody typed or scanned: a courier's or a resident's code; spaces and dashes don't matter. */
export const StartVisit = z.object({
  code: z.string().min(1).max(64),
  /**
   * Whose code it is: a unit, or a courier's carrier. Asked for by the problem `code-owner-needed`, when so many wrong
   * codes were typed in the building that a code alone is not enough; a scanned QR code never needs it.
   */
  owner: z.string().trim().min(1).max(60).optional(),
  /** The code is the PIN of a resident of the unit that `owner` names: at a terminal alone, never by phone. */
  pin: z.boolean().optional(),
});
export type StartVisit = z.infer<typeof StartVisit>;

/** `presence`: the three digits that the terminal shows, or what its QR says. */
export const PhoneStart = StartVisit.omit({ pin: true }).extend({
  presence: z.string().trim().min(3).max(64),
});
export type PhoneStart = z.infer<typeof PhoneStart>;

export const PresenceView = z.object({
  digits: z.string(),
  /** A QR as a data URL: leads a phone's own camera to the page, with the proof in the address. */
  qr: z.string(),
  forMs: z.number(),
});
export type PresenceView = z.infer<typeof PresenceView>;

/** A unit or person as a courier may see it: the name is masked ("M. O…") until the search is narrow. */
export const Recipient = z.object({
  unit: Id,
  unitName: z.string(),
  resident: Id.nullable(),
  label: z.string(),
});
export type Recipient = z.infer<typeof Recipient>;

/** What a scanned or typed label says: hints, the likeliest carrier first, and a warning; neither keeps a parcel out. */
export const LabelView = z.object({
  tracking: z.string(),
  carriers: z.array(z.enum(CARRIER_HINTS)),
  /** A parcel with this number is here already. */
  here: z.boolean(),
});
export type LabelView = z.infer<typeof LabelView>;

export const AddParcel = z.object({
  /** Null: the courier does not know which; the parcel is held until staff have matched it. */
  unit: Id.nullable(),
  resident: Id.nullable(),
  /** The name on the label is nobody's in this unit. */
  unknown: z.boolean().default(false),
  /** It fits into no compartment: it goes to the desk, or back. */
  oversize: z.boolean().default(false),
  size: Size,
  tracking: z.string().trim().min(1).max(60).optional(),
});
export type AddParcel = z.infer<typeof AddParcel>;

/** A label is legible on a photo of so many bytes; an agent forwards little more at once. */
export const MAX_PHOTO_BYTES = 192 * 1024;

/** A name, an address and a sender; a kiosk's field holds no more. */
const MAX_LABEL_WORDS = 120;

/** What a label says, typed by the courier. */
export const LabelWords = z.object({ words: z.string().trim().min(1).max(MAX_LABEL_WORDS) });
export type LabelWords = z.infer<typeof LabelWords>;

/** A parcel that the courier takes along again. */
export const TakeBack = z.object({
  unit: Id.nullable(),
  size: Size,
  tracking: z.string().trim().min(1).max(60).optional(),
  reason: z.enum(['no-place', 'oversize', 'refused']),
});
export type TakeBack = z.infer<typeof TakeBack>;

export const Confirm = z.object({ inside: z.boolean() });
export const OtherDoor = z.object({ reason: z.enum(['jammed', 'wrong-size', 'occupied', 'dirty']) });
export type OtherDoor = z.infer<typeof OtherDoor>;

export const PlaceView = z.object({
  bank: Slug,
  bankName: z.string(),
  compartment: CompartmentNumber,
  /** Of the package room behind the door; null: a compartment. */
  zone: ZoneName.nullable().default(null),
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
 * `attest`: a door without sensor was pulsed: "Have you closed it?". `desk`: the courier takes it to the desk.
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
  'desk',
]);
export type StopStep = z.infer<typeof StopStep>;

export const StopView = z.object({
  delivery: Id,
  unitName: z.string(),
  size: Size,
  step: StopStep,
  place: PlaceView.nullable(),
  /** The desk has it, or gets it. */
  atDesk: z.boolean().default(false),
  /** Parcels that go in or out by this opening, this one too: all for the same people. */
  together: z.int().default(1),
  /** In a package room: where each of them lies. */
  zones: z.array(ZoneName).default([]),
  /** Why the courier has it again; null while that is not so. */
  takenBack: TakenBackReason.nullable().default(null),
  sensed: z.boolean(),
  /** The door has been open for longer than the policy's notice. */
  openTooLong: z.boolean(),
  /** Further attempts that a person at a jammed door has. */
  attemptsLeft: z.int(),
  canOpen: z.boolean(),
  canOtherDoor: z.boolean(),
  canUndo: z.boolean(),
  canReportMissing: z.boolean(),
  /** Somebody said that it is not there; staff look for it. */
  missing: z.boolean().default(false),
  /** How long until "Parcel inside?" counts as yes; null when nothing is asked. */
  answerInMs: z.number().nullable(),
});
export type StopView = z.infer<typeof StopView>;

export const VisitView = z.object({
  visit: Id,
  kind: z.enum(['courier', 'resident']),
  state: z.enum(['open', 'ended']),
  endReason: z.enum(['done', 'timeout', 'restart', 'cancelled', 'revoked']).nullable(),
  /** The carrier's name, or the resident's unit. */
  who: z.string(),
  language: z.string(),
  /** Free places by size at this terminal's bank and the others (courier). */
  free: z.array(z.object({ bank: Slug, size: Size, count: z.int() })),
  stops: z.array(StopView),
  /** How long until the visit ends by itself; null while a door is open. */
  endsInMs: z.number().nullable(),
  /** Came by a claim slip and has no way to be told yet: asked for one by `Introduction` (`claims.ts`). */
  newcomer: z.boolean().default(false),
  /** Their own code from now on, for the slip's is void; null: they came by another way. */
  ownCode: z.string().nullable().default(null),
});
export type VisitView = z.infer<typeof VisitView>;
