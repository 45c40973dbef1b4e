import { createRoute } from '@hono/zod-openapi';
import { LogCheckReport } from '@lockerhub/protocol/http/log-check.ts';
import { LogEntryView, pageOf } from '@lockerhub/protocol/http/staff.ts';
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import { GENESIS_HASH } from '@lockerhub/protocol/log/entry.ts';
import { makeProof, Proof } from '@lockerhub/protocol/log/proof.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';
import { staff } from './access.ts';
import type { Api, Hub } from './hub.ts';
import { type EntryView, entryView } from './log-views.ts';
import { answers, answersNothing, PageQuery } from './route.ts';

/** Entries that one proof may span here: about 1 MB of hashes, read in statements of `PROOF_STEP` entries. */
export const MAX_PROOF_SPAN = 10_000;
const PROOF_STEP = 1_000;

const tags = ['log'];
const SeqParam = z.object({ seq: z.coerce.number().int().min(1) });
/** A proof leads to the head, or to this earlier entry: whoever witnessed that one can check it as well. */
export const UntilQuery = z.coerce.number().int().min(1).optional();
const ProofQuery = z.object({ through: z.coerce.number().int().min(1).optional(), until: UntilQuery });

export function logRoutes(api: Api, hub: Hub): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/log',
      tags,
      summary: 'The log, newest first',
      middleware: staff(hub, 'see', 'building:read'),
      request: { query: PageQuery },
      responses: answers(pageOf(LogEntryView), 'A page; ask on with `before`.'),
    }),
    async (c) => c.json(await logPage(hub, c.req.valid('query')), 200),
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/log/check',
      tags,
      summary: 'Whether the log is as it was written, as far as the hub has checked',
      middleware: staff(hub, 'see'),
      responses: answers(LogCheckReport, 'As it was found.'),
    }),
    (c) => c.json(hub.logWatch.view(), 200),
  );
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/log/check',
      tags,
      summary: 'Check all of the log now, in the background',
      middleware: staff(hub, 'see'),
      responses: answersNothing,
    }),
    (c) => {
      hub.logWatch.ask();
      return c.body(null, 204);
    },
  );
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/log/{seq}/proof',
      tags,
      summary: 'Proof that entries stand in the log: those up to `through` are open, all later ones sealed',
      middleware: staff(hub, 'see', 'building:read'),
      request: { params: SeqParam, query: ProofQuery },
      responses: answers(Proof, 'The proof, from the entry to the head or to `until`.'),
    }),
    async (c) => {
      const { seq } = c.req.valid('param');
      const { through = seq, until } = c.req.valid('query');
      return c.json(await proofFrom(hub, seq, (entry) => entry.seq <= through, until), 200);
    },
  );
}

/** A page of the log, newest first. */
export async function logPage(
  { store }: Pick<Hub, 'store'>,
  { before, limit }: z.infer<typeof PageQuery>,
): Promise<{ items: EntryView[]; before: string | null }> {
  const entries = await store.query<Entry>(
    'select seq, epoch, hash, payload from log where seq < $1 order by seq desc limit $2',
    [before, limit],
  );
  const last = entries.at(-1)?.seq ?? 1;
  return { items: entries.map(entryView), before: last > 1 ? String(last) : null };
}

/**
 * A proof from entry `first` to the head, or to entry `until`, that shows the entries of `shown`.
 *
 * @throws HubError `not-found`, `proof-too-long`.
 */
export async function proofFrom(
  hub: Hub,
  first: number,
  shown: (entry: Entry) => boolean,
  until?: number,
): Promise<Proof> {
  const head = hub.buildingLog.head();
  const last = until ?? head.seq;
  if (Math.max(first, last) > head.seq) {
    throw new HubError('not-found', `the log ends at entry ${head.seq}`);
  }
  if (last < first) {
    throw new HubError('request-invalid', `query.until: the proof begins at entry ${first}`, {
      where: 'query.until',
    });
  }
  if (last - first >= MAX_PROOF_SPAN) {
    throw new HubError(
      'proof-too-long',
      `a proof spans ${MAX_PROOF_SPAN} entries at most; ask with ?until= and an entry up to ${first + MAX_PROOF_SPAN - 1}`,
    );
  }
  const entries: Entry[] = [];
  for (let from = first - 1; from < last; from += PROOF_STEP) {
    // Short statements: a door waits for one of them at most.
    entries.push(
      ...(await hub.store.query<Entry>(
        'select seq, epoch, salt, payload, hash from log where seq >= $1 and seq <= $2 order by seq',
        [Math.max(from + 1, first), Math.min(from + PROOF_STEP, last)],
      )),
    );
  }
  const open = new Set(entries.filter(shown).map((entry) => entry.seq));
  return makeProof(hub.settings.require().building, await headBefore(hub, first), entries, open);
}

async function headBefore(hub: Hub, seq: number): Promise<Head> {
  if (seq === 1) return { seq: 0, hash: GENESIS_HASH };
  const [before] = await hub.store.query<Head>('select seq, hash from log where seq = $1', [seq - 1]);
  if (!before) throw new HubError('not-found', `no entry ${seq - 1} in the log`);
  return before;
}
