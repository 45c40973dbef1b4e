/** How a building stands with its cloud, as the hub's page shows it. */
import { z } from 'zod';

export const SyncReport = z.object({
  /** As in hub/sync/SPEC.md. */
  state: z.enum(['alone', 'connecting', 'live', 'offline', 'fenced', 'forked', 'clashed', 'shut-out']),
  cloud: z.object({ url: z.string(), name: z.string() }).nullable(),
  /** Entries of the log and rows that the cloud does not have yet. */
  entries: z.int(),
  rows: z.int(),
  /** ms since the cloud answered last, over restarts to 5 min; null: never, or the hub does not trust its clock. */
  heardAgoMs: z.number().nullable(),
  lastFault: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Opening from afar is frozen. */
  isFrozen: z.boolean(),
});
export type SyncReport = z.infer<typeof SyncReport>;

/** `code`: a one-time code of the cloud's operator. */
export const JoinCloud = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .refine((url) => new URL(url).search === '', 'an address without a query'),
  code: z.string().trim().min(4).max(40),
});

export const LeaveCloud = z.object({ reason: z.string().trim().min(1).max(200) });
