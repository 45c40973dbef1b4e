/**
 * The contract of the first steps: what a building still lacks before it works, found out from what is there.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/first-steps | `FirstStepsView` |
 * | POST /api/v1/first-steps/put-away `PutAway` | `FirstStepsView` |
 */
import { z } from 'zod';
import { Slug } from '../ids.ts';
import { ChannelName } from './messages.ts';
import { Role } from './staff.ts';

/** In the order in which one does them. */
export const FIRST_STEPS = ['residents', 'banks', 'layout', 'couriers', 'messages', 'parcel'] as const;
export const FirstStep = z.enum(FIRST_STEPS);
export type FirstStep = z.infer<typeof FirstStep>;

/** What is there now. */
export const SetUpFacts = z.object({
  units: z.int(),
  /** Who lives here. */
  residents: z.int(),
  banks: z.array(
    z.object({
      bank: Slug,
      name: z.string(),
      /** It answers, or did: a signed map proves that. */
      answered: z.boolean(),
      /** Doors that no signed map proves; all of them without a map. */
      untried: z.int(),
    }),
  ),
  /** Couriers whose code is good. */
  couriers: z.int(),
  /** Ways to send that are set. */
  channels: z.array(ChannelName),
  /** Those of them by which a test went out since they were set. */
  tested: z.array(ChannelName),
  /** Paired screens. */
  terminals: z.int(),
  /** A parcel is or was behind a door. */
  brought: z.boolean(),
  /** A parcel was collected. */
  collected: z.boolean(),
});
export type SetUpFacts = z.infer<typeof SetUpFacts>;

export const FirstStepsView = z.object({
  steps: z.array(
    z.object({
      step: FirstStep,
      done: z.boolean(),
      /** Whose work it is. */
      roles: z.array(Role),
    }),
  ),
  facts: SetUpFacts,
  /** A manager does not want to see them. */
  putAway: z.boolean(),
});
export type FirstStepsView = z.infer<typeof FirstStepsView>;

/** False gets them back. */
export const PutAway = z.object({ putAway: z.boolean() });
