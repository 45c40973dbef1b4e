/** Rows as the store stamps them, against what the pure merge says of the same changes. */
import {
  EMPTY_ROW,
  fieldChange,
  type MergedRow,
  mergeRows,
  switchOff,
  switchOn,
} from '@lockerhub/protocol/log/field-merge.ts';
import type { FieldStamp } from '@lockerhub/protocol/log/stamp.ts';
import { SYNCED_TABLES } from '@lockerhub/protocol/sync/synced-tables.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asWritten } from '../store/merging.ts';
import { openStore } from '../store/pglite/open.ts';
import type { RowChange, Store } from '../store/store.ts';
import { readOutbox, readRows } from './local-rows.ts';

const NODE = 'h-1';
let store: Store;
let wallMs = 0;
let remove: () => Promise<void>;

beforeAll(async () => {
  const made = await freshStoreFolder();
  remove = made.remove;
  const unexpected = (error: Error) => {
    throw error;
  };
  store = await openStore({
    folder: made.folder,
    epoch: 1,
    node: NODE,
    clock: { ...systemClock, wallMs: () => wallMs },
    random: systemRandom,
    onBroken: unexpected,
    onWarning: unexpected,
    freeBytes: async () => 1e12,
  });
});
afterAll(async () => {
  await store.close();
  await remove();
});

const id = () => newId(systemClock, systemRandom);
const write = (...rows: RowChange[]) => store.append({ payloads: [], rows });
const read = async (table: 'couriers' | 'settings' | 'residents', row: string) =>
  (await readRows(store, table, [row])).get(row);

it('stamps what changed, and only that, later than what it changes whatever the clock says', async () => {
  const step = fc.record({
    atMs: fc.constantFrom(0, 1_000, 5_000),
    name: fc.constantFrom('Ada', 'Ben', null),
    revoked: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const row = id();
      const carrier = id();
      let model: MergedRow = EMPTY_ROW;
      const change = (more: MergedRow) => {
        model = mergeRows(model, more, SYNCED_TABLES.couriers.personal);
      };
      const after = (known: FieldStamp | undefined, nowMs: number): FieldStamp =>
        known === undefined || nowMs > known.atMs
          ? { atMs: nowMs, count: 0, node: NODE }
          : { atMs: known.atMs, count: known.count + 1, node: NODE };
      let wasRevoked = false;
      for (const [index, { atMs, name, revoked }] of steps.entries()) {
        wallMs = atMs;
        await write({ table: 'couriers', row: { id: row, carrier, name, hours: null, revoked } });
        if (index === 0) {
          change(fieldChange('carrier', carrier, after(undefined, atMs)));
          change(fieldChange('hours', null, after(undefined, atMs)));
        }
        const known = model.fields.name;
        if (known === undefined || known.value !== name)
          change(fieldChange('name', name, after(known?.stamp, atMs)));
        const on = model.switches.revoked?.on[NODE];
        if (revoked && !wasRevoked) change(switchOn('revoked', after(on, atMs)));
        if (!revoked && wasRevoked) change(switchOff('revoked', model));
        wasRevoked = revoked;
      }
      expect((await read('couriers', row))?.row).toEqual(model);
    }),
    { numRuns: 40 },
  );
});

it('lets a removed row leave its tombstone, and never come back', async () => {
  const row = { id: id(), carrier: id(), name: 'Ada', hours: null, revoked: false };
  await write({ table: 'couriers', row });
  await write({ table: 'couriers', remove: row.id });
  const left = await read('couriers', row.id);
  expect(left?.row).toMatchObject({ fields: {}, switches: {}, removed: { node: NODE } });
  await expect(write({ table: 'couriers', row })).rejects.toMatchObject({ code: 'write-refused' });
});

it('merges the keys of a setting one by one', async () => {
  wallMs = 7_000;
  await write({ table: 'settings', row: { id: 'policy', value: { graceMs: 1, undoMs: 2 } } });
  wallMs = 8_000;
  await write({ table: 'settings', row: { id: 'policy', value: { graceMs: 3, undoMs: 2 } } });
  const { fields } = (await read('settings', 'policy'))?.row ?? EMPTY_ROW;
  expect(fields).toMatchObject({
    graceMs: { value: 3, stamp: { atMs: 8_000 } },
    undoMs: { value: 2, stamp: { atMs: 7_000 } },
  });
});

it('keeps in its outbox what was changed, until that version of it was taken', async () => {
  const row = { id: id(), carrier: id(), name: 'Ada', hours: null, revoked: false };
  await write({ table: 'couriers', row });
  const first = (await readOutbox(store, 0, 10_000)).find((waiting) => waiting.id === row.id);
  if (!first) throw new Error('it is not in the outbox');
  await write({ table: 'couriers', row: { ...row, name: 'Bea' } });
  await store.append({ payloads: [], sent: [first] });
  const second = (await readOutbox(store, 0, 10_000)).find((waiting) => waiting.id === row.id);
  expect(second?.row.fields.name?.value).toBe('Bea');
  if (second) await store.append({ payloads: [], sent: [second] });
  expect((await readOutbox(store, 0, 10_000)).filter((waiting) => waiting.id === row.id)).toEqual([]);
});

