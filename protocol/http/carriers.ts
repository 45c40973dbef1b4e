/**
 * Carriers, part of the staff page's contract (`staff.ts`). One comes with its first courier.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/carriers | `CarrierView[]`, by name |
 * | POST /api/v1/carriers/:carrier/remove | 204: for good; the codes of all its couriers end, also in a visit that goes on |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';

export const CarrierView = z.object({
  carrier: Id,
  name: z.string(),
  /** Who may drop off for it: revoked ones not counted. */
  couriers: z.int(),
});
export type CarrierView = z.infer<typeof CarrierView>;
