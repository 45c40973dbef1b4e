import {
  EMPTY_ROW,
  fieldChange,
  isOn,
  type MergedRow,
  mergeRows,
  switchOff,
  switchOn,
} from '@lockerhub/protocol/log/field-merge.ts';
import { restampRow, stampKey, stampsOf } from '@lockerhub/protocol/log/restamp.ts';
import { AHEAD_LIMIT_MS, type FieldStamp } from '@lockerhub/protocol/log/stamp.ts';
import type { WireRow } from '@lockerhub/protocol/sync/hub-messages.ts';
import { shapeColumns } from '@lockerhub/protocol/sync/shapes.ts';
import {
  SYNCED_TABLE_NAMES,
  SYNCED_TABLES,
  type SyncedTableName,
} from '@lockerhub/protocol/sync/synced-tables.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockBuilding } from '../buildings/building.ts';
import type { Client } from '../database/database.ts';
import { editRow, type RowChanges } from './edit-row.ts';
import { placeOf, readRows } from './synced-columns.ts';
import { takeRows } from './take-rows.ts';

/** The gateway's clock stands in 2026. */
const NOW_MS = Date.UTC(2026, 0, 1);
const IN_2031_MS = Date.UTC(2031, 0, 1);

let server: Awaited<ReturnType<typeof temporaryPostgres>>;
let cloud: CloudDatabase;

beforeAll(async () => {
  server = await temporaryPostgres();
  cloud = await cloudDatabase(server.postgres, 'cloud');
});
afterAll(async () => {
  await cloud.close();
  await server.remove();
});

function locked<Result>(building: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  return cloud.database.asBuilding(building, async (client) => {
    await lockBuilding(client, building);
    return work(client);
  });
}

const push = (building: string, rows: readonly WireRow[], nowMs = NOW_MS) =>
  locked(building, async (client) => (await takeRows(client, building, rows, nowMs)).restamped);

const edit = (building: string, table: SyncedTableName, id: string, changes: RowChanges, nowMs = NOW_MS) =>
  locked(building, (client) => editRow(client, building, { table, id, changes }, nowMs));

async function rowOf(building: string, table: SyncedTableName, id: string): Promise<MergedRow | undefined> {
  const rows = await cloud.database.asBuilding(building, (client) => readRows(client, [{ table, id }]));
  return rows.get(placeOf({ table, id }));
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const at = (atMs: number, node = 'h-1', count = 0): FieldStamp => ({ atMs, count, node });

/** A hub whose clock is right, one that believes to be in 1970, and one in 2031. */
const hubStamp = fc.oneof(
  fc.nat({ max: 5 }).map((count) => at(NOW_MS, 'h-1', count)),
  fc.nat({ max: 5 }).map((ms) => at(ms, 'h-2')),
  fc.nat({ max: 2 }).map((ms) => at(IN_2031_MS + ms, 'h-3')),
);
const value = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom(uuid(1), uuid(2)),
  fc.constantFrom(null, true, 7, { b: 1, a: [2, 'x'] }),
);

function hubChange(table: SyncedTableName): fc.Arbitrary<MergedRow> {
  const { fields, switches } = SYNCED_TABLES[table];
  const name = fc.constantFrom(...Object.keys(fields), 'fieldOfTomorrow');
  const written = fc.tuple(name, value, hubStamp).map(([field, to, stamp]) => fieldChange(field, to, stamp));
  const erased = hubStamp.map((stamp) => ({ ...EMPTY_ROW, erased: stamp }));
  const removed = hubStamp.map((stamp) => ({ ...EMPTY_ROW, removed: stamp }));
  const [toggled] = switches;
  const switched =
    toggled === undefined
      ? []
      : [
          { weight: 2, arbitrary: hubStamp.map((stamp) => switchOn(toggled, stamp)) },
          { weight: 2, arbitrary: hubStamp.map((stamp) => switchOff(toggled, switchOn(toggled, stamp))) },
        ];
  return fc.oneof(
    { weight: 12, arbitrary: written },
    ...switched,
    { weight: 1, arbitrary: erased },
    { weight: 1, arbitrary: removed },
  );
}

