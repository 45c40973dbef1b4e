import { createRoute } from '@hono/zod-openapi';
import { CaseView, CloseCase, pageOf } from '@lockerhub/protocol/http/staff.ts';
import { Id } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import type { Store } from '../store/store.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { answers, PageQuery, takes } from './route.ts';

type View = z.infer<typeof CaseView>;

interface CaseRow {
  readonly case_id: string;
  readonly kind: View['kind'];
  readonly state: View['state'];
  readonly bank: string | null;
  readonly compartment: number | null;
  readonly delivery: string | null;
  readonly detail: string | null;
  readonly opened_at: number;
  readonly closed_at: number | null;
  readonly resolution: string | null;
  readonly seq: number;
}

const COLUMNS =
  'case_id, kind, state, bank, compartment, delivery, detail, opened_at, closed_at, resolution, seq';
const tags = ['cases'];

export function caseRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/cases',
      tags,
      summary: 'What needs a person, newest first',
      middleware: staff(hub, 'see'),
      request: { query: PageQuery.extend({ state: z.enum(['open', 'closed']).default('open') }) },
      responses: answers(pageOf(CaseView), 'A page; ask on with `before`.'),
    }),
    async (c) => {
      const { state, before, limit } = c.req.valid('query');
      const rows = await hub.store.query<CaseRow>(
        `select ${COLUMNS} from cases where state = $1 and seq < $2 order by seq desc limit $3`,
        [state, before, limit],
      );
      const last = rows.length === limit ? String(rows.at(-1)?.seq) : null;
      return c.json({ items: rows.map(caseView), before: last }, 200);
    },
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/cases/{case}/close',
      tags,
      summary: 'Close a case and say how it was resolved',
      middleware: staff(hub, 'close-cases'),
      request: { params: z.object({ case: Id }), ...takes(CloseCase) },
      responses: answers(CaseView, 'The closed case.'),
    }),
    async (c) => {
      const { case: id } = c.req.valid('param');
      const { resolution } = c.req.valid('json');
      await hub.building.execute({ type: 'close-case', staff: c.get('me').staff, case: id, resolution });
      const closed = await findCase(hub.store, id);
      if (!closed) throw new HubError('not-found', 'no such case; reload the page');
      return c.json(closed, 200);
    },
  );
}

/** One case, or undefined. */
export async function findCase(store: Pick<Store, 'query'>, id: string): Promise<View | undefined> {
  const [row] = await store.query<CaseRow>(`select ${COLUMNS} from cases where case_id = $1::uuid`, [id]);
  return row && caseView(row);
}

function caseView(row: CaseRow): View {
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
  };
}
