/** Who lives where, as a whole: lists from the manager's other software. */
import { createRoute } from '@hono/zod-openapi';
import {
  ROSTER_FIELDS,
  RosterColumns,
  RosterImport,
  RosterList,
  RosterOptions,
  RosterPreview,
} from '@lockerhub/protocol/http/roster.ts';
import type { Context } from 'hono';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { type List, readCsv } from '../roster/read-list.ts';
import { staff } from './access.ts';
import { documented } from './document.ts';
import type { Api, ApiEnv, Hub } from './hub.ts';
import { answers } from './route.ts';

const tags = ['roster'];
const path = '/api/v1/roster';
const body = {
  body: {
    required: true,
    content: {
      'text/csv': { schema: z.string() },
      'application/json': { schema: RosterList },
    },
  },
} as const;

export function rosterRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path,
      tags,
      summary: 'How far the newest list of residents is taken over',
      middleware: staff(hub, 'see-people', 'roster:write'),
      responses: answers(RosterImport.nullable(), 'The newest import, or null.'),
    }),
    (c) => c.json(hub.roster.view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: `${path}/undo`,
      tags,
      summary: 'Take the newest import back',
      middleware: staff(hub, 'roster', 'roster:write'),
      responses: answers(RosterImport, 'The import, as it is being taken back.'),
    }),
    async (c) => c.json(await hub.roster.undo(c.get('by')), 200),
  );
  // By hand and not `openapi`: the body is read as bytes, whatever its type says of its encoding.
  const middleware = staff(hub, 'roster', 'roster:write');
  const preview = createRoute({
    method: 'post',
    path: `${path}/preview`,
    tags,
    summary: 'What a list of residents would change; nothing is written',
    request: { query: RosterOptions, ...body },
    responses: answers(RosterPreview, 'What it would change.'),
  });
  api.openAPIRegistry.registerPath({ ...preview, ...documented({ ...preview, middleware }) });
  api.post(preview.path, middleware, async (c) => {
    const { columns } = optionsOf(c);
    return c.json(await hub.roster.preview({ list: await listOf(c), columns }), 200);
  });
  const put = createRoute({
    method: 'put',
    path,
    tags,
    summary: 'Take a list of residents over, in pieces; refused as a whole if any line is wrong',
    request: { query: RosterOptions, ...body },
    responses: answers(RosterImport, 'The import that has begun.'),
  });
  api.openAPIRegistry.registerPath({ ...put, ...documented({ ...put, middleware }) });
  api.put(put.path, middleware, async (c) => {
    const options = optionsOf(c);
    const list = await listOf(c);
    return c.json(await hub.roster.begin(c.get('by'), { ...options, list }), 200);
  });
}

function optionsOf(c: Context<ApiEnv>) {
  const parsed = RosterOptions.safeParse(c.req.query());
  if (!parsed.success) throw invalid('query', parsed.error);
  const { columns, gone, confirm } = parsed.data;
  return { gone, confirm, columns: columns === undefined ? undefined : columnsOf(columns) };
}

function columnsOf(text: string): RosterColumns {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HubError('request-invalid', 'query.columns: not JSON', { where: 'query.columns', cause });
  }
  const parsed = RosterColumns.safeParse(value);
  if (!parsed.success) throw invalid('query.columns', parsed.error);
  return parsed.data;
}

async function listOf(c: Context<ApiEnv>): Promise<List> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (!/^application\/json\b/.test(c.req.header('content-type') ?? '')) return readCsv(bytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new HubError('request-invalid', 'body: not JSON in UTF-8', { where: 'body', cause });
  }
  const parsed = RosterList.safeParse(value);
  if (!parsed.success) throw invalid('body', parsed.error);
  const headers = ROSTER_FIELDS.filter((field) =>
    parsed.data.residents.some((row) => row[field] !== undefined),
  );
  const rows = parsed.data.residents.map((cells, index) => ({ line: index + 1, cells: { ...cells } }));
  return { headers, rows: rows as List['rows'], faults: [] };
}

function invalid(where: string, error: z.ZodError): HubError {
  const issue = error.issues[0];
  const at = [where, ...(issue?.path ?? [])].join('.');
  return new HubError('request-invalid', `${at}: ${issue?.message ?? 'does not fit'}`, { where: at });
}
