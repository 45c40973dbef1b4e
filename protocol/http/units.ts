/**
 * The units of the building, part of the staff page's contract (`staff.ts`).
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/units | `UnitView[]` |
 * | POST /api/v1/units/:unit `RenameUnit` | 204 |
 * | POST /api/v1/units/:unit/remove | 204: only where nobody lives or lived and no parcel came |
 */
import { z } from 'zod';
import { Id } from '../ids.ts';
import { UnitName } from './staff.ts';

export const UnitView = z.object({
  unit: Id,
  unitName: z.string(),
  /** In which somebody lives. */
  households: z.int(),
  residents: z.int(),
  /** Who lived here, and is still known. */
  movedOut: z.int(),
});
export type UnitView = z.infer<typeof UnitView>;

export const RenameUnit = z.object({ unitName: UnitName });
