/** How routes are declared, so that each says what it takes, answers and refuses in the OpenAPI document too. */
import type { z } from '@hono/zod-openapi';
import { Problem } from '@lockerhub/protocol/http/problem.ts';

/** The answer to whatever goes wrong. */
export const PROBLEM = {
  description: 'A problem (RFC 9457) with a stable `code`.',
  content: { 'application/problem+json': { schema: Problem } },
} as const;

/** Answers with JSON of this schema, or a problem. */
export function answers<Schema extends z.ZodType>(schema: Schema, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    default: PROBLEM,
  } as const;
}

/** A JSON body of this schema; without one the request is refused. */
export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } } as const;
}
