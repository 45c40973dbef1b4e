/** The figures of a bank's locks, read from the projection by index: what each did lately, before, and day by day. */
import type { LockDay, LockFigures } from '@lockerhub/protocol/http/locks.ts';
import type { Store } from '../store/store.ts';
import { BASELINE_DAYS, type LockRecord, RECENT_DAYS } from './trend.ts';

const DAY_MS = 86_400_000;
/** Days of one lock that are shown one by one: a quarter, as wide as a chart can be read. */
const DAYS_SHOWN = 92;
/** Nineteen of twenty are at or below it. */
const SLOW_SHARE = 0.95;

/** What a lock did in some days; the times joined by commas, empty without any. */
interface Sums {
  readonly openings: number;
  readonly jams: number;
  readonly retries: number;
  readonly latencies: string;
}

interface Row extends Sums {
  readonly compartment: number;
  readonly recent: boolean;
}

// Summed up in the store: 64 locks over 37 days are 128 rows instead of 2,368, which takes a fifth of the time.
const SUMS = `sum(openings)::integer as openings, sum(jams)::integer as jams, sum(retries)::integer as retries,
  coalesce(string_agg(nullif(array_to_string(latencies_ms, ','), ''), ','), '') as latencies`;

/** A bank's locks together, and each that was used in these 37 days. */
export interface BankRecord {
  /** All of its locks as one, lately. */
  readonly recent: LockFigures;
  readonly locks: readonly LockRecord[];
}

/** What the locks of a bank did lately and before. */
export async function lockFigures(
  store: Pick<Store, 'query'>,
  bank: string,
  wallMs: number,
): Promise<BankRecord> {
  const today = Math.floor(wallMs / DAY_MS);
  const recentFrom = today - RECENT_DAYS + 1;
  const rows = await store.query<Row>(
    `select compartment, day >= $2::bigint as recent, ${SUMS} from lock_days
      where bank = $1 and day >= $3::bigint and day <= $4::bigint
      group by compartment, recent order by compartment`,
    [bank, recentFrom, recentFrom - BASELINE_DAYS, today],
  );
  const locks = Map.groupBy(rows, ({ compartment }) => compartment);
  return {
    recent: figuresOf(rows.filter(({ recent }) => recent)),
    locks: [...locks].map(([compartment, of]) => ({
      compartment,
      recent: figuresOf(of.filter(({ recent }) => recent)),
      baseline: figuresOf(of.filter(({ recent }) => !recent)),
    })),
  };
}

/** What one lock did on each day of the last quarter on which it was used, oldest first. */
export async function lockDays(
  store: Pick<Store, 'query'>,
  bank: string,
  compartment: number,
  wallMs: number,
): Promise<LockDay[]> {
  const today = Math.floor(wallMs / DAY_MS);
  const rows = await store.query<Sums & { readonly day: number }>(
    `select day, ${SUMS} from lock_days
      where bank = $1 and compartment = $2 and day > $3::bigint and day <= $4::bigint
      group by day order by day`,
    [bank, compartment, today - DAYS_SHOWN, today],
  );
  return rows.map((row) => {
    const { timed: _, ...counts } = figuresOf([row]);
    return { day: new Date(row.day * DAY_MS).toISOString().slice(0, 10), ...counts };
  });
}

/** The figures of some sums together; of none: nothing. */
export function figuresOf(all: readonly Sums[]): LockFigures {
  const sorted = all
    .flatMap(({ latencies }) => (latencies === '' ? [] : latencies.split(',').map(Number)))
    .sort((a, b) => a - b);
  const sum = (name: 'openings' | 'jams' | 'retries') => all.reduce((so, one) => so + one[name], 0);
  return {
    openings: sum('openings'),
    jams: sum('jams'),
    retries: sum('retries'),
    timed: sorted.length,
    medianMs: middle(sorted),
    p95Ms: sorted[Math.ceil(sorted.length * SLOW_SHARE) - 1] ?? null,
  };
}

/** The middle of sorted numbers, of the two in the middle their mean; null of none. */
function middle(sorted: readonly number[]): number | null {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
