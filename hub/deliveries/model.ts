/**
 * What the deliveries know. The first part is the fold of the log (`apply.ts`) and comes back after a restart; the
 * second is what was seen and when, in this process only. All values are replaced, never changed in place.
 */
import type { Size } from '@lockerhub/protocol/bank/layout.ts';
import type { DoorState, EmergencyState, Purpose } from '@lockerhub/protocol/bank/messages.ts';
import type { CaseKind } from '@lockerhub/protocol/log/payloads/cases.ts';
import type { Confirmation, TakenBackReason } from '@lockerhub/protocol/log/payloads/deliveries.ts';
import type { MessageKind } from '@lockerhub/protocol/log/payloads/messages.ts';
import type { NoticeKind } from '@lockerhub/protocol/log/payloads/notices.ts';
import type { GrantEnd } from '@lockerhub/protocol/log/payloads/openings.ts';
import type { Firing, Walk } from '../commissioning/walk.ts';
import type { DeskReconciled, Looker, Reconciled, Reconciliation } from '../reconciliation/reconciliation.ts';
import type { DeliveryState } from './delivery-table.ts';
import type { GrantState } from './grant-table.ts';
import { Overlay, type Table } from './overlay.ts';

export type VisitKind = 'courier' | 'resident';
export type EndReason = 'done' | 'timeout' | 'restart' | 'cancelled' | 'revoked';

export interface Visit {
  readonly id: string;
  readonly terminal: string;
  readonly bank: string | null;
  readonly kind: VisitKind;
  readonly holder: string;
  /** Who came in the holder's stead. */
  readonly delegate: string | null;
  /** By what they said who they are. */
  readonly means: 'code' | 'pin' | 'fob' | 'slip';
  /** Which fob it was; null where it was none. */
  readonly fob: string | null;
}

/** Somebody who may collect in a resident's stead. */
export interface Delegate {
  readonly id: string;
  readonly resident: string;
  /** Null: all that is the resident's. */
  readonly delivery: string | null;
  /** By the wall clock. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** By the resident's own code, from their phone: they may collect for as long as that code holds. */
  readonly byCode: boolean;
}

/** A claim slip in a letter box, until it is over. */
export interface Slip {
  readonly id: string;
  readonly unit: string;
  /** Whom its bearer joins; null: nobody lives there. */
  readonly household: string | null;
  /** Whether it bears an invite code; else it leads to the desk. */
  readonly code: boolean;
  /** By the wall clock. */
  readonly untilMs: number;
}

/** A door of the building. */
export interface Door {
  readonly bank: string;
  readonly compartment: number;
}

/** Where a parcel is, or goes: a compartment, a zone of the room behind a door, or (all null) the desk, where staff hold it. */
export interface Place {
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly zone: string | null;
}

export interface Delivery extends Place {
  readonly id: string;
  /** The courier's visit that brought it. */
  readonly visit: string;
  /** Null: nobody knows yet which unit it is for. */
  readonly unit: string | null;
  /** Null: nobody knows yet whose it is; no code opens its door until staff have matched it. */
  readonly household: string | null;
  /** Null: for all of the household. */
  readonly resident: string | null;
  readonly carrier: string | null;
  readonly size: Size;
  readonly state: DeliveryState;
  readonly confirmation: Confirmation | null;
  /** The newest grant for it at its present place. */
  readonly grant: string | null;
  /** Its residents were told. */
  readonly announced: boolean;
  /** When it came in, by a wall clock that was trusted then; null: not in, or nobody knows. */
  readonly depositedAtMs: number | null;
  /** How many reminders are behind it. */
  readonly reminders: number;
  /** A person was called because it waits too long. */
  readonly overdue: boolean;
  /** Somebody of its unit came for it and was bound, though nobody could be told. */
  readonly claimed: boolean;
}

export interface Grant extends Door {
  readonly id: string;
  readonly purpose: Purpose;
  readonly delivery: string | null;
  readonly visit: string | null;
  readonly state: GrantState;
  /** Null: nobody knows yet; until then its compartment gets no other grant. */
  readonly end: GrantEnd | null;
  /** The bank's session that reported the door open; null: not reported, or learned by asking. */
  readonly openedIn: number | null;
}

export interface Case {
  readonly id: string;
  readonly kind: CaseKind;
  readonly bank: string | null;
  readonly compartment: number | null;
  /** Null: about all that is behind the door. */
  readonly zone: string | null;
  readonly delivery: string | null;
  /** Who of the staff sees to it; null: nobody yet. */
  readonly takenBy: string | null;
  readonly notes: number;
}

