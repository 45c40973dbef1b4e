/** What the process of an updater under torture is told. */
import { z } from 'zod';

export const UpdatePlan = z.object({
  /** Holds all that a machine has: `programs/`, `hub/`, `state/`, `inbox/`, `updating`. */
  folder: z.string(),
  what: z.enum(['hub', 'agent']),
  /** Where it says how it is. */
  place: z.union([z.object({ port: z.number() }), z.object({ socketPath: z.string() })]),
  /** Where whoever stands in for systemd is asked. */
  systemPort: z.number(),
  /** To be begun; null: what an earlier process left is ended. */
  to: z.string().nullable(),
  /** It dies by SIGKILL at this half step: each act has a point before and one behind it. Null: at none. */
  killAt: z.number().nullable(),
});
export type UpdatePlan = z.infer<typeof UpdatePlan>;

/** The updater's process ends so when there was no such half step. */
export const ENDED = 'half steps: ';
