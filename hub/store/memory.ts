/** The log in memory: what simulations run on. It keeps the same promises as the one on disk, except the disk. */
import { EMPTY_HEAD, type Entry, type Head } from '@lockerhub/protocol/log/entry.ts';
import { decodePayload } from '@lockerhub/protocol/log/payload.ts';
import { subjectOf } from '@lockerhub/protocol/log/subject.ts';
import type { Random } from '@lockerhub/protocol/time/random.ts';
import { chain, draft, freshSalt } from './chain.ts';
import type { Rows, RowTable } from './rows.ts';
import type { Batch, Log, RowChange } from './store.ts';

/** What survives a `MemoryLog`: hand it to the next one, and that one opens the same log. */
export class MemoryDisk {
  head: Head = EMPTY_HEAD;
  /** All entries, oldest first; stays empty if `keep` is `living`. */
  readonly entries: Entry[] = [];
  /** The entries of each living subject, oldest first. */
  readonly living = new Map<string, Entry[]>();
  readonly rows = new Map<RowTable, Map<string, Rows[RowTable]>>();

  /** Takes an entry as the newest. @param keep `living`: it is only kept while its subject lives. */
  add(entry: Entry, keep: 'all' | 'living'): void {
    this.head = { seq: entry.seq, hash: entry.hash };
    if (keep === 'all') this.entries.push(entry);
    const payload = decodePayload(entry.payload);
    const about = payload.type === 'unknown' ? null : subjectOf(payload);
    if (!about) return;
    if (about.life === 'dies') {
      this.living.delete(about.subject);
      return;
    }
    const life = this.living.get(about.subject);
    if (life) life.push(entry);
    else if (about.life === 'born') this.living.set(about.subject, [entry]);
  }
}

/** How a `MemoryLog` is made. */
export interface MemoryLogOptions {
  readonly epoch: number;
  readonly random: Random;
  readonly disk?: MemoryDisk;
  /** `living` forgets entries of dead subjects, so that a run of a million entries stays small. Default `all`. */
  readonly keep?: 'all' | 'living';
}

/** A `Log` without a disk. An append takes effect whole, at the moment of the call. */
export class MemoryLog implements Log {
  readonly disk: MemoryDisk;
  readonly #epoch: number;
  readonly #random: Random;
  readonly #keep: 'all' | 'living';

  constructor(options: MemoryLogOptions) {
    this.disk = options.disk ?? new MemoryDisk();
    this.#epoch = options.epoch;
    this.#random = options.random;
    this.#keep = options.keep ?? 'all';
  }

  async append(batch: Batch): Promise<readonly Entry[]> {
    const { disk } = this;
    const entries = chain(
      disk.head,
      this.#epoch,
      draft(batch.payloads, () => freshSalt(this.#random)),
    );
    for (const entry of entries) disk.add(entry, this.#keep);
    for (const change of batch.rows ?? []) this.#changeRow(change);
    return entries;
  }

  head(): Head {
    return this.disk.head;
  }

  async *living(): AsyncIterable<Entry> {
    yield* [...this.disk.living.values()].flat().sort((a, b) => a.seq - b.seq);
  }

  /** The rows of a table, by id. */
  rows<Table extends RowTable>(table: Table): ReadonlyMap<string, Rows[Table]> {
    return (this.disk.rows.get(table) ?? new Map()) as ReadonlyMap<string, Rows[Table]>;
  }

  #changeRow(change: RowChange): void {
    let table = this.disk.rows.get(change.table);
    if (!table) {
      table = new Map();
      this.disk.rows.set(change.table, table);
    }
    if ('remove' in change) table.delete(change.remove);
    else table.set(change.row.id, change.row);
  }
}