const TABLES = ['staff', 'residents', 'settings', 'units'] as const;
const IDS: Record<(typeof TABLES)[number], readonly string[]> = {
  staff: [uuid(11), uuid(12)],
  residents: [uuid(11)],
  settings: ['policy'],
  units: [uuid(13)],
};
const hubRow: fc.Arbitrary<WireRow> = fc.constantFrom(...TABLES).chain((table) =>
  fc
    .tuple(fc.constantFrom(...IDS[table]), fc.array(hubChange(table), { minLength: 1, maxLength: 4 }))
    .map(([id, changes]) => ({
      table,
      id,
      row: changes.reduce((a, b) => mergeRows(a, b, SYNCED_TABLES[table].personal), EMPTY_ROW),
    })),
);
const operatorEdit = fc.oneof(
  fc.record({
    table: fc.constant('staff' as const),
    id: fc.constantFrom(...IDS.staff),
    changes: fc.oneof(
      fc.record({ fields: fc.record({ name: fc.string({ maxLength: 5 }) }) }),
      fc.boolean().map((disabled) => ({ switches: { disabled } })),
      fc.constant({ erased: true as const }),
    ),
  }),
  fc.record({
    table: fc.constant('settings' as const),
    id: fc.constant('policy'),
    changes: fc.nat().map((n) => ({ fields: { grace: n } })),
  }),
);

