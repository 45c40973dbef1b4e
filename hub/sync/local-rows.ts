/** The hub's rows as merged rows: values from their tables, stamps from beside them. */
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { asLocal, type FoundRow, type LocalRow, localRowsSql } from '../store/merging.ts';
import type { Store } from '../store/store.ts';

/** Id → row, of those that are known here, removed ones among them. */
export async function readRows(
  store: Pick<Store, 'query'>,
  table: SyncedTableName,
  ids: readonly string[],
): Promise<Map<string, LocalRow>> {
  const rows = await store.query<FoundRow>(localRowsSql(table), [table, ids]);
  return new Map(rows.map((found) => [found.id, asLocal(table, found)]));
}

/** The rows that the cloud does not know as they are here, the longest waiting first. @param after a version */
export function readOutbox(
  store: Pick<Store, 'query'>,
  after: number,
  limit: number,
): Promise<readonly LocalRow[]> {
  return readNamed(store, 'unsent and version > $2', [limit, after]);
}

/** Rows by their versions, whether they were sent or not: for a cloud that has forgotten some. @param after a version */
export function readFrom(
  store: Pick<Store, 'query'>,
  after: number,
  upTo: number,
  limit: number,
): Promise<readonly LocalRow[]> {
  return readNamed(store, 'version > $2 and version <= $3', [limit, after, upTo]);
}

async function readNamed(
  store: Pick<Store, 'query'>,
  which: string,
  parameters: readonly number[],
): Promise<readonly LocalRow[]> {
  const waiting = await store.query<{ readonly table: SyncedTableName; readonly id: string }>(
    `select table_name as table, row_id as id from row_stamps where ${which} order by version limit $1`,
    parameters,
  );
  const ids = Map.groupBy(waiting, ({ table }) => table);
  const read: LocalRow[] = [];
  for (const [table, rows] of ids) {
    read.push(
      ...(
        await readRows(
          store,
          table,
          rows.map(({ id }) => id),
        )
      ).values(),
    );
  }
  return read.toSorted((a, b) => a.version - b.version);
}
