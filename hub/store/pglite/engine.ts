/** The store on its own thread: everything that touches PGlite, one piece of work after the other. */

import type { PGlite } from '@electric-sql/pglite';
import type { Slug } from '@lockerhub/protocol/ids.ts';
import { EMPTY_HEAD, type Entry, type Head, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import { project } from '@lockerhub/protocol/log/projections/project.ts';
import { type Statement, statement } from '@lockerhub/protocol/log/projections/statement.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { chain, draft } from '../chain.ts';
import { arrivalsOf, type FoundRow, localRowsSql, mergeArrival } from '../merging.ts';
import type { Merged, SqlValue } from '../store.ts';
import { StoreError, type StoreErrorCode } from '../store-error.ts';
import { type DurablePGlite, openDurable } from './durable.ts';
import { migrate, readNumber, WRITE_NUMBER } from './migrations.ts';
import { Pipeline } from './pipeline.ts';
import { ensureProjections } from './rebuild.ts';
import {
  type AppendOutcome,
  type DraftArrival,
  type DraftBatch,
  isFatal,
  toFailure,
  type WorkerSetup,
} from './requests.ts';
import {
  markStatement,
  mergedStatements,
  sentStatement,
  unchangedStatements,
  underStamp,
} from './row-stamps.ts';
import { rowStatement } from './row-tables.ts';
import { taskSql, type UpkeepTask, type WalState } from './upkeep.ts';

/** How many of the newest entries are checked against the chain at every start: 20 ms. */
const VERIFIED_AT_OPEN = 1_000;

/** PGlite with the log's rules on top. */
export class Engine {
  readonly #db: PGlite;
  readonly #pipeline: Pipeline;
  readonly #setup: Pick<WorkerSetup, 'epoch' | 'node'>;
  #head: Head;

  private constructor(db: PGlite, pipeline: Pipeline, setup: WorkerSetup, head: Head) {
    this.#db = db;
    this.#pipeline = pipeline;
    this.#setup = setup;
    this.#head = head;
  }

  /**
   * Opens the store in an existing folder: migrates it, proves that a commit reaches the disk, checks the chain's end.
   *
   * @param open how PGlite is opened; a test hands in the one that never reaches the disk.
   * @throws StoreError `schema-newer`, `not-durable`, `log-damaged`, `folder-unusable`.
   */
  static async open(
    setup: WorkerSetup,
    open: (folder: string) => Promise<DurablePGlite> = openDurable,
  ): Promise<Engine> {
    const { folder } = setup;
    const opened = await open(folder).catch((cause: unknown) => {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError('folder-unusable', `store: ${folder} cannot be opened: ${String(cause)}`, {
        cause,
      });
    });
    const { db } = opened;
    await migrate(db);
    await proveDurable(opened);
    const head = await verifiedHead(db);
    const pipeline = new Pipeline(db);
    await ensureProjections(db, pipeline);
    return new Engine(db, pipeline, setup, head);
  }

  head(): Head {
    return this.#head;
  }

  /**
   * Appends several batches in one transaction. If that fails by the fault of one, each is appended by itself, in the
   * same order, so that the others do not suffer.
   *
   * @throws StoreError a fatal one (see `isFatal`): the process must restart to know what was written.
   */
  async append(batches: readonly DraftBatch[]): Promise<AppendOutcome[]> {
    const together = await this.#commit(batches);
    if ('outcomes' in together) return together.outcomes;
    if (batches.length === 1) return [{ failure: toFailure(together.error) }];
    const outcomes: AppendOutcome[] = [];
    for (const batch of batches) {
      const alone = await this.#commit([batch]);
      outcomes.push(...('outcomes' in alone ? alone.outcomes : [{ failure: toFailure(alone.error) }]));
    }
    return outcomes;
  }

  async #commit(
    batches: readonly DraftBatch[],
  ): Promise<{ outcomes: AppendOutcome[] } | { error: StoreError }> {
    try {
      let head = this.#head;
      const statements: Statement[] = [];
      const outcomes: { entries: Entry[] }[] = [];
      for (const batch of batches) {
        const entries =
          batch.imported.length > 0
            ? imported(head, batch.imported)
            : chain(head, this.#setup.epoch, batch.drafts);
        head = entries.at(-1) ?? head;
        outcomes.push({ entries });
        statements.push(...entries.flatMap(project), ...beside(batch, this.#setup.node));
      }
      await this.#pipeline.run(statements);
      this.#head = { seq: head.seq, hash: head.hash };
      return { outcomes };
    } catch (cause) {
      const error = asStoreError(cause, 'write-refused');
      if (isFatal(error.code)) throw error;
      return { error };
    }
  }

  /**
   * Merges rows into what is here. Nothing else runs between the reading and the writing, for this is the only session
   * and one request at a time is answered.
   *
   * @throws StoreError
   */
  async merge({ table, rows, marks, stamp, salts }: DraftArrival): Promise<Merged> {
    try {
      const ids = rows.map(([id]) => id);
      const found = ids.length > 0 ? await this.#pipeline.read(localRows(table, ids)) : [];
      const { written, changed } = mergeArrival(
        { table, rows },
        found.map((row) => JSON.parse(row) as FoundRow),
      );
      const told = stamp ? arrivalsOf(table, changed) : [];
      const payloads = told.map((data) => ({ type: 'rows.arrived' as const, data, ...stamp }) as Payload);
      const drafts = draft(payloads, (index) => salts[index] ?? missingSalt());
      const entries = chain(this.#head, this.#setup.epoch, drafts);
      await this.#pipeline.run([
        ...entries.flatMap(project),
        ...(written.length > 0 ? unchangedStatements({ table, rows: written }) : []),
        ...marks.map(markStatement),
      ]);
      const { seq, hash } = entries.at(-1) ?? this.#head;
      this.#head = { seq, hash };
      return { entries, written: written.map(({ id, values }) => ({ id, values })), changed };
    } catch (cause) {
      throw asStoreError(cause, 'write-refused');
    }
  }

  /** Runs one reading statement; one that writes is refused. */
  async query(sql: string, parameters: readonly SqlValue[]): Promise<object[]> {
    try {
      await this.#db.exec('begin read only');
      try {
        return (await this.#db.query<object>(sql, [...parameters])).rows;
      } finally {
        await this.#db.exec('rollback');
      }
    } catch (cause) {
      throw asStoreError(cause, 'query-failed');
    }
  }

  /** Does one piece of upkeep and says how much WAL is left. */
  async upkeep(task: UpkeepTask): Promise<WalState> {
    try {
      await this.#db.exec(taskSql(task));
      return await this.wal();
    } catch (cause) {
      throw asStoreError(cause, 'query-failed');
    }
  }

  /** How much WAL a restart would have to read. */
  async wal(): Promise<WalState> {
    const { rows } = await this.#db.query<{ bytes: number }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint as bytes from pg_control_checkpoint()`,
    );
    return { walBytes: rows[0]?.bytes ?? 0 };
  }

  /** Writes everything to its place and lets go of the folder. */
  async close(): Promise<void> {
    await this.#db.exec('checkpoint');
    await this.#db.close();
  }
}

/** The local rows of these ids, each as JSON. */
function localRows(table: SyncedTableName, ids: readonly string[]): Statement {
  const list = ids.map((id) => `"${id.replaceAll(/["\\]/g, '\\$&')}"`).join(',');
  return statement(`select row_to_json(r)::text from (${localRowsSql(table)}) r`, table, `{${list}}`);
}

function missingSalt(): never {
  throw new StoreError('entry-invalid', 'the log takes no entry without a salt');
}

/** Entries that another hub chained, if they follow from the head. */
function imported(head: Head, entries: readonly Entry[]): Entry[] {
  try {
    verifyChain(head, entries);
    return [...entries];
  } catch (cause) {
    throw new StoreError('entry-invalid', `the log takes no such entry: ${String(cause)}`, { cause });
  }
}

/** What a batch writes beside its entries. */
function beside({ rows, merged, sent, marks, wallMs }: DraftBatch, node: Slug): Statement[] {
  return [
    ...(rows.length > 0 ? [underStamp(wallMs, node), ...rows.map(rowStatement)] : []),
    ...merged.flatMap(mergedStatements),
    ...(sent.length > 0 ? [sentStatement(sent)] : []),
    ...marks.map(markStatement),
  ];
}

/** Commits something and counts: a store whose commits reach no disk must not run. */
async function proveDurable({ db, fsyncs }: DurablePGlite): Promise<void> {
  const before = fsyncs.count;
  await db.query(WRITE_NUMBER, ['opened', ((await readNumber(db, 'opened')) ?? 0) + 1]);
  if (fsyncs.count === before) {
    throw new StoreError(
      'not-durable',
      'store: a commit reached no disk (no fsync was seen); install the PGlite that package.json names',
    );
  }
}

/** The head as the log says, after following the chain to it over the newest entries. */
async function verifiedHead(db: PGlite): Promise<Head> {
  const { rows } = await db.query<Entry>(
    'select seq, epoch, salt, payload, hash from log order by seq desc limit $1',
    [VERIFIED_AT_OPEN + 1],
  );
  const newest = rows.reverse();
  const oldest = newest[0];
  if (!oldest) return EMPTY_HEAD;
  try {
    return oldest.seq === 1
      ? verifyChain(EMPTY_HEAD, newest)
      : verifyChain({ seq: oldest.seq, hash: oldest.hash }, newest.slice(1));
  } catch (cause) {
    throw new StoreError('log-damaged', `store: the log was changed: ${String(cause)}; restore a backup`, {
      cause,
    });
  }
}

/**
 * SQLSTATE classes after which the database cannot be trusted to go on (postgresql.org, appendix A): 53 insufficient
 * resources, 57 operator intervention, 58 system error, XX internal error.
 */
const FATAL_CLASSES = ['53', '57', '58', 'XX'];
const DISK_FULL = '53100';
/** Classes begin with a digit or are F0, HV, P0, XX (same appendix); `EIO` and `ERR_…` are Node's. */
const SQLSTATE = /^(\d|F0|HV|P0|XX)[0-9A-Z]{3,4}$/;

function asStoreError(cause: unknown, otherwise: StoreErrorCode): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const state = (cause as { readonly code?: unknown } | null)?.code;
  if (state === DISK_FULL) {
    return new StoreError('disk-full', 'store: the disk is full; free some space, then restart', { cause });
  }
  // Without an SQLSTATE it was not Postgres that refused: its machinery failed.
  if (
    typeof state !== 'string' ||
    !SQLSTATE.test(state) ||
    FATAL_CLASSES.some((known) => state.startsWith(known))
  ) {
    return new StoreError('store-broken', `store: ${message}; the process must restart`, { cause });
  }
  return new StoreError(otherwise, `store: ${message}`, { cause });
}
