/** Openings of doors: granted, reported, and those that no grant explains and are explained all the same. */
import { z } from 'zod';
import { EmergencyState, GrantOutcome, Purpose } from '../../bank/messages.ts';
import { CompartmentNumber, Id, Slug } from '../../ids.ts';
import { Door, Doors } from './fields.ts';

/** How a grant ended. */
export const GrantEnd = z.enum(['opened', 'pulsed', 'jammed', 'refused', 'expired', 'unknown', 'burned']);
export type GrantEnd = z.infer<typeof GrantEnd>;

export const OPENINGS_PAYLOADS = {
  'grant.issued': z.object({
    grant: Id,
    purpose: Purpose,
    delivery: Id.nullable(),
    visit: Id.nullable(),
    ...Door,
    reason: z.string().max(200).optional(),
  }),
  'grant.ended': z.object({
    grant: Id,
    delivery: Id.nullable(),
    end: GrantEnd,
    reason: z.string().max(60).optional(),
    latencyMs: z.number().optional(),
  }),
  /**
   * What a bank reported of a door. `session` and `number` name the report for good; `number` 0: not reported as an
   * event, but learned from the door's state or the ledger after the bank came back.
   */
  'door.reported': z.object({
    ...Door,
    kind: z.enum(['pulsed', 'opened', 'closed', 'jammed', 'forced', 'unknown', 'settled']),
    grant: Id.nullable(),
    delivery: Id.nullable(),
    session: z.int(),
    number: z.int(),
    ageMs: z.number(),
    /** Of a grant that the agent itself minted. */
    purpose: Purpose.optional(),
  }),
  /**
   * What an agent released by the hub's list while it was alone, as it handed it over. `disagrees`: why it does not
   * fit what the hub knows; null if it does. `series` and `number` name it for good.
   */
  'pickup.handed-over': z.object({
    ...Door,
    series: Id,
    number: z.int().min(1),
    grant: Id,
    delivery: Id,
    holder: Id,
    terminal: Id,
    list: z.int().min(1),
    outcome: GrantOutcome,
    disagrees: z
      .enum(['delivery-gone', 'delivery-elsewhere', 'delivery-not-in', 'holder-foreign', 'code-revoked'])
      .nullable(),
  }),
  'compartment.retired': z.object({ ...Door, reason: z.string().max(200) }),
  'compartment.returned': z.object({ ...Door, reason: z.string().max(200) }),
  /** Another hub speaks for the building: of these doors nobody knows yet whether the records are right. */
  'bank.unverified': z.object({ bank: Slug, epoch: z.int().min(1), compartments: Doors }),
  /**
   * The agent's record, the hub's and the door agree (`record`), or staff have looked. `over`: it was the last one of
   * its bank.
   */
  'compartment.verified': z.object({ ...Door, how: z.enum(['record', 'staff']), over: z.boolean() }),
  /** Staff use the mechanical key for so long from now on; `compartment` null: anywhere in the bank. */
  'key.declared': z.object({
    key: Id,
    bank: Slug,
    compartment: CompartmentNumber.nullable(),
    withinMs: z.number().min(0),
    reason: z.string().max(200),
  }),
  /** A door was opened by a declared key. */
  'key.used': z.object({ key: Id, ...Door, reason: z.string().max(200) }),
  'key.over': z.object({ key: Id }),
  'emergency.began': z.object({ bank: Slug }),
  'emergency.told': z.object({ bank: Slug, state: EmergencyState }),
  /** Staff have walked the doors. */
  'emergency.ended': z.object({ bank: Slug, reason: z.string().max(200) }),
} as const;