describe('rows of hub and cloud', () => {
  it('come to one result: the merge of all that was said, in whatever order, pieces and number', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }).map((rows) => ({ rows })) },
      { weight: 1, arbitrary: operatorEdit.map((edited) => ({ edited })) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(hubRow, { minLength: 1, maxLength: 8 }),
        fc.array(step, { maxLength: 12 }),
        async (rows, steps) => {
          const [building, neighbour] = [await cloud.addBuilding(), await cloud.addBuilding()];
          const places = new Map<string, FieldStamp>();
          const said: WireRow[] = [];
          const take = async (some: readonly WireRow[]) => {
            for (const { from, to } of await push(building, some)) {
              expect(places.get(stampKey(from)) ?? to).toEqual(to);
              places.set(stampKey(from), to);
            }
            said.push(...some);
          };
          for (const what of steps) {
            if ('rows' in what) await take(what.rows.map((index) => rows[index % rows.length] as WireRow));
            else {
              const { table, id, changes } = what.edited;
              const edited = await edit(building, table, id, changes).catch((error) => error.code);
              if (edited !== 'not-found') said.push({ table, id, row: edited });
            }
          }
          await take(rows);
          await take(rows.toReversed());
          for (const table of TABLES) {
            for (const id of IDS[table]) {
              const all = said.filter((row) => row.table === table && row.id === id);
              const merged = all
                .map(({ row }) => restampRow(row, (stamp) => places.get(stampKey(stamp)) ?? stamp))
                .reduce((a, b) => mergeRows(a, b, SYNCED_TABLES[table].personal), EMPTY_ROW);
              const kept = await rowOf(building, table, id);
              expect(kept).toEqual(all.length === 0 ? undefined : merged);
              for (const stamp of kept ? stampsOf(kept) : []) {
                expect(stamp.atMs).toBeLessThanOrEqual(NOW_MS + AHEAD_LIMIT_MS);
              }
              expect(await rowOf(neighbour, table, id)).toBeUndefined();
            }
          }
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('keep the order of stamps that run ahead, also when the earlier version comes last', async () => {
    const building = await cloud.addBuilding();
    const id = uuid(21);
    const named = (name: string, atMs: number): WireRow => ({
      table: 'units',
      id,
      row: fieldChange('name', name, at(atMs)),
    });
    const [second] = await push(building, [named('B', IN_2031_MS + 2)]);
    const [first] = await push(building, [named('A', IN_2031_MS + 1)], NOW_MS + 60_000);
    expect((await rowOf(building, 'units', id))?.fields.name?.value).toBe('B');
    // The same again, also when that time has come at last.
    expect(await push(building, [named('A', IN_2031_MS + 1)], IN_2031_MS + 1)).toEqual([first]);
    expect(await push(building, [named('B', IN_2031_MS + 2)])).toEqual([second]);
    expect((await rowOf(building, 'units', id))?.fields.name?.value).toBe('B');
    // An operator has seen it, and what the operator writes is later.
    await edit(building, 'units', id, { fields: { name: 'C' } }, NOW_MS - 1_000_000);
    expect((await rowOf(building, 'units', id))?.fields.name?.value).toBe('C');
    expect(second).toMatchObject({ from: at(IN_2031_MS + 2), to: { atMs: NOW_MS, node: 'cloud' } });
  });

  it('let a revocation win over what was not known to whoever took it back', async () => {
    const building = await cloud.addBuilding();
    const id = uuid(22);
    const hub = switchOn('revoked', at(IN_2031_MS, 'h-3'));
    await push(building, [{ table: 'couriers', id, row: hub }]);
    // Somebody at another hub knew of that one, and took it back; meanwhile an operator revoked too.
    const revoked = await edit(building, 'couriers', id, { switches: { revoked: true } });
    await push(building, [{ table: 'couriers', id, row: mergeRows(hub, switchOff('revoked', hub), []) }]);
    expect(isOn(revoked, 'revoked')).toBe(true);
    expect(isOn((await rowOf(building, 'couriers', id)) ?? EMPTY_ROW, 'revoked')).toBe(true);
    const off = await edit(building, 'couriers', id, { switches: { revoked: false } });
    expect(isOn(off, 'revoked')).toBe(false);
    expect(await cloud.rows(building, 'couriers')).toMatchObject([{ id, revoked: false, name: null }]);
  });

  it('stay erased and removed whatever a hub still sends of them', async () => {
    const building = await cloud.addBuilding();
    const resident = (n: number) => ({
      table: 'residents' as const,
      id: uuid(n),
      row: mergeRows(
        fieldChange('name', 'Ada', at(NOW_MS + 1_000)),
        fieldChange('household', uuid(9), at(NOW_MS)),
        [],
      ),
    });
    await push(building, [resident(31), resident(32)]);
    await edit(building, 'residents', uuid(31), { erased: true });
    await edit(building, 'residents', uuid(32), { removed: true });
    await push(building, [resident(31), resident(32)], NOW_MS + 5_000);
    expect(await cloud.rows(building, 'residents')).toMatchObject([
      { id: uuid(31), name: null, household: uuid(9) },
      { id: uuid(32), name: null, household: null },
    ]);
    const late = edit(building, 'residents', uuid(32), { fields: { name: 'Eve' } });
    await expect(late).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keep what a column cannot hold, and a text that no store can', async () => {
    const building = await cloud.addBuilding();
    const odd: WireRow[] = [
      { table: 'households', id: uuid(41), row: fieldChange('unit', 'no uuid', at(1)) },
      { table: 'parcels', id: uuid(42), row: fieldChange('tracking', 'a\u0000b\ud800', at(1)) },
      { table: 'agents', id: uuid(43), row: fieldChange('joinedAt', 1.5, at(1)) },
    ];
    await push(building, odd);
    expect(await rowOf(building, 'households', uuid(41))).toEqual(odd[0]?.row);
    expect(await rowOf(building, 'parcels', uuid(42))).toEqual(
      fieldChange('tracking', 'a\uFFFDb\uFFFD', at(1)),
    );
    expect(await rowOf(building, 'agents', uuid(43))).toEqual(odd[2]?.row);
    expect(await cloud.rows(building, 'households')).toMatchObject([{ unit: null }]);
    for (const id of ['x', uuid(44).replace('-4000', '-4ABC')]) {
      const row = { table: 'units' as const, id, row: EMPTY_ROW };
      await expect(push(building, [row])).rejects.toMatchObject({ code: 'request-invalid' });
    }
  });

  it.each([
    ['rows that only a hub changes', 'terminals', { fields: { name: 'x' } }],
    ['fields that there are not', 'staff', { fields: { nickname: 'x' } }],
    ['values that do not fit', 'households', { fields: { unit: 'no uuid' } }],
    ['switches that there are not', 'staff', { switches: { revoked: true } }],
    ['settings by an odd name', 'settings', { fields: { 'Odd name': 1 } }],
  ] as const)('let no operator write %s', async (_, table, changes) => {
    const building = await cloud.addBuilding();
    const id = SYNCED_TABLES[table].id === 'uuid' ? uuid(51) : 'x';
    await expect(edit(building, table, id, changes)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await cloud.rows(building, table)).toEqual([]);
  });

  it('writes nothing for a row that it has already, and many at once', async () => {
    const building = await cloud.addBuilding();
    const rows = SYNCED_TABLE_NAMES.flatMap((table) =>
      Array.from({ length: 40 }, (_, n): WireRow => {
        const [field] = Object.keys(SYNCED_TABLES[table].fields);
        const id = SYNCED_TABLES[table].id === 'uuid' ? uuid(n) : `row-${n}`;
        return { table, id, row: fieldChange(field ?? 'x', null, at(IN_2031_MS + n)) };
      }),
    );
    const versions = async () =>
      cloud.sql('select id, xmin::text from units where building = $1 order by id', [building]);
    expect(await push(building, rows)).toHaveLength(40);
    const before = await versions();
    expect(before).toHaveLength(40);
    await push(building, rows);
    expect(await versions()).toEqual(before);
  });

  it('stand in tables with the columns that their shapes name', async () => {
    for (const name of [...SYNCED_TABLE_NAMES, 'log' as const, 'orphans' as const]) {
      const found = await cloud.sql<{ column_name: string }>(
        'select column_name from information_schema.columns where table_name = $1',
        [name],
      );
      const columns = found.map((row) => row.column_name);
      expect(columns).toEqual(expect.arrayContaining([...shapeColumns(name)]));
    }
  });
});