/** A compartment that is not given out. `byHub`: for its jams, not by a person. */
export interface Retired extends Door {
  readonly byHub: boolean;
}

/** What a power supply's locks did since it was last beyond doubt. */
export interface Supply {
  readonly bank: string;
  readonly supply: string;
  /** Locks that jammed and did not open since, and how often. */
  readonly jams: readonly { readonly compartment: number; readonly jams: number }[];
  /** Different locks that jammed one after the other, none of this supply having opened in between. */
  readonly row: readonly number[];
  /** The case about the supply itself, while that is believed to have failed. */
  readonly failed: string | null;
}

/** A mechanical key that staff said they use. */
export interface MechanicalKey {
  readonly id: string;
  readonly bank: string;
  /** Null: anywhere in the bank. */
  readonly compartment: number | null;
  readonly withinMs: number;
  readonly reason: string;
  readonly staff: string;
}

/** A bank whose doors were released in an emergency. */
export interface Emergency {
  readonly bank: string;
  readonly state: EmergencyState;
}

/** A message that is not out yet. */
export interface Message {
  readonly id: string;
  readonly kind: MessageKind;
  readonly resident: string;
  readonly deliveries: readonly string[];
}

/** What a manager is to be told by mail, and was not yet. */
export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly staff: string;
  /** The account, the case, the update (protocol/log/payloads/notices.ts). */
  readonly about: string;
  readonly code: string | null;
  /** When it happened, by the hub's wall clock; null: that was not to be trusted. */
  readonly atMs: number | null;
}

export interface HolderCode {
  readonly holder: string;
  readonly generation: number;
  readonly revoked: boolean;
}

/** What of a visit is of this process only. */
export interface VisitNow {
  /** Monotonic time of the last thing that a person or a door did. */
  readonly touchedMs: number;
  /** Parcels that were not placed after all: shown until the visit ends. */
  readonly withdrawn: readonly WithdrawnStop[];
  /** How many times as long as others this visit may take. Not in the log: it tells of a person's body. */
  readonly patience: number;
}

export interface WithdrawnStop {
  readonly delivery: string;
  readonly unit: string | null;
  readonly size: Size;
  /** Why the courier has it again. */
  readonly reason: TakenBackReason;
}

export interface EndedVisit extends VisitNow {
  readonly visit: Visit;
  readonly reason: EndReason;
}

export interface GrantNow {
  readonly issuedMs: number;
  /** When the agent was last asked about it, once it was silent; null before. */
  readonly askedMs: number | null;
}

export interface ForcedDoor extends Door {
  readonly atMs: number;
}

/** A bank that is online. */
export interface BankNow {
  readonly bank: string;
  readonly session: number;
}

/** A door as its bank last reported it in the present session. */
export interface DoorNow extends Door {
  readonly door: DoorState;
  readonly sensed: boolean;
  /** Since when it is seen open; null while it is not. */
  readonly openSinceMs: number | null;
  /** The notice on the kiosk and the alarm to staff are each raised once an opening. */
  readonly noticed: boolean;
  readonly alarmed: boolean;
}

/** Up to which report of one session everything is in the log. */
export interface Reported {
  readonly bank: string;
  readonly session: number;
  readonly number: number;
  /** False after a restart: a later one may be in the log that the fold has not seen. */
  readonly exact: boolean;
}

/** Up to which release of an agent's series everything is in the log. */
export interface TakenOver {
  readonly bank: string;
  readonly series: string;
  readonly number: number;
}

/** The fold of the log. */
export interface Remembered {
  readonly visits: Table<Visit>;
  readonly deliveries: Table<Delivery>;
  readonly grants: Table<Grant>;
  readonly retired: Table<Retired>;
  readonly supplies: Table<Supply>;
  readonly keys: Table<MechanicalKey>;
  readonly emergencies: Table<Emergency>;
  readonly cases: Table<Case>;
  readonly messages: Table<Message>;
  readonly notices: Table<Notice>;
  readonly codes: Table<HolderCode>;
  readonly delegates: Table<Delegate>;
  readonly slips: Table<Slip>;
  readonly takenOver: Table<TakenOver>;
  /** Commissioning walks that go on, by bank. */
  readonly walks: Table<Walk>;
  /** Walks that compare records and doors and go on, by bank; and how the last one ended. */
  readonly reconciliations: Table<Reconciliation>;
  readonly reconciled: Table<Reconciled>;
  /** How the desk was compared last; one row at most. */
  readonly deskReconciled: Table<DeskReconciled>;
  /** Doors of which nobody knows yet, after another hub's end, whether the records are right. */
  readonly unverified: Table<Door>;
}

