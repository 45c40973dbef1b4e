/**
 * What comes down: the rows of the shapes, each merged into what is here. Rows and the place behind them are written in one
 * transaction, so that a kill at any moment loses none and repeats at most what merges into nothing new.
 */
import { EMPTY_ROW, type MergedRow, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import { ARRIVED_ROWS } from '@lockerhub/protocol/log/payload.ts';
import { type KeptRow, RowStamps, toMerged } from '@lockerhub/protocol/sync/merged-row.ts';
import type { ShapeName } from '@lockerhub/protocol/sync/shapes.ts';
import { columnOf, SYNCED_TABLES, type SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { z } from 'zod';
import type { BuildingLog, Fact } from '../log/building-log.ts';
import type { MergedRows, Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { ShapePlace, ShapeRow } from './cloud.ts';
import { CloudFault } from './cloud-fault.ts';
import { asWritten, readRows } from './local-rows.ts';

/** Rows of one transaction: below 50 ms, for doors wait behind it. */
const ROWS_AT_ONCE = 250;
/** A row that people change while it is merged is merged again; so often at most in a row. */
const TRIES = 10;

export interface DownlinkOptions {
  readonly store: Store;
  readonly log: Pick<BuildingLog, 'record' | 'append'>;
  /** Rows of this table are not what they were. */
  readonly onArrived: (table: SyncedTableName, ids: readonly string[]) => void;
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
    const arriving = [...latest(rows.map((row) => readShapeRow(table, row)))];
    for (let at = 0; at === 0 || at < arriving.length; at += ROWS_AT_ONCE) {
      const isLast = at + ROWS_AT_ONCE >= arriving.length;
      await this.#merge(table, arriving.slice(at, at + ROWS_AT_ONCE), isLast ? place : null);
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
    arriving: readonly (readonly [string, MergedRow])[],
    place: ShapePlace | null,
  ): Promise<void> {
    for (let left = TRIES; ; left -= 1) {
      const merged = await this.#merged(table, arriving);
      const changed = merged.filter(({ isNew }) => isNew).map(({ written }) => written.id);
      try {
        await this.#options.log.record({ kind: 'hub' }, arrivals(table, changed), [], {
          merged: merged.length > 0 ? [{ table, rows: merged.map(({ written }) => written) }] : [],
          marks: place ? [{ name: markOf(table), value: JSON.stringify(place) }] : [],
        });
        if (changed.length > 0) this.#options.onArrived(table, changed);
        return;
      } catch (error) {
        const isStale = error instanceof StoreError && error.code === 'write-refused';
        if (!isStale || left === 1) throw error;
      }
    }
  }

  /** What has to be written for what arrived: rows that are new here, or of which the outbox learns something. */
  async #merged(
    table: SyncedTableName,
    arriving: readonly (readonly [string, MergedRow])[],
  ): Promise<readonly { readonly written: MergedRows['rows'][number]; readonly isNew: boolean }[]> {
    const { personal } = SYNCED_TABLES[table];
    const known = await readRows(
      this.#options.store,
      table,
      arriving.map(([id]) => id),
    );
    return arriving.flatMap(([id, row]) => {
      const local = known.get(id);
      const merged = mergeRows(local?.row ?? EMPTY_ROW, row, personal);
      const isNew = !isSame(merged, local?.row ?? EMPTY_ROW);
      const unsent = !isSame(merged, row);
      if (!isNew && local?.unsent === unsent) return [];
      const version = local?.version ?? null;
      return [{ written: asWritten(table, { id, row: merged, version, unsent }), isNew }];
    });
  }
}

/** A row of a synced table's shape. Numbers of Postgres come as bigint. */
function readShapeRow(table: SyncedTableName, row: ShapeRow): readonly [string, MergedRow] {
  const definition = SYNCED_TABLES[table];
  const names = [...Object.keys(definition.fields), ...definition.switches];
  const parsed = Arrived.safeParse(row);
  if (!parsed.success) {
    throw new CloudFault('answer-invalid', `a row of ${table} came from the cloud that is none`, {
      cause: parsed.error,
    });
  }
  const { id, stamps } = parsed.data;
  const values = Object.fromEntries(names.map((name) => [name, plain(row[columnOf(name)])]));
  return [id, toMerged(definition, { values, stamps })];
}

const Arrived = z.object({ id: z.string().min(1).max(60), stamps: RowStamps });

function plain(value: unknown): KeptRow['values'][string] {
  if (value === undefined) return null;
  return (typeof value === 'bigint' ? Number(value) : value) as KeptRow['values'][string];
}

/** Of several changes of one row the last one, for each comes whole. */
function latest(rows: readonly (readonly [string, MergedRow])[]): Map<string, MergedRow> {
  return new Map(rows);
}

function arrivals(table: SyncedTableName, ids: readonly string[]): Fact[] {
  const facts: Fact[] = [];
  for (let at = 0; at < ids.length; at += ARRIVED_ROWS) {
    facts.push({ type: 'rows.arrived', data: { table, rows: ids.slice(at, at + ARRIVED_ROWS) } });
  }
  return facts;
}

function markOf(shape: ShapeName): string {
  return `shape/${shape}`;
}

/** Whether two rows are one, whatever the order of their keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length || Array.isArray(a) !== Array.isArray(b)) return false;
  return names.every((name) => name in right && isSame(left[name], right[name]));
}
