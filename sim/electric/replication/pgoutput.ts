/**
 * Reads the messages of Postgres' output plugin `pgoutput`, protocol version 1 (PostgreSQL documentation, "Logical
 * Replication Message Formats").
 *
 * Ours rather than a library's: values must stay in the exact text that Postgres wrote, for that is what Electric hands
 * on, and pg-logical-replication's parser turns them into JavaScript values first.
 */
import type { Row } from '../tables/table.ts';

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Whether old rows come whole (`REPLICA IDENTITY FULL`). */
  readonly isFull: boolean;
  readonly columns: readonly RelationColumn[];
}

export interface RelationColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly modifier: number;
}

/** A change of a row. `old` is whole, as the table's replica identity is full. */
export type Change =
  | { readonly kind: 'insert'; readonly table: number; readonly row: Row }
  | { readonly kind: 'update'; readonly table: number; readonly old: Row; readonly row: Row }
  | { readonly kind: 'delete'; readonly table: number; readonly old: Row };

export type PgoutputMessage =
  | { readonly kind: 'begin'; readonly lsn: bigint; readonly xid: number }
  | { readonly kind: 'commit'; readonly lsn: bigint; readonly endLsn: bigint }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'truncate'; readonly tables: readonly number[] }
  /** Of no concern: types, origins, messages of programs. */
  | { readonly kind: 'other' };

/** What the stream has said of tables so far; changes name columns by position only. */
export type Relations = Map<number, Relation>;

/** @throws Error if the bytes are no such message: nothing can be trusted after that. */
export function readPgoutput(bytes: Buffer, relations: Relations): PgoutputMessage {
  const reader = new Reader(bytes);
  const tag = String.fromCharCode(reader.byte());
  switch (tag) {
    case 'B': {
      const lsn = reader.int64();
      reader.int64(); // the time of the commit
      return { kind: 'begin', lsn, xid: reader.uint32() };
    }
    case 'C':
      reader.byte(); // flags, unused
      return { kind: 'commit', lsn: reader.int64(), endLsn: reader.int64() };
    case 'R': {
      const relation = readRelation(reader);
      relations.set(relation.oid, relation);
      return { kind: 'relation', relation };
    }
    case 'I':
    case 'U':
    case 'D':
      return { kind: 'change', change: readChange(tag, reader, relations) };
    case 'T': {
      const count = reader.uint32();
      reader.byte(); // CASCADE, RESTART IDENTITY
      return { kind: 'truncate', tables: Array.from({ length: count }, () => reader.uint32()) };
    }
    default:
      return { kind: 'other' };
  }
}

/** The table of a change, without reading the rest of it. */
export function tableOfChange(bytes: Buffer): number | null {
  const tag = String.fromCharCode(bytes[0] ?? 0);
  return tag === 'I' || tag === 'U' || tag === 'D' ? bytes.readUInt32BE(1) : null;
}

function readRelation(reader: Reader): Relation {
  const oid = reader.uint32();
  const schema = reader.text();
  const name = reader.text();
  const isFull = String.fromCharCode(reader.byte()) === 'f';
  const columns = Array.from({ length: reader.uint16() }, () => {
    reader.byte(); // whether it is part of the key
    return { name: reader.text(), typeOid: reader.uint32(), modifier: reader.int32() };
  });
  return { oid, schema, name, isFull, columns };
}

function readChange(tag: 'I' | 'U' | 'D', reader: Reader, relations: Relations): Change {
  const table = reader.uint32();
  const relation = relations.get(table);
  if (!relation) throw new Error(`a change of a table (oid ${table}) that was not described before`);
  const mark = String.fromCharCode(reader.byte());
  const first = readRow(reader, relation.columns, {});
  if (tag === 'I') return { kind: 'insert', table, row: first };
  if (tag === 'D') return { kind: 'delete', table, old: first };
  // N: no old row came, since the identity was not full when it was written. The shape is given up by its relation.
  if (mark === 'N') return { kind: 'update', table, old: first, row: first };
  reader.byte(); // N
  return { kind: 'update', table, old: first, row: readRow(reader, relation.columns, first) };
}

/** @param old Where a long value that did not change is found: the new row only says that it is as before. */
function readRow(reader: Reader, columns: readonly RelationColumn[], old: Row): Row {
  const row: Record<string, string | null> = {};
  const count = reader.uint16();
  for (let index = 0; index < count; index++) {
    const name = columns[index]?.name ?? `column ${index}`;
    const mark = String.fromCharCode(reader.byte());
    if (mark === 't') row[name] = reader.value();
    else row[name] = mark === 'u' ? (old[name] ?? null) : null;
  }
  return row;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  uint16(): number {
    this.#at += 2;
    return this.#bytes.readUInt16BE(this.#at - 2);
  }

  uint32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64BE(this.#at - 8);
  }

  /** Ends with a zero byte. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new Error('a text without an end');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** Begins with its length. */
  value(): string {
    const length = this.uint32();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('a value that is longer than its message');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}
