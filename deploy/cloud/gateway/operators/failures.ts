/** Failed sign-ins, counted in the database: a guesser gains nothing by asking another gateway. */
import type { Database } from '../database/database.ts';
import { GatewayError } from '../error.ts';

/** Failures in `WINDOW_MS` from one address, and for one login from anywhere. */
const PER_ADDRESS = 10;
const PER_LOGIN = 30;
const WINDOW_MS = 15 * 60_000;

const limits = (login: string, address: string) =>
  [
    [`address ${address}`, PER_ADDRESS],
    [`login ${login}`, PER_LOGIN],
  ] as const;

/**
 * Counts an attempt as failed before it is tried, so that many at once are no more than one after the other.
 *
 * @throws GatewayError `too-many-attempts`
 */
export async function countAttempt(
  database: Database,
  login: string,
  address: string,
  nowMs: number,
): Promise<void> {
  await database.query('delete from sign_in_failures where until <= $1', [nowMs]);
  for (const [key, limit] of limits(login, address)) {
    const { rows } = await database.query<{ failures: number; until: number }>(
      `insert into sign_in_failures (key, failures, until) values ($1, 1, $2)
       on conflict (key) do update set failures = sign_in_failures.failures + 1 returning failures, until`,
      [key, nowMs + WINDOW_MS],
    );
    const [row] = rows;
    if (row && row.failures > limit) throw tooMany(row.until - nowMs);
  }
}

/** A success clears both counts. */
export async function forgetFailures(database: Database, login: string, address: string): Promise<void> {
  await database.query('delete from sign_in_failures where key = any($1)', [
    limits(login, address).map(([key]) => key),
  ]);
}

function tooMany(waitMs: number): GatewayError {
  return new GatewayError('too-many-attempts', `too many attempts; wait ${Math.ceil(waitMs / 60_000)} min`, {
    retryAfterMs: Math.max(0, waitMs),
  });
}
