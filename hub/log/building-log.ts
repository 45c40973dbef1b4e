/**
 * The log as the running hub uses it: each append also brings the rows in memory up to date and tells whoever
 * listens (live pages, metrics), in the order of `seq`, after the commit and never before.
 */
import type { Entry, Head } from '@lockerhub/protocol/log/entry.ts';
import type { Actor, Payload, PayloadOf, PayloadType } from '@lockerhub/protocol/log/payload.ts';
import type { Clock } from '@lockerhub/protocol/time/clock.ts';
import type { Arrival, Batch, Log, Merged, MergedRows, RowChange, Store } from '../store/store.ts';
import type { Register } from './register.ts';

/** An entry before it is stamped with time and author. */
export type Fact = {
  [Type in PayloadType]: { readonly type: Type; readonly data: PayloadOf<Type> };
}[PayloadType];

export interface BuildingLogOptions {
  readonly log: Log;
  readonly register: Register;
  readonly clock: Clock;
  readonly clockTrust: () => 'trusted' | 'untrusted';
}

export class BuildingLog implements Log {
  readonly #options: BuildingLogOptions;
  readonly #listeners = new Set<(entries: readonly Entry[]) => void>();

  constructor(options: BuildingLogOptions) {
    this.#options = options;
  }

  async append(batch: Batch): Promise<readonly Entry[]> {
    const entries = await this.#options.log.append(batch);
    for (const change of batch.rows ?? []) this.#options.register.apply(change);
    for (const merged of batch.merged ?? []) this.#showMerged(merged);
    this.#tell(entries);
    return entries;
  }

  /** Merges rows that came from the cloud. @param into the store that holds this log @throws StoreError */
  async merge(into: Pick<Store, 'merge'>, arrival: Omit<Arrival, 'stamp'>): Promise<Merged> {
    const merged = await into.merge({ ...arrival, stamp: this.#stamp({ kind: 'hub' }) });
    this.#showMerged({ table: arrival.table, rows: merged.written });
    this.#tell(merged.entries);
    return merged;
  }

  /** Stamps facts with now and their author, and appends them together with rows and whatever else of a batch. */
  record(
    by: Actor,
    facts: readonly Fact[],
    rows: readonly RowChange[] = [],
    beside: Omit<Batch, 'payloads' | 'rows'> = {},
  ): Promise<readonly Entry[]> {
    const stamp = this.#stamp(by);
    // A fact and a stamp make a payload; the compiler cannot follow the union through the spread.
    const payloads = facts.map((fact) => ({ ...fact, ...stamp }) as Payload);
    return this.append({ payloads, rows, ...beside });
  }

  #stamp(by: Actor): Pick<Payload, 'at' | 'clock' | 'by'> {
    return { at: this.#options.clock.wallMs(), clock: this.#options.clockTrust(), by };
  }

  #showMerged({ table, rows }: Pick<MergedRows, 'table'> & { readonly rows: Merged['written'] }): void {
    for (const { id, values } of rows) this.#options.register.apply(asChange(table, id, values));
  }

  #tell(entries: readonly Entry[]): void {
    for (const listener of this.#listeners) listener(entries);
  }

  /** The hub's wall clock, as entries are stamped. */
  now(): number {
    return this.#options.clock.wallMs();
  }

  /** The same while it is trusted; null: nobody knows when now is. */
  trustedNow(): number | null {
    return this.#options.clockTrust() === 'trusted' ? this.now() : null;
  }

  head(): Head {
    return this.#options.log.head();
  }

  living(): AsyncIterable<Entry> {
    return this.#options.log.living();
  }

  /** Calls `listener` after each commit; it must be quick and must not throw. Returns how to stop that. */
  onAppended(listener: (entries: readonly Entry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A merged row as the register takes it: shown, or not there. */
function asChange(
  table: MergedRows['table'],
  id: string,
  values: MergedRows['rows'][number]['values'],
): RowChange {
  // The values are those of the table's fields; the compiler cannot pair the two through the union.
  return (values === null
    ? { table, remove: id }
    : { table, row: { ...values, id } }) as unknown as RowChange;
}
