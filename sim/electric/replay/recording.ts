/** The recordings of a real Electric, read. What they are: recordings/README.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const request = z.object({
  method: z.string(),
  path: z.string(),
  query: z.object({ live: z.string().optional() }).catchall(z.string()),
});

const response = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  /** In full; `body` then holds the ends only. */
  body_rows: z.number().optional(),
});

const step = z.union([
  z.object({ sql: z.string() }),
  z.object({ request, response }),
  z.object({ service: z.enum(['stopped', 'started']) }),
]);

const recording = z.object({ scenario: z.string(), why: z.string(), steps: z.array(step) });

export type Recording = z.infer<typeof recording>;
export type RecordedRequest = z.infer<typeof request>;
export type RecordedResponse = z.infer<typeof response>;

export function readRecordings(): readonly Recording[] {
  const folder = new URL('../recordings/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => recording.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))));
}
