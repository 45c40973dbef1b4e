import { z } from 'zod';

/** An error over HTTP: problem details (RFC 9457) with a stable `code` of ours. `detail` says what to do. */
export const Problem = z.object({
  type: z.literal('about:blank').default('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  /** Where in the request, e.g. `body.size`; absent if it is not about one field. */
  where: z.string().optional(),
  /** After how long another try makes sense. */
  retryAfterMs: z.number().optional(),
});
export type Problem = z.infer<typeof Problem>;