/** Of this process only. */
export interface Seen {
  readonly visitsNow: Table<VisitNow>;
  readonly ended: Table<EndedVisit>;
  readonly grantsNow: Table<GrantNow>;
  /** Delivery → since when "Parcel inside?" is asked. */
  readonly asked: Table<number>;
  /** Delivery → since when it is deposited, collected or missing. */
  readonly since: Table<number>;
  readonly banks: Table<BankNow>;
  /** Banks whose agents have seen more than this hub knows. */
  readonly ahead: Table<{ readonly bank: string }>;
  readonly doors: Table<DoorNow>;
  readonly reported: Table<Reported>;
  /** The door that is fired in a walk, by bank. */
  readonly firings: Table<Firing>;
  /** Who of the staff stands at which door in a walk, by staff. */
  readonly lookers: Table<Looker>;
  /** Key → when it was declared. */
  readonly declaredMs: Table<number>;
  /** Doors that were forced, and when: what a key that is declared afterwards may explain. */
  readonly forced: Table<ForcedDoor>;
  /** Doors that stand open by a declared key. */
  readonly keyed: Table<Door>;
}

export interface Model extends Remembered, Seen {}

/** A model that knows nothing. */
export function emptyModel(): Model {
  return {
    visits: new Map(),
    deliveries: new Map(),
    grants: new Map(),
    retired: new Map(),
    supplies: new Map(),
    keys: new Map(),
    emergencies: new Map(),
    cases: new Map(),
    messages: new Map(),
    notices: new Map(),
    codes: new Map(),
    delegates: new Map(),
    slips: new Map(),
    takenOver: new Map(),
    walks: new Map(),
    reconciliations: new Map(),
    reconciled: new Map(),
    deskReconciled: new Map(),
    unverified: new Map(),
    visitsNow: new Map(),
    ended: new Map(),
    grantsNow: new Map(),
    asked: new Map(),
    since: new Map(),
    banks: new Map(),
    ahead: new Map(),
    doors: new Map(),
    reported: new Map(),
    firings: new Map(),
    lookers: new Map(),
    declaredMs: new Map(),
    forced: new Map(),
    keyed: new Map(),
  };
}

/** A draft over a model, and how to make it true. */
export function draftOf(model: Model): { readonly draft: Model; commit(): void } {
  const overlays = Object.fromEntries(
    Object.entries(model).map(([name, table]) => [name, new Overlay<unknown>(table)]),
  );
  return {
    // Each overlay stands over the table of its name; the compiler cannot see that through Object.entries.
    draft: overlays as unknown as Model,
    commit: () => {
      for (const overlay of Object.values(overlays)) overlay.commit();
    },
  };
}

/** How a door is named as a key. */
export function doorKey(door: Door): string {
  return `${door.bank}/${door.compartment}`;
}

/** How a place behind a door is named as a key: the door's own where no room is behind it. */
export function placeKey(place: Door & { readonly zone: string | null }): string {
  return place.zone === null ? doorKey(place) : `${doorKey(place)}/${place.zone}`;
}

/** The door behind which a parcel is, or goes; null at the desk. */
export function doorOf({ bank, compartment }: Pick<Place, 'bank' | 'compartment'>): Door | null {
  return bank === null || compartment === null ? null : { bank, compartment };
}

/** The parcels that are, or go, behind a door: several only if all are for the same people, or in a room. */
export function heldAt(model: Pick<Model, 'deliveries'>, door: Door): Delivery[] {
  return [...model.deliveries.values()].filter((delivery) => sameDoor(delivery, door));
}

/** How a power supply is named as a key. */
export function supplyKey({ bank, supply }: { readonly bank: string; readonly supply: string }): string {
  return `${bank}#${supply}`;
}

/** False where one of them is the desk. */
export function sameDoor(
  a: Pick<Place, 'bank' | 'compartment'>,
  b: Pick<Place, 'bank' | 'compartment'>,
): boolean {
  return a.bank !== null && a.bank === b.bank && a.compartment === b.compartment;
}
