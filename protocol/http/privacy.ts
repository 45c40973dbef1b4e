/**
 * What is stored about a resident.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/residents/:resident/stored | `StoredView` |
 * | GET  /api/v1/residents/:resident/stored/page | the same as a page to print, in the resident's language |
 * | POST /api/v1/residents/:resident/erase | 204: all of it is gone for good, here and in the cloud |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { Away } from './messages.ts';
import { DELIVERY_STATES } from './staff.ts';

export const StoredView = z.object({
  resident: Id,
  unitName: z.string(),
  name: z.string(),
  language: z.string(),
  contacts: z.array(z.object({ channel: z.string(), to: z.string() })),
  away: Away.nullable(),
  accessible: z.boolean(),
  onlyMe: z.boolean(),
  hasPin: z.boolean(),
  hasFob: z.boolean(),
  movedOutAt: z.number().nullable(),
  /** When name, contacts and wishes go by themselves; null while they live here, a parcel waits, or nobody knows the time. */
  goesAt: z.number().nullable(),
  /** For so long after the last delivery or the move-out. */
  keptMs: z.number(),
  deliveries: z.array(
    z.object({
      delivery: Id,
      state: z.enum(DELIVERY_STATES),
      arrivedAt: z.number(),
      endedAt: z.number().nullable(),
      tracking: z.string().nullable(),
      /** Null: there is none, it is not over, or nobody has known the time since. */
      trackingGoesAt: z.number().nullable(),
      /** Addressed to all of the household. */
      isForHousehold: z.boolean(),
    }),
  ),
  /** There are older deliveries that are not listed. */
  more: z.boolean(),
});
export type StoredView = z.infer<typeof StoredView>;
