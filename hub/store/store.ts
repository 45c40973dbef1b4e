/** What the rest of the hub knows of the store. `pglite/` keeps it on disk, `memory.ts` for simulations. */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import type { MergedRow } from '@lockerhub/protocol/log/field-merge.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { KeptRow, RowStamps } from '@lockerhub/protocol/sync/merged-row.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import type { Rows, RowTable } from './rows.ts';

/** One row to write or to remove, in the same transaction as the entries that tell of it. */
export type RowChange = {
  [Table in RowTable]:
    | { readonly table: Table; readonly row: Rows[Table] }
    | { readonly table: Table; readonly remove: string };
}[RowTable];

/** Rows of one table as a merge with the cloud's made them. */
export interface MergedRows {
  readonly table: SyncedTableName;
  readonly rows: readonly {
    readonly id: string;
    /** Field → value; null: the row is not to be shown (removed, or something of it is missing yet). */
    readonly values: KeptRow['values'] | null;
    readonly stamps: RowStamps;
    /** Of the row's stamps when it was read; null: there was none. The batch fails if it is another by now. */
    readonly version: number | null;
    /** The cloud does not know all of this yet. */
    readonly unsent: boolean;
  }[];
}

/** A row that the cloud has taken, as it was in this version. */
export interface SentRow {
  readonly table: SyncedTableName;
  readonly id: string;
  readonly version: number;
}

/** How far something has come, such as a shape; names are ours. Null: it is over, and the mark goes. */
export interface Mark {
  readonly name: string;
  readonly value: string | null;
}

/** Rows of one table as they came from the cloud, each whole and once. */
export interface Arrival {
  readonly table: SyncedTableName;
  readonly rows: readonly (readonly [id: string, row: MergedRow])[];
  /** Written with them. */
  readonly marks: readonly Mark[];
  /** When and by whom, as the entries that tell of it say; null: the log tells of them already. */
  readonly stamp: Pick<Payload, 'at' | 'clock' | 'by'> | null;
}

/** What a merge made of rows that arrived. */
export interface Merged {
  readonly entries: readonly Entry[];
  /** Rows that were written: those that are not what they were, and those of which the outbox learned something. */
  readonly written: readonly Pick<MergedRows['rows'][number], 'id' | 'values'>[];
  /** Of them, those that are not what they were. */
  readonly changed: readonly string[];
}

/** What one transaction writes. */
export interface Batch {
  readonly payloads: readonly Payload[];
  readonly rows?: readonly RowChange[];
  /** Entries of a hub before this one, as they were chained, to follow the head: in the place of `payloads`. */
  readonly imported?: readonly Entry[];
  readonly merged?: readonly MergedRows[];
  readonly sent?: readonly SentRow[];
  readonly marks?: readonly Mark[];
}

/** The building's log, durable. */
export interface Log {
  /**
   * Chains the payloads, writes entries, projections and rows in **one** transaction, and resolves once it is on the
   * disk. Calls are applied in the order they were made.
   *
   * @throws StoreError; then nothing of the batch was written, or the process must restart to know.
   */
  append(batch: Batch): Promise<readonly Entry[]>;
  /** The newest durable entry. */
  head(): Head;
  /** All entries about living subjects (see protocol/log/subject), oldest first: what a restart folds. */
  living(): AsyncIterable<Entry>;
}

export type SqlValue = string | number | boolean | null | Date | readonly string[];

/** The store as the API reads it. */
export interface Store extends Log {
  /**
   * Runs one reading statement in the desk's lane. It holds up a door for as long as it runs: keyset pages and
   * indexed look-ups only.
   */
  query<Row extends object>(sql: string, parameters?: readonly SqlValue[]): Promise<readonly Row[]>;
  /**
   * Merges rows into what is here, chains an entry of what changed (`rows.arrived`), writes all of it and the marks in one
   * transaction, and resolves once that is on the disk. In the desk's lane: doors overtake it.
   *
   * @throws StoreError as `append`
   */
  merge(arrival: Arrival): Promise<Merged>;
  /** `low`: new deposits are to be refused, pickups go on from the reserve. */
  disk(): 'ok' | 'low';
  /**
   * Has the store's folder copied while it is being used: after a checkpoint, and with none until `copy` is over. Doors open
   * meanwhile; the write-ahead log grows.
   */
  copied<Result>(copy: (folder: string) => Promise<Result>): Promise<Result>;
  /** Finishes what was accepted, checkpoints, unlocks. */
  close(): Promise<void>;
}