it('writes a merged row only over the version that was merged, with its mark or not at all', async () => {
  const row = id();
  const stamp = { atMs: 1, count: 0, node: 'cloud' };
  const arrived = ['carrier', 'name'].reduce(
    (merged, field) => mergeRows(merged, fieldChange(field, field === 'carrier' ? id() : 'Cem', stamp), []),
    EMPTY_ROW,
  );
  const merged = (version: number | null, mark: string) =>
    store.append({
      payloads: [],
      merged: [
        {
          table: 'couriers',
          rows: [asWritten('couriers', { id: row, row: arrived, version, unsent: false })],
        },
      ],
      marks: [{ name: 'test', value: mark }],
    });
  const marked = async () =>
    (await store.query<{ value: string }>("select value from sync_marks where name = 'test'"))[0]?.value;
  await merged(null, 'one');
  expect(await read('couriers', row)).toMatchObject({ row: arrived, unsent: false });
  await expect(merged(null, 'two')).rejects.toMatchObject({ code: 'write-refused' });
  expect(await marked()).toBe('one');
  const { version } = (await read('couriers', row)) ?? { version: 0 };
  await merged(version, 'three');
  await expect(merged(version, 'four')).rejects.toMatchObject({ code: 'write-refused' });
  expect(await marked()).toBe('three');
});

it('merges what arrives with what people write at that moment, and tells what changed once', async () => {
  const row = { id: id(), carrier: id(), name: 'Ada', hours: null, revoked: false };
  wallMs = 1_000;
  await write({ table: 'couriers', row });
  const hours = { days: [1], fromHour: 7, untilHour: 20 };
  const arrival = {
    table: 'couriers' as const,
    rows: [[row.id, fieldChange('hours', hours, { atMs: 2_000, count: 0, node: 'cloud' })]] as const,
    marks: [{ name: 'arrived', value: 'here' }],
    stamp: { at: 2_000, clock: 'trusted' as const, by: { kind: 'hub' as const } },
  };
  wallMs = 3_000;
  const [first, , second] = await Promise.all([
    store.merge(arrival),
    write({ table: 'couriers', row: { ...row, name: 'Bea', hours: null } }),
    store.merge(arrival),
  ]);
  expect([first.changed, second.changed].flat()).toEqual([row.id]);
  expect([...first.entries, ...second.entries].map(({ payload }) => JSON.parse(payload).data)).toEqual([
    { table: 'couriers', rows: [row.id] },
  ]);
  const { fields } = (await read('couriers', row.id))?.row ?? EMPTY_ROW;
  expect(fields).toMatchObject({ name: { value: 'Bea' }, hours: { value: hours } });
  expect(await store.query("select value from sync_marks where name = 'arrived'")).toEqual([
    { value: 'here' },
  ]);
});

it('merges ids that a list of texts has to quote, and refuses one that is no id without writing the mark', async () => {
  const odd = 'a "b", {c} \\ d';
  const stamp = { at: 1, clock: 'trusted' as const, by: { kind: 'hub' as const } };
  const change = fieldChange('graceMs', 5, { atMs: 1, count: 0, node: 'cloud' });
  for (let times = 0; times < 2; times += 1) {
    await store.merge({ table: 'settings', rows: [[odd, change]], marks: [], stamp });
  }
  expect((await read('settings', odd))?.row).toEqual(change);
  const named = fieldChange('name', '4B', { atMs: 1, count: 0, node: 'cloud' });
  const marks = [{ name: 'refused', value: 'here' }];
  const refused = store.merge({ table: 'units', rows: [['none', named]], marks, stamp });
  await expect(refused).rejects.toMatchObject({ code: 'write-refused' });
  expect(await store.query("select value from sync_marks where name = 'refused'")).toEqual([]);
});

it('hides a row until it is whole, and loses nothing of it meanwhile', async () => {
  const row = id();
  const stamp = { atMs: 1, count: 0, node: 'cloud' };
  const half = fieldChange('name', 'Dara', stamp);
  const put = async (arrived: MergedRow) => {
    const known = (await readRows(store, 'residents', [row])).get(row);
    const merged = mergeRows(known?.row ?? EMPTY_ROW, arrived, SYNCED_TABLES.residents.personal);
    const written = asWritten('residents', {
      id: row,
      row: merged,
      version: known?.version ?? null,
      unsent: false,
    });
    await store.append({ payloads: [], merged: [{ table: 'residents', rows: [written] }] });
  };
  const shown = () => store.query('select name from residents where id = $1::uuid', [row]);
  await put(half);
  expect([await shown(), (await read('residents', row))?.row]).toEqual([[], half]);
  await put(fieldChange('household', id(), stamp));
  await put(fieldChange('language', 'en', stamp));
  expect(await shown()).toEqual([{ name: 'Dara' }]);
  await put({ ...EMPTY_ROW, erased: stamp });
  expect(await shown()).toEqual([]);
  expect((await read('residents', row))?.row.fields).not.toHaveProperty('name');
});
