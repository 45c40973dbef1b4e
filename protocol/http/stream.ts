/** What the staff page hears live: server-sent events of `GET /api/v1/stream`. */
import type { z } from 'zod';
import type { BankView, DoorView, LogEntryView, WorkedCase } from './staff.ts';

/** The hub writes at least a comment so often, so that a page notices a hub that went away without a word. */
export const STREAM_PULSE_MS = 10_000;
/** A page that has read nothing for so long counts the hub as away and connects anew. */
export const STREAM_LOST_MS = 3 * STREAM_PULSE_MS;

/**
 * Event name → data. `id` of each event is a counter of this hub's boot; a client that comes back with a
 * `Last-Event-ID` that is too old, or fell behind by more than the bound, gets `reload` and asks anew.
 */
export interface StreamEvents {
  readonly entry: z.infer<typeof LogEntryView>;
  readonly door: { readonly bank: string } & z.infer<typeof DoorView>;
  readonly bank: Omit<z.infer<typeof BankView>, 'layout' | 'reach' | 'doors'>;
  readonly case: z.infer<typeof WorkedCase>;
  readonly reload: Record<string, never>;
}
