/**
 * The contract of scanning a bank's lines, for staff with the right `banks`. Nothing but reads is sent to the line.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/banks/:bank/scan | `ScanView` |
 * | POST /api/v1/banks/:bank/scan `NewScan` | `ScanView`: it has begun, and the page asks again for how far it is |
 * | POST /api/v1/banks/:bank/scan/stop | `ScanView` |
 */
import { z } from 'zod';
import { ScanRequest, ScanResponse } from '../bank/scan.ts';
import { Slug, UnitId } from '../ids.ts';

/** Which line, and how wide. */
export const NewScan = ScanRequest.pick({ line: true, speeds: true, units: true });
export type NewScan = z.infer<typeof NewScan>;

/** A line of the bank file, and the ids that it names. */
const ScannableLineView = z.object({
  line: Slug,
  kind: z.enum(['serial', 'tcp']),
  expected: z.array(UnitId),
});

const state = ScanResponse.shape.state;

/** The newest scan of a bank since the hub started. */
export const ScanView = z.object({
  bank: Slug,
  lines: z.array(ScannableLineView),
  scan: z
    .object({
      line: Slug,
      /** When it began; ms since 1970 by the hub's clock. */
      at: z.number(),
      /** null: it was asked for, and the agent has not said anything yet. `lost`: its agent went away meanwhile. */
      state: z.union([state, z.object({ is: z.literal('lost') })]).nullable(),
    })
    .nullable(),
});
export type ScanView = z.infer<typeof ScanView>;
