/** Ordinary connections to Postgres, for the catalogue and snapshots, set so that values come as Electric writes them. */
import { Pool, type PoolClient } from 'pg';
import type { Logger } from 'pino';
import { SimError } from '../../error.ts';

/** Snapshots that are taken at once; more wait. */
const CONNECTIONS = 4;
const CONNECT_WITHIN_MS = 10_000;

/**
 * Electric's settings of a session, as its recorded values show them. And a table whose rows are hidden from this role by
 * row level security is an error, not a shape without them.
 */
export const SESSION_OPTIONS =
  '-c row_security=off -c timezone=UTC -c datestyle=ISO,DMY -c intervalstyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1';

export class Database {
  readonly #pool: Pool;

  constructor(databaseUrl: string, log: Logger) {
    this.#pool = new Pool({
      connectionString: databaseUrl,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      options: SESSION_OPTIONS,
      application_name: 'lockerhub-shape-server',
    });
    this.#pool.on('error', (error) =>
      log.warn({ reason: error.message }, 'an idle connection to Postgres broke'),
    );
  }

  /**
   * Runs one query of texts.
   *
   * @throws SimError `database-away` if Postgres cannot be reached; errors of Postgres itself as they are.
   */
  async rows<T>(query: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    return this.#with(async (client) => (await client.query(query, [...values])).rows as T[]);
  }

  /** Runs `work` in one transaction. */
  async inTransaction<T>(mode: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#with(async (client) => {
      await client.query(`BEGIN ${mode}`);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    });
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  /** A connection on which something failed is closed: nothing of its transaction may go on. */
  async #with<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((cause: Error) => {
      throw new SimError('database-away', `Postgres cannot be reached: ${cause.message}`, { cause });
    });
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw isBroken(error) ? away(error) : error;
    }
  }
}

/** Whether the connection broke under a query: those errors carry no SQLSTATE, or one of class 57 (operator) or 08. */
function isBroken(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof SimError) return false;
  const code = (error as { code?: unknown }).code;
  return /^Connection terminated/.test(error.message) || /^(57P0|08|ECONN|EPIPE)/.test(String(code));
}

function away(cause: Error): SimError {
  return new SimError('database-away', `the connection to Postgres broke: ${cause.message}`, { cause });
}

/** The SQLSTATE of an error that Postgres gave. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
