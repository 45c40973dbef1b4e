/**
 * The recovery key: what opens the building's sealed keyring on another box. For managers.
 *
 * | request | answer |
 * | --- | --- |
 * | GET  /api/v1/recovery | `RecoveryView` |
 * | POST /api/v1/recovery | `RecoveryKey`: shown once; it replaces the one before when it is confirmed |
 * | POST /api/v1/recovery/confirm `RecoveryConfirm` | `RecoveryView`: it is on paper |
 */
import { z } from 'zod';

const Generation = z.int().min(1);
const KeyView = z.object({
  /** Counts the building's recovery keys. */
  generation: Generation,
  /** Ms since 1970 by the hub's clock. */
  madeAt: z.number(),
  confirmed: z.boolean(),
});

/** `current`: opens the keyring (null: none was made yet). `next`: made, and not confirmed yet. */
export const RecoveryView = z.object({ current: KeyView.nullable(), next: KeyView.nullable() });
export type RecoveryView = z.infer<typeof RecoveryView>;

export const RecoveryKey = z.object({ generation: Generation, key: z.string().max(60) });
export type RecoveryKey = z.infer<typeof RecoveryKey>;

export const RecoveryConfirm = z.object({ generation: Generation });
export type RecoveryConfirm = z.infer<typeof RecoveryConfirm>;
