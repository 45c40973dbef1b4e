/** Lists by pages, newest first, by key: a page deep in a long list costs what the first one does. */
import type { SqlValue, Store } from './store.ts';

/** The largest page; a wish for more gets this. */
export const MAX_PAGE = 200;
/** The page of one who wishes nothing. */
export const DEFAULT_PAGE = 50;

/** What to list. SQL texts are ours; whatever came from outside goes into `parameters`. */
export interface PageQuery {
  /** `select … from …` without a `where`. Must yield the key as `seq`. */
  readonly select: string;
  /** The key column as the `where` names it: unique and indexed, such as `deliveries.seq`. */
  readonly key: string;
  /** Conditions, joined by `and`; `$1`, `$2` … count over `parameters`. */
  readonly where?: readonly string[];
  readonly parameters?: readonly SqlValue[];
  /** Only what is older than this key; as `before` of the page that came earlier. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** One page; `before` asks for the next one, null at the end. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly before: string | null;
}

/** Reads one page. */
export async function readPage<Row extends { readonly seq: number }>(
  store: Pick<Store, 'query'>,
  query: PageQuery,
): Promise<Page<Row>> {
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? DEFAULT_PAGE), 1), MAX_PAGE);
  const parameters = [...(query.parameters ?? [])];
  const where = [...(query.where ?? [])];
  if (query.before !== undefined) where.push(`${query.key} < $${parameters.push(query.before)}`);
  // One more than asked for tells whether there is a next page.
  const last = `order by ${query.key} desc limit $${parameters.push(limit + 1)}`;
  const rows = await store.query<Row>(
    [query.select, where.length > 0 ? `where ${where.join(' and ')}` : '', last].join(' '),
    parameters,
  );
  const items = rows.slice(0, limit);
  const oldest = items.at(-1);
  return { items, before: rows.length > limit && oldest ? String(oldest.seq) : null };
}
