/** How routes are declared, so that each says what it takes, answers and refuses in the OpenAPI document too. */
import { z } from '@hono/zod-openapi';
import { Problem } from '@lockerhub/protocol/http/problem.ts';
import { Id } from '@lockerhub/protocol/ids.ts';

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

/** Answers with nothing, or a problem. */
export const answersNothing = { 204: { description: 'Done.' }, default: PROBLEM } as const;

/** The most and the usual number of items on a page. */
const MAX_PAGE = 200;
const PAGE = 50;
/** The query of a list in the order of ids that are made in the order of time: those before `before`. */
export const PageQuery = z.object({
  before: Id.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
});
/** The query of a list in the order of the log. */
export const SeqQuery = z.object({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(Number.MAX_SAFE_INTEGER),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
});

/** A page of rows: the key to ask on with is of the last row, if there may be more. */
export function paged<Item>(items: Item[], limit: number, keyOf: (item: Item) => string | number) {
  const last = items.length === limit ? items.at(-1) : undefined;
  return { items, before: last === undefined ? null : String(keyOf(last)) };
}
