/** Whether the hub found its log as it was written. */
import { z } from 'zod';

export const LogCheckReport = z.object({
  /** `unchecked`: no check of all of it has ended yet. */
  state: z.enum(['unchecked', 'whole', 'changed']),
  /** Up to this entry all was well when it was last followed. */
  seq: z.int(),
  /** When the last check of all of it ended, by the hub's clock. */
  wholeAtMs: z.int().nullable(),
  /** How many places are not as they were written, and the first one that was found. */
  faults: z.object({ count: z.int(), first: z.object({ seq: z.int(), detail: z.string() }).nullable() }),
});
export type LogCheckReport = z.infer<typeof LogCheckReport>;
