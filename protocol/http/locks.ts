/**
 * The contract about locks between the staff page and the hub.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/banks/:bank/health | `BankHealth`: every lock in the last 7 days, and in the 30 before |
 * | GET  /api/v1/banks/:bank/health/:n | `LockDay[]`: one lock day by day, oldest first; days without a use are left out |
 * | POST /api/v1/banks/:bank/key `DeclareKey` | 204: the mechanical key is used, on one door or anywhere in the bank |
 */
import { z } from 'zod';
import { CompartmentNumber } from '../ids.ts';

const counts = {
  /** Seen to open, or said to by a person where there is no sensor. */
  openings: z.int(),
  /** Pulsed and not open in time; those of a failed supply are left out. */
  jams: z.int(),
  /** Attempts for a parcel at a door that had already jammed for it. */
  retries: z.int(),
  /** The middle of the times from the pulse to the sight of the open door; null without any. */
  medianMs: z.number().nullable(),
  /** Nineteen of twenty openings took no longer; null without any. */
  p95Ms: z.number().nullable(),
};

/** What a lock did in some days. */
export const LockFigures = z.object({
  ...counts,
  /** Openings whose time is known: those of a door with a sensor, the first 64 of a day. */
  timed: z.int(),
});
export type LockFigures = z.infer<typeof LockFigures>;

/** Why a lock is thought to wear. */
export const LockWear = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slower'), nowMs: z.number(), beforeMs: z.number() }),
  z.object({ kind: z.literal('jams'), jams: z.int(), openings: z.int() }),
]);
export type LockWear = z.infer<typeof LockWear>;

export const LockHealth = z.object({
  compartment: CompartmentNumber,
  sensed: z.boolean(),
  inService: z.boolean(),
  /** Compartments with the same one hang on one power supply. */
  supply: z.string(),
  recent: LockFigures,
  baseline: LockFigures,
  /** Null: nothing is known against it. */
  wear: LockWear.nullable(),
});
export type LockHealth = z.infer<typeof LockHealth>;

export const BankHealth = z.object({
  recentDays: z.int(),
  baselineDays: z.int(),
  /** So many jams in a row take a compartment out of service. */
  jamsToRetire: z.int(),
  locks: z.array(LockHealth),
});
export type BankHealth = z.infer<typeof BankHealth>;

export const LockDay = z.object({
  /** The day as YYYY-MM-DD, in UTC by the hub's clock as it then was. */
  day: z.iso.date(),
  ...counts,
});
export type LockDay = z.infer<typeof LockDay>;

/** How long a mechanical key may be declared for: a working day. */
export const KEY_MINUTES_MAX = 8 * 60;
export const DeclareKey = z.object({
  /** Null: anywhere in the bank. */
  compartment: CompartmentNumber.nullable(),
  /** From now on; the ten minutes before count in any case. */
  minutes: z.int().min(0).max(KEY_MINUTES_MAX).default(30),
  reason: z.string().trim().min(3).max(200),
});

/** A lock that did not open twenty times in a row is broken, whatever a building thinks of it. */
export const JAMS_TO_RETIRE_MAX = 20;
export const JamsToRetire = z.int().min(1).max(JAMS_TO_RETIRE_MAX);
