/** Which transactions a snapshot holds already, so that no change is lost and none comes twice. */
import type { Transaction } from '../replication/transaction.ts';

/** `pg_current_snapshot()`, and where the write-ahead log stood right after it was taken. */
export interface SnapshotMark {
  /** All transactions below had ended. */
  readonly xmin: bigint;
  /** None from here on had begun. */
  readonly xmax: bigint;
  /** Those between that were under way. */
  readonly xip: readonly bigint[];
  /** Whatever the snapshot holds was committed before this place. */
  readonly lsn: bigint;
}

/** @param text `xmin:xmax:xip,xip`, as Postgres writes a `pg_snapshot`. */
export function parseSnapshot(text: string, lsn: bigint): SnapshotMark {
  const [xmin = '0', xmax = '0', xip = ''] = text.split(':');
  return {
    xmin: BigInt(xmin),
    xmax: BigInt(xmax),
    xip: xip === '' ? [] : xip.split(',').map(BigInt),
    lsn,
  };
}

/**
 * Whether the snapshot holds what the transaction did.
 *
 * A commit stands in the write-ahead log a moment before others see it. So below `lsn` the snapshot's own word counts,
 * and above it nothing is in the snapshot, whatever its number is (numbers repeat after 2^32 transactions).
 */
export function isInSnapshot(transaction: Pick<Transaction, 'lsn' | 'xid'>, mark: SnapshotMark): boolean {
  if (transaction.lsn > mark.lsn) return false;
  const xid = wholeXid(transaction.xid, mark.xmax);
  if (xid < mark.xmin) return true;
  return xid < mark.xmax && !mark.xip.includes(xid);
}

const EPOCH = 1n << 32n;

/** Replication tells the lower 32 bits of a transaction's number: the number next to `near` that ends in them. */
export function wholeXid(xid: number, near: bigint): bigint {
  const sameEpoch = near - (near % EPOCH) + BigInt(xid);
  if (sameEpoch - near > EPOCH / 2n && sameEpoch >= EPOCH) return sameEpoch - EPOCH;
  if (near - sameEpoch > EPOCH / 2n) return sameEpoch + EPOCH;
  return sameEpoch;
}
