/** What a request for a shape says, as far as it can be told without looking at the table. */
import { z } from 'zod';
import { NOW, OFFSET_FORM, START } from '../offset.ts';
import type { Parameters } from '../where/bind.ts';
import { BadRequest, badRequest } from './refusal.ts';

const flag = z
  .enum(['true', 'false'], { error: 'is invalid' })
  .default('false')
  .transform((text) => text === 'true');

/** Electric's HTTP API, version 1; what it does not name is let pass (`expired_handle`, `cache-buster`). */
const fields = z.object({
  offset: z
    .string({ error: "can't be blank" })
    .min(1, "can't be blank")
    .regex(OFFSET_FORM, { error: 'has invalid format', abort: true }),
  table: z.string().optional(),
  handle: z.string().optional(),
  live: flag,
  live_sse: flag,
  cursor: z.string().optional(),
  where: z.string().optional(),
  columns: z.string().optional(),
  replica: z.enum(['default', 'full'], { error: 'is invalid' }).default('default'),
  log: z.enum(['full', 'changes_only'], { error: 'is invalid' }).default('full'),
});

/** What decides which shape it is, as it was written. */
export interface Wanted {
  readonly table: string;
  readonly where: string | null;
  readonly parameters: Parameters;
  readonly columns: string | null;
  readonly replica: 'default' | 'full';
  readonly log: 'full' | 'changes_only';
}

export interface ShapeQuery {
  readonly wanted: Wanted;
  /** `-1`, `now` or `N_M`. */
  readonly offset: string;
  readonly handle: string | null;
  readonly isLive: boolean;
  readonly isSse: boolean;
  readonly cursor: string | null;
}

const PARAMETER = /^params\[(\d{1,3})\]$/;

/** @throws BadRequest with Electric's words. */
export function parseQuery(query: Readonly<Record<string, string>>): ShapeQuery {
  const result = fields.safeParse(query);
  if (!result.success)
    throw new BadRequest(z.flattenError(result.error).fieldErrors as Record<string, string[]>);
  const { offset, handle, live, live_sse, cursor, table, where, columns, replica, log } = result.data;
  if (!handle && offset !== START && offset !== NOW)
    throw badRequest('handle', "can't be blank when offset != -1");
  if (live && (offset === START || offset === NOW))
    throw badRequest('live', `can't be true when offset == ${offset}`);
  if (live_sse && !live) throw badRequest('live_sse', "can't be true unless live is also true");
  if (!table) throw badRequest('table', "can't be blank");
  return {
    wanted: {
      table,
      where: where || null,
      parameters: parametersOf(query),
      columns: columns || null,
      replica,
      log,
    },
    offset,
    handle: handle || null,
    isLive: live,
    isSse: live_sse,
    cursor: cursor ?? null,
  };
}

function parametersOf(query: Readonly<Record<string, string>>): Parameters {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const number = PARAMETER.exec(name)?.[1];
      return number === undefined ? [] : [[Number(number), value] as const];
    }),
  );
}
