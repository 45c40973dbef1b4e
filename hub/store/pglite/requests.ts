/** What the hub's main thread asks of the store's worker, and what comes back. One is under way at a time. */
import type { Slug } from '@lockerhub/protocol/ids.ts';
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import type { Draft } from '../chain.ts';
import type { Arrival, Mark, Merged, MergedRows, RowChange, SentRow, SqlValue } from '../store.ts';
import { StoreError, type StoreErrorCode } from '../store-error.ts';
import type { UpkeepTask, WalState } from './upkeep.ts';

/** One call of `append`, its payloads already texts and salts. */
export interface DraftBatch {
  readonly drafts: readonly Draft[];
  readonly imported: readonly Entry[];
  readonly rows: readonly RowChange[];
  readonly merged: readonly MergedRows[];
  readonly sent: readonly SentRow[];
  readonly marks: readonly Mark[];
  /** The wall clock when it was asked, for the rows' stamps. */
  readonly wallMs: number;
}

/** One call of `merge`. */
export interface DraftArrival extends Arrival {
  /** For as many entries as all of the rows could need. */
  readonly salts: readonly Uint8Array[];
}

export interface Requests {
  /** Several calls of `append`, in the order they were made; each has an outcome of its own. */
  readonly append: {
    readonly request: { readonly batches: readonly DraftBatch[] };
    readonly answer: { readonly outcomes: readonly AppendOutcome[]; readonly head: Head };
  };
  readonly merge: {
    readonly request: { readonly arrival: DraftArrival };
    readonly answer: { readonly merged: Merged; readonly head: Head };
  };
  readonly query: {
    readonly request: { readonly sql: string; readonly parameters: readonly SqlValue[] };
    readonly answer: { readonly rows: readonly object[] };
  };
  readonly upkeep: { readonly request: { readonly task: UpkeepTask }; readonly answer: WalState };
  readonly close: { readonly request: object; readonly answer: object };
}

export type RequestKind = keyof Requests;
export type Request = {
  [Kind in RequestKind]: { readonly kind: Kind } & Requests[Kind]['request'];
}[RequestKind];
export type Answer = Requests[RequestKind]['answer'];

export type AppendOutcome = { readonly entries: readonly Entry[] } | { readonly failure: Failure };

/** A `StoreError` on its way between threads. */
export interface Failure {
  readonly code: StoreErrorCode;
  readonly message: string;
}

/** Worker → main: once after opening, then one for each request. */
export type Reply =
  | { readonly ready: { readonly head: Head; readonly wal: WalState } }
  | { readonly answer: Answer }
  | { readonly failure: Failure };

/** What the worker is started with. */
export interface WorkerSetup {
  readonly folder: string;
  readonly epoch: number;
  /** Names this hub in the stamps of rows. */
  readonly node: Slug;
}

/** An error as it crosses to another thread. */
export function toFailure(error: unknown): Failure {
  if (error instanceof StoreError) return { code: error.code, message: error.message };
  return {
    code: 'store-broken',
    message: `store: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** The error that a failure tells of. */
export function fromFailure({ code, message }: Failure): StoreError {
  return new StoreError(code, message);
}

/** After these nobody knows what the database holds or whether it answers again: only a restart tells. */
export function isFatal(code: StoreErrorCode): boolean {
  return code === 'store-broken' || code === 'stalled' || code === 'disk-full';
}
