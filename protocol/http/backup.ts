/**
 * Backups of a hub.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/backups | `BackupsView` |
 * | POST /api/v1/backups | `BackupsView`, once a backup was made and looked into |
 */
import { z } from 'zod';

export const BackupView = z.object({
  file: z.string(),
  madeAt: z.number(),
  bytes: z.int(),
  /** What the log had reached. */
  seq: z.int(),
});

export const BackupsView = z.object({
  /** Null: nobody has said where they go, and none are made. */
  folder: z.string().nullable(),
  making: z.boolean(),
  /** Why the last one was not made; null once one was. */
  failure: z.object({ at: z.number(), message: z.string() }).nullable(),
  /** Newest first. */
  backups: z.array(BackupView),
});
export type BackupsView = z.infer<typeof BackupsView>;
