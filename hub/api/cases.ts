import { createRoute } from '@hono/zod-openapi';
import {
  CaseOwner,
  type CaseView,
  CloseCase,
  type Me,
  NoteCase,
  pageOf,
  TakeCase,
  WorkedCase,
} from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { z } from 'zod';
import type { StaffCommand } from '../deliveries/command.ts';
import { HubError } from '../error.ts';
import { mayWorkOn } from '../sign-in/rights.ts';
import type { Store } from '../store/store.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, PageQuery, takes } from './route.ts';

interface CaseRow {
  readonly case_id: string;
  readonly kind: CaseView['kind'];
  readonly state: CaseView['state'];
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly delivery: string | null;
  readonly detail: string | null;
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly resolution: string | null;
  readonly taken_by: string | null;
  readonly seq: number;
}

const COLUMNS =
  'case_id, kind, state, bank, compartment, delivery, detail, opened_at, closed_at, resolution, taken_by, seq';
const tags = ['cases'];
const params = z.object({ case: Id });

export function caseRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/cases',
      tags,
      summary: 'What needs a person, newest first',
      middleware: staff(hub, 'see', 'building:read'),
      request: {
        query: PageQuery.extend({
          state: z.enum(['open', 'closed']).default('open'),
          who: CaseOwner.default('anybody'),
        }),
      },
      responses: answers(pageOf(WorkedCase), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { state, who, before, limit } = c.req.valid('query');
      const rows = await hub.store.query<CaseRow>(
        `select ${COLUMNS} from cases where state = $1 and seq < $2
           and ($4 = 'anybody' or ($4 = 'me' and taken_by = $5) or ($4 = 'nobody' and taken_by is null))
         order by seq desc limit $3`,
        [state, before, limit, who, c.get('by').id ?? null],
      );
      const last = rows.length === limit ? String(rows.at(-1)?.seq) : null;
      return c.json({ items: await withNotes(hub.store, rows), before: last }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/cases/{case}',
      tags,
      summary: 'One case',
      middleware: staff(hub, 'see'),
      request: { params },
      responses: answers(WorkedCase, 'The case.'),
    }),
    async (c) => {
      const found = await findCase(hub.store, c.req.valid('param').case);
      if (!found) throw new HubError('not-found', 'no such case');
      return c.json(found, 200);
    },
  );
  const act = async (me: Me, asked: StaffCommand & { readonly case: string }) => {
    const before = await findCase(hub.store, asked.case);
    if (!before) throw new HubError('not-found', 'no such case; reload the page');
    if (!mayWorkOn(me.role, before.kind)) {
      throw new HubError(
        'forbidden',
        `the role "${me.role}" works on cases of doors and lines alone; ask a manager`,
      );
    }
    await hub.building.execute(asked);
    return (await findCase(hub.store, asked.case)) ?? before;
  };
  const middleware = staff(hub, 'work-cases');
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/cases/{case}/take',
      tags,
      summary: 'See to a case; refused if somebody else has just taken it',
      middleware,
      request: { params, ...takes(TakeCase) },
      responses: answers(WorkedCase, 'The case.'),
    }),
    async (c) => {
      const { from } = c.req.valid('json');
      const me = c.get('me');
      const asked = { ...c.req.valid('param'), staff: me.staff };
      return c.json(await act(me, { type: 'take-case', ...asked, from }), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/cases/{case}/release',
      tags,
      summary: 'Leave a case to whoever takes it next',
      middleware,
      request: { params },
      responses: answers(WorkedCase, 'The case.'),
    }),
    async (c) => {
      const me = c.get('me');
      const asked = { ...c.req.valid('param'), staff: me.staff };
      return c.json(await act(me, { type: 'release-case', ...asked }), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/cases/{case}/note',
      tags,
      summary: 'Write down what was found or done; it stays in the log',
      middleware,
      request: { params, ...takes(NoteCase) },
      responses: answers(WorkedCase, 'The case.'),
    }),
    async (c) => {
      const me = c.get('me');
      const asked = { ...c.req.valid('param'), staff: me.staff };
      return c.json(await act(me, { type: 'note-case', ...asked, ...c.req.valid('json') }), 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/cases/{case}/close',
      tags,
      summary: 'Close a case and say how it was resolved',
      middleware,
      request: { params, ...takes(CloseCase) },
      responses: answers(WorkedCase, 'The closed case.'),
    }),
    async (c) => {
      const me = c.get('me');
      const asked = { ...c.req.valid('param'), staff: me.staff };
      return c.json(await act(me, { type: 'close-case', ...asked, ...c.req.valid('json') }), 200);
    },
  );
}

/** One case, or undefined. */
export async function findCase(store: Pick<Store, 'query'>, id: string): Promise<WorkedCase | undefined> {
  const rows = await store.query<CaseRow>(`select ${COLUMNS} from cases where case_id = $1::uuid`, [id]);
  return (await withNotes(store, rows))[0];
}

interface NoteRow {
  readonly seq: number;
  readonly subject: string;
  readonly payload: string;
}

/** The log has the notes; it finds them by their case, so that a page of cases costs one look more. */
async function withNotes(store: Pick<Store, 'query'>, rows: readonly CaseRow[]): Promise<WorkedCase[]> {
  const notes = await store.query<NoteRow>(
    `select seq, subject, payload from log
      where subject = any(string_to_array($1, ',')) and type = 'case.noted' order by seq`,
    [rows.map((row) => row.case_id).join(',')],
  );
  return rows.map((row) => ({
    ...caseView(row),
    notes: notes.filter(({ subject }) => subject === row.case_id).flatMap(noteOf),
  }));
}

function noteOf({ seq, payload: text }: NoteRow): WorkedCase['notes'] {
  const payload = decodePayload(text);
  if (payload.type !== 'case.noted') return [];
  const { at, by, data } = payload;
  return [{ seq, at, by, note: data.note }];
}

function caseView(row: CaseRow): CaseView {
  return {
    case: row.case_id,
    kind: row.kind,
    state: row.state,
    bank: row.bank,
    compartment: row.compartment,
    delivery: row.delivery,
    detail: row.detail,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    resolution: row.resolution,
    takenBy: row.taken_by,
  };
}
