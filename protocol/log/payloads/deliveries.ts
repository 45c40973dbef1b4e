/** Visits, and each parcel's stay from drop-off to pickup. */
import { z } from 'zod';
import { Size, ZoneName } from '../../bank/layout.ts';
import { Id, Slug } from '../../ids.ts';
import { Door } from './fields.ts';
import { ClaimedBy } from './slips.ts';

/** A place behind a door. */
const Behind = {
  ...Door,
  /** Present: a zone of the package room behind the door, for want of a compartment. */
  zone: ZoneName.optional(),
};

/** How a deposit was confirmed. `attested`: a person said so at a door without sensor. */
export const Confirmation = z.enum(['confirmed', 'unconfirmed', 'attested']);
export type Confirmation = z.infer<typeof Confirmation>;

/** Why a parcel did not get the smallest place that fits at the courier's own bank. */
export const Fallback = z.enum(['bigger', 'shared', 'other-bank']);
export type Fallback = z.infer<typeof Fallback>;

/** Why a parcel goes to the desk. `vacated`: nobody lives in the unit, and the building keeps such parcels. */
export const DeskReason = z.enum([
  'no-place',
  'oversize',
  'vacated',
  'jammed',
  'wrong-size',
  'occupied',
  'dirty',
]);
export type DeskReason = z.infer<typeof DeskReason>;

/** Why a courier has a parcel again. */
export const TakenBackReason = z.enum([
  'undone',
  'not-inside',
  'no-place',
  'abandoned',
  'staff',
  'vacated',
  'oversize',
  'refused',
]);
export type TakenBackReason = z.infer<typeof TakenBackReason>;

export const DELIVERIES_PAYLOADS = {
  'visit.started': z.object({
    visit: Id,
    terminal: Id,
    bank: Slug.nullable(),
    kind: z.enum(['courier', 'resident']),
    holder: Id,
    /** Who came in the holder's stead, by a code of their own. */
    delegate: Id.nullable().default(null),
    /** By what they said who they are. */
    means: z.enum(['code', 'pin', 'fob', 'slip']).default('code'),
    fob: Id.nullable().default(null),
  }),
  'visit.ended': z.object({
    visit: Id,
    reason: z.enum(['done', 'timeout', 'restart', 'cancelled', 'revoked']),
  }),
  'delivery.assigned': z.object({
    delivery: Id,
    visit: Id,
    unit: Id,
    household: Id,
    resident: Id.nullable(),
    carrier: Id.nullable(),
    size: Size,
    ...Behind,
    /** Absent: the smallest that fits, at the courier's own bank. */
    fallback: Fallback.optional(),
  }),
  /** As `delivery.assigned`, for a parcel of which nobody knows yet whose it is; no code opens its door. */
  'delivery.unmatched': z.object({
    delivery: Id,
    visit: Id,
    /** Null: not even that is known. */
    unit: Id.nullable(),
    carrier: Id.nullable(),
    size: Size,
    ...Behind,
    fallback: Fallback.optional(),
  }),
  /** A parcel that the courier was told to take to the desk; staff say whether they have it. */
  'delivery.sent-to-desk': z.object({
    delivery: Id,
    visit: Id,
    unit: Id.nullable(),
    household: Id.nullable(),
    resident: Id.nullable(),
    carrier: Id.nullable(),
    size: Size,
    reason: DeskReason,
  }),
  /** Staff have found out whose it is. */
  'delivery.matched': z.object({
    delivery: Id,
    unit: Id,
    household: Id,
    resident: Id.nullable(),
  }),
  /** Nobody could be told of it: a claim slip was printed. */
  'delivery.invited': z.object({ delivery: Id, slip: Id }),
  /** The first of the unit who came for it, as a resident of that household. */
  'delivery.claimed': z.object({
    delivery: Id,
    slip: Id.nullable(),
    household: Id,
    resident: Id,
    how: ClaimedBy,
  }),
  /** A parcel that got no place at all: the courier keeps it. `delivery` is its name in rows and proofs. */
  'delivery.taken-back': z.object({
    delivery: Id,
    visit: Id,
    unit: Id.nullable(),
    carrier: Id.nullable(),
    size: Size,
    reason: z.enum(['vacated', 'oversize', 'no-place', 'refused']),
  }),
  /** Another place for a parcel that is not in yet. */
  'delivery.reassigned': z.object({
    delivery: Id,
    ...Behind,
    reason: z.enum(['jammed', 'wrong-size', 'occupied', 'dirty', 'unavailable', 'refused']),
    fallback: Fallback.optional(),
  }),
  /** The desk instead of its place, for a parcel that is not in yet. */
  'delivery.desk-instead': z.object({ delivery: Id, reason: DeskReason }),
  'delivery.deposited': z.object({ delivery: Id, confirmation: Confirmation }),
  'delivery.withdrawn': z.object({
    delivery: Id,
    reason: z.enum(['undone', 'not-inside', 'no-place', 'abandoned', 'staff']),
  }),
  'delivery.collected': z.object({ delivery: Id, visit: Id.nullable(), confirmation: Confirmation }),
  /** The grace time after the pickup is over: nothing of this delivery can be opened any more. */
  'delivery.archived': z.object({ delivery: Id }),
  'delivery.missing': z.object({ delivery: Id, visit: Id }),
  /**
   * Those whom it is for are told by these messages (none: nobody was there to tell). It stays with the delivery when
   * the messages are long sent, so that nobody is told twice after a restart.
   */
  'delivery.announced': z.object({ delivery: Id, messages: z.array(Id).max(50) }),
  /** Those who still wait for it were told again, by these messages; `reminder`: the how manieth time, from 1. */
  'delivery.reminded': z.object({
    delivery: Id,
    reminder: z.int().min(1).max(20),
    messages: z.array(Id).max(50),
  }),
  /** It waits so long that a person has to look after it. */
  'delivery.overdue': z.object({ delivery: Id, case: Id }),
} as const;
