/** Which building's log is checked next, and what was found: rows of `log_checks`, shared by all gateways. */
import type { LogCheck } from '@lockerhub/protocol/http/fleet.ts';
import type { Client } from '../database/database.ts';
import type { LogVerdict } from './verify-log.ts';

/** Every building once a day: who changes a past entry by hand is found within that. */
export const CHECK_EVERY_MS = 24 * 3_600_000;
/** A gateway that dies at a check, or a page that takes so long, lets another one begin anew. */
export const CLAIM_MS = 120_000;

/** The longest detail that is kept. */
const DETAIL_CHARACTERS = 300;

export interface DueCheck {
  readonly building: string;
  /** When an operator asked for it; null: it is due by itself. */
  readonly askedAtMs: number | null;
}

/**
 * Takes the building whose check is due: one that was asked for, else the one that was checked longest ago. Null while
 * another one is being checked: one at a time in the whole cloud (two gateways that look in the same instant may do two).
 * A claim in the far future is one of a clock that was set back.
 */
export async function claimDue(client: Client, nowMs: number): Promise<DueCheck | null> {
  const { rows } = await client.query<{ building: string; asked_at: number | null }>(
    `insert into log_checks (building, claimed_until)
     select b.id, $1::bigint + $2 from buildings b left join log_checks c on c.building = b.id
     where b.head_seq > 0
       and (c.asked_at is not null or coalesce(c.checked_at, 0) <= $1 - $3::bigint or c.checked_at > $1)
       and not exists (select from log_checks where claimed_until > $1 and claimed_until <= $1 + $2)
     order by c.asked_at nulls last, c.checked_at nulls first, b.id limit 1
     on conflict (building) do update set claimed_until = excluded.claimed_until
       where not (log_checks.claimed_until > $1 and log_checks.claimed_until <= $1 + $2)
     returning building, asked_at`,
    [Math.floor(nowMs), CLAIM_MS, CHECK_EVERY_MS],
  );
  const [row] = rows;
  return row ? { building: row.building, askedAtMs: row.asked_at } : null;
}

/** Keeps a claim for as long again. */
export async function renewClaim(client: Client, building: string, nowMs: number): Promise<void> {
  await client.query('update log_checks set claimed_until = $2 where building = $1', [
    building,
    Math.floor(nowMs) + CLAIM_MS,
  ]);
}

/** Lets a check go that did not come to its end: it is due at once. */
export async function dropClaim(client: Client, building: string): Promise<void> {
  await client.query('update log_checks set claimed_until = 0 where building = $1', [building]);
}

/** Writes down what was found. Whoever asked meanwhile gets another check. */
export async function keepVerdict(
  client: Client,
  { building, askedAtMs }: DueCheck,
  verdict: LogVerdict,
  nowMs: number,
): Promise<void> {
  const isWhole = verdict.kind === 'whole';
  await client.query(
    `update log_checks set claimed_until = 0, checked_at = $2, head_seq = $3, damaged_seq = $4, detail = $5,
       asked_at = case when asked_at is distinct from $6::bigint then asked_at end
     where building = $1`,
    [
      building,
      Math.floor(nowMs),
      isWhole ? verdict.head.seq : verdict.seq - 1,
      isWhole ? null : verdict.seq,
      isWhole ? null : verdict.detail.slice(0, DETAIL_CHARACTERS),
      askedAtMs,
    ],
  );
}

/** An operator wants to know: its turn comes next. */
export async function askForCheck(client: Client, building: string, nowMs: number): Promise<void> {
  await client.query(
    `insert into log_checks (building, asked_at) values ($1, $2)
     on conflict (building) do update set asked_at = coalesce(log_checks.asked_at, excluded.asked_at)`,
    [building, Math.floor(nowMs)],
  );
}

interface CheckRow {
  asked_at: number | null;
  checked_at: number | null;
  head_seq: number | null;
  damaged_seq: number | null;
  detail: string | null;
}

/** What is known of a building's log. */
export async function readCheck(client: Client, building: string): Promise<LogCheck> {
  const { rows } = await client.query<CheckRow>(
    'select asked_at, checked_at, head_seq, damaged_seq, detail from log_checks where building = $1',
    [building],
  );
  const {
    asked_at = null,
    checked_at = null,
    head_seq = null,
    damaged_seq = null,
    detail = null,
  } = rows[0] ?? {};
  return {
    askedAtMs: asked_at,
    checkedAtMs: checked_at,
    seq: head_seq ?? 0,
    damaged: damaged_seq === null ? null : { seq: damaged_seq, detail: detail ?? '' },
  };
}
