/**
 * Backups of a hub.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/backups | `BackupsView` |
 * | POST /api/v1/backups `?wait` | `BackupsView`, once a backup was made and looked into; `wait=no`: at once, while it is being made |
 *
 * When they are made and how many are kept is policy (`policy.ts`: `backup…`).
 */
import { z } from 'zod';

export const BackupView = z.object({
  file: z.string(),
  madeAt: z.number(),
  bytes: z.int(),
  /** What the log had reached. */
  seq: z.int(),
  /** What the policy keeps it as; `goes`: it is removed once the next one was made. */
  keptAs: z.enum(['day', 'week', 'month', 'newest', 'goes']),
  /** Sealed to a recovery key before the one of now: the older paper opens it. */
  isOfFormerKey: z.boolean(),
});
export type BackupView = z.infer<typeof BackupView>;

/** Why one was not made. `no-room-here`: on the hub's own disk, where a copy of it is opened. */
const BackupReason = z.enum([
  'no-folder',
  'folder-missing',
  'no-key',
  'not-set-up',
  'no-room',
  'no-room-here',
  'not-writable',
  'broken',
  'other',
]);
export type BackupReason = z.infer<typeof BackupReason>;

export const BackupsView = z.object({
  /** Null: nobody has said where they go, and none are made. */
  folder: z.string().nullable(),
  /** Null: no folder was said. */
  place: z
    .object({
      /** The folder is there, and the hub may write in it. */
      isThere: z.boolean(),
      freeBytes: z.number().nullable(),
      /** On the disk that the hub's own folder lies on: lost with it. */
      isSameDisk: z.boolean(),
    })
    .nullable(),
  making: z.boolean(),
  /** How far the one is that is being made; `ofBytes`: the size of the last one, null before the first. */
  progress: z
    .object({ step: z.enum(['writing', 'opening']), bytes: z.int(), ofBytes: z.int().nullable() })
    .nullable(),
  /** Why the last one was not made; null once one was. */
  failure: z.object({ at: z.number(), reason: BackupReason, message: z.string() }).nullable(),
  /** Newest first. Each had its name only once a copy of it was opened. */
  backups: z.array(BackupView),
  /** Files there that are called so and can't be read as one. */
  unreadable: z.array(z.string()),
  /** Somebody has said that the recovery key is on paper: without it no backup can be restored. */
  isKeyPrinted: z.boolean(),
});
export type BackupsView = z.infer<typeof BackupsView>;
