/** The figures of a bank's locks, read from the projection: one statement by index, over 37 days at most. */
import type { Store } from '../store/store.ts';
import { BASELINE_DAYS, type Figures, type LockFigures, RECENT_DAYS } from './trend.ts';

const DAY_MS = 86_400_000;

interface Row {
  readonly compartment: number;
  readonly recent: boolean;
  readonly openings: number;
  readonly jams: number;
  readonly retries: number;
  readonly count: number;
  readonly sum: number;
}

const NOTHING: Figures = { openings: 0, jams: 0, retries: 0, latencyMs: null };

/** What each lock of a bank that was used did lately and before. */
export async function lockFigures(
  store: Pick<Store, 'query'>,
  bank: string,
  wallMs: number,
): Promise<LockFigures[]> {
  const today = Math.floor(wallMs / DAY_MS);
  const recentFrom = today - RECENT_DAYS + 1;
  const rows = await store.query<Row>(
    `select compartment, day >= $2::bigint as recent, sum(openings)::integer as openings,
        sum(jams)::integer as jams, sum(retries)::integer as retries,
        sum(latency_count)::integer as count, sum(latency_sum_ms)::double precision as sum
      from lock_days where bank = $1 and day >= $3::bigint and day <= $4::bigint
      group by compartment, recent order by compartment`,
    [bank, recentFrom, recentFrom - BASELINE_DAYS, today],
  );
  const locks = Map.groupBy(rows, ({ compartment }) => compartment);
  return [...locks].map(([compartment, of]) => ({
    compartment,
    recent: figuresOf(of.find(({ recent }) => recent)),
    baseline: figuresOf(of.find(({ recent }) => !recent)),
  }));
}

function figuresOf(row: Row | undefined): Figures {
  if (!row) return NOTHING;
  const { openings, jams, retries, count, sum } = row;
  return { openings, jams, retries, latencyMs: count === 0 ? null : sum / count };
}
