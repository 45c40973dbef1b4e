/** Puts the messages of a replication stream together to transactions. */
import { type Change, type Relation, type Relations, readPgoutput, tableOfChange } from './pgoutput.ts';
import type { Transaction } from './transaction.ts';

export interface StreamReader {
  /** Whether any shape is made of this table; changes of others are not even read. */
  isWanted(table: number): boolean;
  /** What a table looks like from here on; comes again after every reconnect. */
  onRelation(relation: Relation): void;
  onTransaction(transaction: Transaction): void;
}

interface Open {
  readonly xid: number;
  readonly lsn: bigint;
  changes: Change[];
  readonly truncated: Set<number>;
  readonly overflowed: Set<number>;
  bytes: number;
}

/** One a connection: a new one begins with a whole transaction and describes its tables again. */
export class Assembly {
  readonly #reader: StreamReader;
  readonly #transactionBytes: number;
  readonly #relations: Relations = new Map();
  #open: Open | null = null;

  constructor(reader: StreamReader, transactionBytes: number) {
    this.#reader = reader;
    this.#transactionBytes = transactionBytes;
  }

  /** Whether a transaction has begun and not yet been handed on. */
  get isWithin(): boolean {
    return this.#open !== null;
  }

  /** @returns Up to where everything was handed on, if that moved. */
  take(bytes: Buffer): bigint | null {
    const table = tableOfChange(bytes);
    if (table !== null && !this.#reader.isWanted(table)) return null;
    const message = readPgoutput(bytes, this.#relations);
    switch (message.kind) {
      case 'begin':
        this.#open = {
          xid: message.xid,
          lsn: message.lsn,
          changes: [],
          truncated: new Set(),
          overflowed: new Set(),
          bytes: 0,
        };
        return null;
      case 'relation':
        this.#reader.onRelation(message.relation);
        return null;
      case 'change':
        this.#add(message.change, bytes.length);
        return null;
      case 'truncate':
        for (const truncated of message.tables) this.#open?.truncated.add(truncated);
        return null;
      case 'commit':
        if (this.#open) this.#reader.onTransaction(this.#open);
        this.#open = null;
        return message.endLsn;
      case 'other':
        return null;
    }
  }

  #add(change: Change, bytes: number): void {
    const open = this.#open;
    if (!open) throw new Error('a change outside of a transaction');
    open.bytes += bytes;
    if (open.bytes <= this.#transactionBytes) {
      open.changes.push(change);
      return;
    }
    for (const { table } of open.changes) open.overflowed.add(table);
    open.overflowed.add(change.table);
    open.changes = [];
  }
}
