/** The gateway's connections to Postgres: bounded in number, and every statement in time. */
import { BUILDING_SETTING } from '@lockerhub/protocol/log/projections/table.ts';
import {
  type ClientBase,
  escapeLiteral,
  Pool,
  type PoolClient,
  type QueryResult,
  type QueryResultRow,
  types,
} from 'pg';
import { GatewayError } from '../error.ts';

/** Connections of one gateway. Postgres takes 100 by default; two gateways, Electric and an operator fit in. */
const CONNECTIONS = 20;
/** How long a request waits for one of them before it is told to come again. */
const CONNECT_WITHIN_MS = 5_000;
/** The longest statement: a push of 500 entries takes some 100 ms. */
const STATEMENT_WITHIN_MS = 30_000;
/** How long a push waits for another push of its building. */
const LOCK_WITHIN_MS = 10_000;
/** A gateway that stalls in a transaction must not hold its building's row for good. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const RETRY_MS = 2_000;
/** Postgres: lock_not_available, query_canceled, too_many_connections, cannot_connect_now, admin_shutdown, crash_shutdown. */
const BUSY_STATES: ReadonlySet<string> = new Set(['55P03', '57014', '53300', '57P03', '57P01', '57P02']);

/** A connection, or a transaction on one. */
export type Client = Pick<ClientBase, 'query'>;

/** Where the database is, and the password apart. */
export interface DatabaseAccess {
  /** `postgres://user@host:port/database` */
  readonly url: string;
  readonly password: string | undefined;
}

export interface DatabaseOptions extends DatabaseAccess {
  /** A connection that nobody uses broke; the pool makes another. */
  readonly onIdleError: (error: Error) => void;
}

export class Database {
  readonly #pool: Pool;

  constructor({ onIdleError, ...access }: DatabaseOptions) {
    this.#pool = new Pool({
      connectionString: connectionString(access),
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      statement_timeout: STATEMENT_WITHIN_MS,
      lock_timeout: LOCK_WITHIN_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      application_name: 'lockerhub-gateway',
      types: { getTypeParser: typeParser },
      // What is asked without awaiting the answer before it goes out at once.
      pipeline: true,
    });
    this.#pool.on('error', onIdleError);
    this.#pool.on('connect', (client) => {
      // One that breaks while it is in use tells so twice: what was asked fails, and whoever asked hears of it. The pool
      // listens to idle ones alone, and an error that nobody listens to ends the process.
      client.on('error', () => {});
    });
  }

  /** Connections in use, and requests that wait for one. */
  get load(): { readonly used: number; readonly waiting: number } {
    return { used: this.#pool.totalCount - this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** One statement that sees no building's rows. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    const client = await this.#connect();
    try {
      return await client.query<Row>(text, [...values]);
    } catch (error) {
      throw busyOr(error);
    } finally {
      client.release();
    }
  }

  /** Runs `work` in one transaction that sees no building's rows. */
  transaction<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.#inTransaction(null, work);
  }

  /** Runs `work` in one transaction that sees the rows of one building. */
  asBuilding<Result>(building: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.#inTransaction(building, work);
  }

  async stop(): Promise<void> {
    await this.#pool.end();
  }

  async #inTransaction<Result>(
    building: string | null,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.#connect();
    let broken: Error | undefined;
    try {
      await client.query(building === null ? 'begin' : beginAs(building));
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => {
        // The connection itself is gone: the pool must not hand it out again.
        broken = cause;
      });
      throw busyOr(error);
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (cause) {
      throw overloaded(cause);
    }
  }
}

/** As pg takes it: what is in the address wins over what stands beside it there. */
export function connectionString({ url, password }: DatabaseAccess): string {
  if (password === undefined) return url;
  const full = new URL(url);
  full.password = encodeURIComponent(password);
  return full.href;
}

/** Both in one round trip. */
function beginAs(building: string): string {
  return `begin; select set_config('${BUILDING_SETTING}', ${escapeLiteral(building)}, true)`;
}

/** bigint as number: all of ours are counts and milliseconds, far below 2^53. */
function typeParser(oid: number, format?: 'text' | 'binary') {
  return oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format);
}

function busyOr(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  const isGone = error instanceof Error && /Connection terminated|ECONN/.test(error.message);
  return isGone || (typeof code === 'string' && BUSY_STATES.has(code)) ? overloaded(error) : error;
}

function overloaded(cause: unknown): GatewayError {
  return new GatewayError('overloaded', 'the cloud’s database is busy or away; try again in a moment', {
    cause,
    retryAfterMs: RETRY_MS,
  });
}
