/**
 * What comes down: the rows of the shapes, each merged into what is here. Rows and the place behind them are written in one
 * transaction, so that a kill at any moment loses none and repeats at most what merges into nothing new.
 */
import type { MergedRow } from '@lockerhub/protocol/log/field-merge.ts';
import { type KeptRow, mergedOfColumns, RowStamps } from '@lockerhub/protocol/sync/merged-row.ts';
import type { ShapeName } from '@lockerhub/protocol/sync/shapes.ts';
import { SYNCED_TABLES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { z } from 'zod';
import type { BuildingLog } from '../log/building-log.ts';
import type { Store } from '../store/store.ts';
import type { ShapePlace, ShapeRow } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';

/** Rows of one transaction: below 50 ms, for doors wait behind it. */
const ROWS_AT_ONCE = 250;

export interface DownlinkOptions {
  readonly store: Pick<Store, 'query' | 'merge'>;
  readonly log: Pick<BuildingLog, 'merge' | 'append'>;
  /** Rows of this table are not what they were. */
  readonly onArrived: (table: SyncedTableName, ids: readonly string[]) => void;
  /** Of one transaction, where no door waits behind it. */
  readonly rowsAtOnce?: number;
}

export class Downlink {
  readonly #options: DownlinkOptions;

  constructor(options: DownlinkOptions) {
    this.#options = options;
  }

  /** Where the reading of a shape stands; null: at the start. */
  async place(shape: ShapeName): Promise<ShapePlace | null> {
    const [mark] = await this.#options.store.query<{ value: string }>(
      'select value from sync_marks where name = $1',
      [markOf(shape)],
    );
    return mark ? (JSON.parse(mark.value) as ShapePlace) : null;
  }

  /**
   * Merges rows of a synced table, and keeps the place behind the last of them.
   *
   * @throws StoreError: then the place is the one before, or between two transactions of these rows
   * @throws CloudFault `answer-invalid` for a row that is none: it comes again, and nothing behind it is applied
   */
  async apply(table: SyncedTableName, rows: readonly ShapeRow[], place: ShapePlace): Promise<void> {
    const { rowsAtOnce = ROWS_AT_ONCE } = this.#options;
    let writing = Promise.resolve();
    try {
      for (let at = 0; at === 0 || at < rows.length; at += rowsAtOnce) {
        const isLast = at + rowsAtOnce >= rows.length;
        // These are read while those before them are written.
        const arriving = latest(rows.slice(at, at + rowsAtOnce).map((row) => readShapeRow(table, row)));
        await writing;
        writing = this.#merge(table, [...arriving], isLast ? place : null);
      }
    } finally {
      await writing;
    }
  }

  /** Keeps the place behind rows that were taken elsewhere. @throws StoreError */
  async keepPlace(shape: ShapeName, place: ShapePlace): Promise<void> {
    await this.#options.log.append({
      payloads: [],
      marks: [{ name: markOf(shape), value: JSON.stringify(place) }],
    });
  }

  async #merge(
    table: SyncedTableName,
    rows: readonly (readonly [string, MergedRow])[],
    place: ShapePlace | null,
  ): Promise<void> {
    const { store, log, onArrived } = this.#options;
    const marks = place ? [{ name: markOf(table), value: JSON.stringify(place) }] : [];
    const { changed } = await log.merge(store, { table, rows, marks });
    if (changed.length > 0) onArrived(table, changed);
  }
}

/** A row of a synced table's shape. Numbers of Postgres come as bigint. */
function readShapeRow(table: SyncedTableName, row: ShapeRow): readonly [string, MergedRow] {
  const parsed = Arrived.safeParse(row);
  if (!parsed.success) {
    throw new CloudFault('answer-invalid', `a row of ${table} came from the cloud that is none`, {
      cause: parsed.error,
    });
  }
  const { id, stamps } = parsed.data;
  const columns = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
  return [id, mergedOfColumns(SYNCED_TABLES[table], columns, stamps)];
}

const Arrived = z.object({ id: z.string().min(1).max(60), stamps: RowStamps });

function plain(value: unknown): KeptRow['values'][string] {
  return (typeof value === 'bigint' ? Number(value) : value) as KeptRow['values'][string];
}

/** Of several changes of one row the last one, for each comes whole. */
function latest(rows: readonly (readonly [string, MergedRow])[]): Map<string, MergedRow> {
  return new Map(rows);
}

function markOf(shape: ShapeName): string {
  return `shape/${shape}`;
}
