/** How routes are declared, so that each says what it takes, answers and refuses in the OpenAPI document too. */
import { z } from '@hono/zod-openapi';
import { Problem } from '@lockerhub/protocol/http/problem.ts';

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

/** Answers with nothing, or a problem. */
export const answersNothing = { 204: { description: 'Done.' }, default: PROBLEM } as const;

/** Answers with server-sent events, or a problem. */
export const answersEvents = {
  200: { description: 'Server-sent events.', content: { 'text/event-stream': { schema: z.string() } } },
  default: PROBLEM,
} as const;

/** A JSON body of this schema; without one the request is refused. */
export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true, content: { 'application/json': { schema } } } } as const;
}

/** The most and the usual number of items on a page. */
const MAX_PAGE = 200;
const PAGE = 50;
/** `before` of the first page: every `seq` is below it. */
const NEWEST = Number.MAX_SAFE_INTEGER;

/** The query of a list: `before` is a `seq`. */
export const PageQuery = z.object({
  before: z.coerce.number().int().min(1).max(NEWEST).default(NEWEST),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
});
