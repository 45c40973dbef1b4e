/** One shape: a snapshot in chunks, and the log of what came after. In memory; only ever appended to, until it is given up. */

import { compareOffsets, type Offset, SNAPSHOT_END } from '../offset.ts';
import type { Transaction } from '../replication/transaction.ts';
import { badRequest } from '../requests/refusal.ts';
import { type RowFilter, rowFilter } from '../where/evaluate.ts';
import type { ShapeDefinition } from './definition.ts';
import { type LogMessage, messagesOf } from './messages.ts';
import { isInSnapshot, type SnapshotMark } from './visibility.ts';

export interface Snapshot {
  readonly mark: SnapshotMark;
  /** Messages in JSON, joined by commas; at least one chunk, and the last one ends with `snapshot-end`. */
  readonly chunks: readonly string[];
}

/** What one transaction said to a shape. */
export interface LogEntry {
  readonly lsn: bigint;
  readonly messages: readonly LogMessage[];
}

/** What a reader gets next. */
export interface Reading {
  /** Messages in JSON. */
  readonly messages: readonly string[];
  /** Where the reader stands then. */
  readonly next: Offset;
  /** Whether nothing more is there. */
  readonly isUpToDate: boolean;
}

/** Electric's default for the size of one answer: it ends with the message that reaches it, commas counted. */
export const CHUNK_BYTES = 10 * 1024 * 1024;

export class Shape {
  readonly handle: string;
  readonly key: string;
  readonly definition: ShapeDefinition;
  /** Monotonic; for giving up the one that nobody reads. */
  lastReadMs = 0;
  readonly #filter: RowFilter;
  readonly #snapshot: Snapshot;
  readonly #log: LogEntry[] = [];
  readonly #waiting = new Set<() => void>();
  #bytes: number;
  #isGone = false;

  constructor(handle: string, key: string, definition: ShapeDefinition, snapshot: Snapshot) {
    this.handle = handle;
    this.key = key;
    this.definition = definition;
    this.#filter = rowFilter(definition.where, definition.table);
    this.#snapshot = snapshot;
    this.#bytes = snapshot.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Characters of JSON: what it takes in memory, near enough. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Given up: its readers must fetch anew. */
  get isGone(): boolean {
    return this.#isGone;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get log(): readonly LogEntry[] {
    return this.#log;
  }

  /** The end of the log. */
  get end(): Offset {
    const last = this.#log.at(-1);
    return last ? { lsn: last.lsn, op: last.messages.at(-1)?.op ?? 0 } : SNAPSHOT_END;
  }

  /** What a transaction says that is not in here yet; null: nothing. Transactions come in order, and may come again. */
  entryOf(transaction: Transaction): LogEntry | null {
    if (this.#hasSeen(transaction)) return null;
    const messages = messagesOf(this.definition, this.#filter, transaction);
    return messages.length === 0 ? null : { lsn: transaction.lsn, messages };
  }

  /** Whether it emptied the table under this shape, or did more than was kept of it. */
  isBrokenBy(transaction: Transaction): boolean {
    const { oid } = this.definition.table;
    const breaks = transaction.truncated.has(oid) || transaction.overflowed.has(oid);
    return breaks && !this.#hasSeen(transaction);
  }

  append(entry: LogEntry): void {
    this.#log.push(entry);
    this.#bytes += entry.messages.reduce((sum, { text }) => sum + text.length, 0);
    this.#wake();
  }

  giveUp(): void {
    this.#isGone = true;
    this.#wake();
  }

  /** The first chunk of the snapshot. */
  readStart(): Reading {
    return this.#readChunk(0);
  }

  /**
   * What comes behind an offset.
   *
   * @throws BadRequest if the log does not reach so far.
   */
  readAfter(offset: Offset): Reading {
    if (offset.lsn === 0n && offset.op < this.#snapshot.chunks.length - 1)
      return this.#readChunk(offset.op + 1);
    if (offset.lsn > 0n && compareOffsets(offset, this.end) > 0) {
      throw badRequest('offset', 'out of bounds for this shape');
    }
    return this.#readLog(offset);
  }

  /** Calls `act` at the next change, or when the shape is given up. Returns what ends the wait. */
  onChange(act: () => void): () => void {
    this.#waiting.add(act);
    return () => this.#waiting.delete(act);
  }

  #hasSeen(transaction: Transaction): boolean {
    const last = this.#log.at(-1);
    return (last && transaction.lsn <= last.lsn) || isInSnapshot(transaction, this.#snapshot.mark);
  }

  #readChunk(chunk: number): Reading {
    const text = this.#snapshot.chunks[chunk];
    return { messages: text === undefined ? [] : [text], next: { lsn: 0n, op: chunk }, isUpToDate: false };
  }

  #readLog(offset: Offset): Reading {
    const messages: string[] = [];
    let next = offset.lsn === 0n ? SNAPSHOT_END : offset;
    let bytes = 0;
    for (let index = this.#firstAfter(offset); index < this.#log.length; index++) {
      if (bytes >= CHUNK_BYTES) return { messages, next, isUpToDate: false };
      const { lsn, messages: own } = this.#log[index] as LogEntry;
      for (const { op, text } of own) {
        if (compareOffsets({ lsn, op }, offset) <= 0) continue;
        messages.push(text);
        bytes += text.length + 1;
        next = { lsn, op };
      }
    }
    return { messages, next, isUpToDate: true };
  }

  /** The first entry that may hold something behind an offset. */
  #firstAfter({ lsn }: Offset): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#log[middle] as LogEntry).lsn < lsn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #wake(): void {
    const acts = [...this.#waiting];
    this.#waiting.clear();
    for (const act of acts) act();
  }
}
