/**
 * What a story of two versions needs done by the newer one, for the older cannot say it (`next-version.ts`):
 *
 *     hub-writes <folder>                              a stopped hub's store gets what is new
 *     operator-writes <database> <password file> <building> <unit>   an operator writes what is new
 *     compare <folder> <database> <building>           what a stopped hub and the cloud differ in
 *
 * Each prints one JSON value.
 */
import { readFile } from 'node:fs/promises';
import { Database } from '@lockerhub/deploy/cloud/gateway/database/database.ts';
import { editRow } from '@lockerhub/deploy/cloud/gateway/rows/edit-row.ts';
import { asWritten } from '@lockerhub/hub/store/merging.ts';
import { openStore } from '@lockerhub/hub/store/pglite/open.ts';
import type { Store } from '@lockerhub/hub/store/store.ts';
import { readRows } from '@lockerhub/hub/sync/local-rows.ts';
import { EMPTY_ROW, fieldChange, mergeRows } from '@lockerhub/protocol/log/field-merge.ts';
import type { Payload } from '@lockerhub/protocol/log/payload.ts';
import type { SyncedTableName } from '@lockerhub/protocol/sync/synced-tables.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { Client } from 'pg';
import { disagreements } from './agreement.ts';

/** A table that only the newer version has; it is not in this one's types. */
const SHELVES = 'shelves' as SyncedTableName;
const NODE = 'h-next';

const STEPS: Readonly<Record<string, (...words: string[]) => Promise<unknown>>> = {
  'hub-writes': (folder) => withStore(folder ?? '', writeAsHub),
  'operator-writes': (url, passwordFile, building, unit) =>
    writeAsOperator({
      url: url ?? '',
      passwordFile: passwordFile ?? '',
      building: building ?? '',
      unit: unit ?? '',
    }),
  compare: (folder, url, building) =>
    withStore(folder ?? '', (store) => compare(store, url ?? '', building ?? '')),
};

async function writeAsHub(store: Store): Promise<unknown> {
  const [unit] = await store.query<{ id: string }>('select id from units order by id limit 1');
  if (!unit) throw new Error('the building has no unit');
  const stamp = { atMs: systemClock.wallMs(), count: 0, node: NODE };
  const known = (await readRows(store, 'units', [unit.id])).get(unit.id);
  const changed = mergeRows(known?.row ?? EMPTY_ROW, fieldChange('floor', 3, stamp), []);
  const shelf = newId(systemClock, systemRandom);
  const version = known?.version ?? null;
  const aired = {
    type: 'building.aired',
    data: { room: 'hall' },
    at: stamp.atMs,
    clock: 'trusted',
    by: { kind: 'hub' },
  };
  await store.append({
    payloads: [aired as unknown as Payload],
    merged: [
      { table: 'units', rows: [asWritten('units', { id: unit.id, row: changed, version, unsent: true })] },
      {
        table: SHELVES,
        rows: [
          asWritten(SHELVES, {
            id: shelf,
            row: fieldChange('name', 'Top', stamp),
            version: null,
            unsent: true,
          }),
        ],
      },
    ],
  });
  return { unit: unit.id, shelf };
}

interface Operator {
  readonly url: string;
  readonly passwordFile: string;
  readonly building: string;
  readonly unit: string;
}

async function writeAsOperator({ url, passwordFile, building, unit }: Operator): Promise<unknown> {
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const onIdleError = (error: Error) => {
    throw error;
  };
  const database = new Database({ url, password, onIdleError });
  const shelf = newId(systemClock, systemRandom);
  await database.asBuilding(building, async (client) => {
    const edit = (table: SyncedTableName, id: string, fields: Record<string, string | number>) =>
      editRow(client, building, { table, id, changes: { fields } }, systemClock.wallMs());
    await edit('units', unit, { floor: 7 });
    await edit(SHELVES, shelf, { name: 'Bottom' });
  });
  await database.stop();
  return { shelf };
}

/** Rows and entries by the oracle; then how each side shows what only the newer version knows. */
async function compare(store: Store, url: string, building: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const sql = async <Row extends object>(text: string, values: readonly unknown[]) =>
      (await client.query<Row>(text, [...values])).rows;
    const shown = async (table: string, columns: string) => {
      const read = `select ${columns} from ${table}`;
      return {
        hub: await store.query<object>(`${read} order by 1`),
        cloud: await sql<object>(`${read} where building = $1 order by 1`, [building]),
      };
    };
    return {
      differences: await disagreements(store, { sql }, building),
      units: await shown('units', 'id, name, floor::int'),
      shelves: await shown('shelves', 'id, name'),
      entries: await sql(`select subject, data from log where building = $1 and type = 'building.aired'`, [
        building,
      ]),
    };
  } finally {
    await client.end();
  }
}

async function withStore<Result>(folder: string, act: (store: Store) => Promise<Result>): Promise<Result> {
  const fail = (error: Error) => {
    throw error;
  };
  const store = await openStore({
    folder,
    epoch: 1,
    node: NODE,
    clock: systemClock,
    random: systemRandom,
    onBroken: fail,
    onWarning: fail,
  });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

const [step = '', ...words] = process.argv.slice(2);
const act = STEPS[step];
if (!act) throw new RangeError(`no such step: ${step}`);
console.log(JSON.stringify(await act(...words)));
