import type { Change } from './pgoutput.ts';

/** What one transaction of Postgres did to tables that have shapes. */
export interface Transaction {
  readonly xid: number;
  /** Of its commit: the order of transactions, and the first number of offsets. */
  readonly lsn: bigint;
  readonly changes: readonly Change[];
  /** Tables (oid) that it emptied by TRUNCATE. */
  readonly truncated: ReadonlySet<number>;
  /** Tables whose changes were too many to keep; `changes` is then empty. */
  readonly overflowed: ReadonlySet<number>;
  /** As it came over the wire. */
  readonly bytes: number;
}
