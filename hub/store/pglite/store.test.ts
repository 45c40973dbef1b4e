/** What only the store on disk has to stand: locks, damage, other software, a full disk, a hung statement. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Entry, type Head, nextEntry, verifyChain } from '@lockerhub/protocol/log/entry.ts';
import { encodePayload, type Payload } from '@lockerhub/protocol/log/payload.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { newId, systemRandom } from '@lockerhub/protocol/time/random.ts';
import { VirtualClock } from '@lockerhub/sim/clock/virtual-clock.ts';
import { freshStoreFolder } from '@lockerhub/sim/testing/store-folder.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import { RECOVERED_BYTES, RESERVE_BYTES } from './disk-floor.ts';
import { openDurable } from './durable.ts';
import { Engine } from './engine.ts';
import { openStore, type StoreOptions } from './open.ts';
import { ROW_TABLES } from './row-tables.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function folder(): Promise<string> {
  const made = await freshStoreFolder();
  cleanUps.push(made.remove);
  return made.folder;
}

function optionsFor(path: string): StoreOptions {
  const unexpected = (error: StoreError) => {
    throw error;
  };
  return {
    folder: path,
    epoch: 1,
    node: 'h-1',
    clock: systemClock,
    random: systemRandom,
    onBroken: unexpected,
    onWarning: unexpected,
    freeBytes: async () => 1e12,
  };
}

async function open(path: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ ...optionsFor(path), ...options });
  cleanUps.push(() => store.close());
  return store;
}

const id = () => newId(systemClock, systemRandom);
const started = (): Payload => ({
  at: 1,
  clock: 'trusted',
  by: { kind: 'hub' },
  type: 'hub.started',
  data: { bootId: id(), software: 'test' },
});
/** Two entries of another hub that follow from a head. */
function chainedFrom(head: Head): Entry[] {
  const chained: Entry[] = [];
  for (const seq of [1, 2]) {
    const data = { type: 'cloud.rewound', data: { seq } } as const;
    const payload = encodePayload({ ...data, at: 1, clock: 'trusted', by: { kind: 'hub' } });
    chained.push(nextEntry(chained.at(-1) ?? head, 1, payload, systemRandom.bytes(16)));
  }
  return chained;
}
const staff = (login: string) =>
  ({
    table: 'staff',
    row: {
      ...({ id: id(), login, name: 'n', role: 'desk', passwordHash: 'h' } as const),
      ...{ email: null, language: null, disabled: false },
    },
  }) as const;

describe('one store on disk', () => {
  let store: Store;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const made = await freshStoreFolder();
    remove = made.remove;
    store = await openStore(optionsFor(made.folder));
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  it('refuses the one bad batch of a group and commits its neighbours, in order', async () => {
    const start = store.head();
    const results = await Promise.allSettled([
      store.append({ payloads: [started()], rows: [staff('ann')] }),
      store.append({ payloads: [started(), started()], rows: [staff('bob')] }),
      store.append({ payloads: [started()], rows: [staff('ann')] }),
      store.append({ payloads: [started()], rows: [staff('cid')] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ reason: { name: 'StoreError', code: 'write-refused' } });
    const entries = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    expect(verifyChain(start, entries)).toEqual(store.head());
    expect(await store.query('select login from staff order by login')).toEqual([
      { login: 'ann' },
      { login: 'bob' },
      { login: 'cid' },
    ]);
  });

  it('takes entries that another hub chained only if they follow from its head, unchanged', async () => {
    const next = chainedFrom(store.head());
    const before = store.head();
    const refused = { code: 'entry-invalid' };
    const [first, second] = next;
    if (!first || !second) throw new Error('a chain of two');
    const changed = { ...second, payload: second.payload.replace('"seq":2', '"seq":9') };
    expect(changed).not.toEqual(second);
    for (const imported of [[first, changed], [second], [{ ...first, salt: second.salt }, second]]) {
      await expect(store.append({ payloads: [], imported })).rejects.toMatchObject(refused);
    }
    expect(store.head()).toEqual(before);
    await store.append({ payloads: [], imported: next });
    expect(store.head()).toEqual({ seq: second.seq, hash: second.hash });
  });

  it('writes nothing by a query', async () => {
    await store.append({ payloads: [started()] });
    await expect(store.query('delete from log')).rejects.toMatchObject({ code: 'query-failed' });
    await expect(store.query('selec 1')).rejects.toMatchObject({ code: 'query-failed' });
    expect(await store.query('select count(*) as count from log')).toEqual([{ count: store.head().seq }]);
  });

  it('keeps every field of every row table in a column that exists', async () => {
    for (const { name, columns } of Object.values(ROW_TABLES)) {
      const found = await store.query<{ n: number }>(
        'select count(*)::int as n from information_schema.columns where table_name = $1',
        [name],
      );
      expect([name, found[0]?.n]).toEqual([name, Object.keys(columns).length]);
    }
  });
});

describe('a store on disk', () => {
  it('finishes what it accepted, takes nothing more, and is opened once at a time, also after its holder died', async () => {
    const path = await folder();
    const store = await open(path);
    await expect(open(path)).rejects.toMatchObject({ code: 'folder-locked' });
    const accepted = store.append({ payloads: [started()] });
    const closed = store.close();
    await expect(store.append({ payloads: [started()] })).rejects.toMatchObject({ code: 'closed' });
    await expect(store.query('select 1')).rejects.toMatchObject({ code: 'closed' });
    await closed;
    expect((await accepted)[0]?.seq).toBe(1);
    // A process of another boot that had our own id, and one cut short while it wrote.
    const dead = JSON.stringify({ pid: process.pid, bootId: 'another', startTicks: '1' });
    for (const lock of [dead, '{"pid":']) {
      await writeFile(join(path, 'store.lock'), lock);
      const next = await open(path);
      expect(next.head().seq).toBe(1);
      await next.close();
    }
  });

  it('refuses to run if commits reach no disk', async () => {
    const path = join(await folder(), 'store');
    let shipped: PGlite | undefined;
    const asShipped = async (at: string) => {
      shipped = await PGlite.create(at);
      return { db: shipped, fsyncs: { count: 0 } };
    };
    await expect(Engine.open({ folder: path, epoch: 1, node: 'h-1' }, asShipped)).rejects.toMatchObject({
      code: 'not-durable',
    });
    await shipped?.close();
  });

  it('refuses a log in which an entry was changed, and a schema that newer software wrote', async () => {
    const path = await folder();
    const store = await open(path);
    for (let n = 0; n < 5; n += 1) await store.append({ payloads: [started()] });
    await store.close();
    await tamper(path, "update log set payload = replace(payload, 'test', 'tset') where seq = 3");
    await expect(open(path)).rejects.toMatchObject({
      code: 'log-damaged',
      message: expect.stringMatching(/entry 3/),
    });
    await tamper(path, "update store set value = 999 where name = 'schema'");
    await expect(open(path)).rejects.toMatchObject({ code: 'schema-newer' });
  });

  it('folds the projections anew when they are those of other software', async () => {
    const path = await folder();
    const store = await open(path);
    const delivery = id();
    await store.append({
      payloads: [
        {
          at: 7,
          clock: 'trusted',
          by: { kind: 'hub' },
          type: 'delivery.assigned',
          data: {
            delivery,
            visit: id(),
            unit: id(),
            household: id(),
            resident: null,
            carrier: null,
            size: 'S',
            bank: 'lobby',
            compartment: 1,
          },
        },
      ],
    });
    const before = await store.query('select * from deliveries');
    await store.close();
    await tamper(path, "update store set value = 0 where name = 'projections'; drop table deliveries");
    const again = await open(path);
    expect(await again.query('select * from deliveries')).toEqual(before);
    expect(await again.query('select subject from living')).toEqual([{ subject: delivery }]);
    expect(await again.query("select value from tallies where name = 'deliveries.assigned'")).toEqual([
      { value: 1 },
    ]);
  });

  it('gives the reserve free when the disk runs low, and takes it back well above the floor', async () => {
    const path = await folder();
    const reserve = join(path, 'store.reserve');
    let free = 1e12;
    const clock = new VirtualClock(0);
    const store = await open(path, { clock, freeBytes: async () => free });
    expect(store.disk()).toBe('ok');
    expect(existsSync(reserve)).toBe(true);
    const look = async (bytes: number, state: 'ok' | 'low', kept: boolean) => {
      free = bytes;
      await clock.advance(3_000);
      await waitFor(
        () => store.disk() === state && existsSync(reserve) === kept,
        5_000,
        `a disk that is ${state}`,
      );
    };
    await look(10e6, 'low', false);
    await store.append({ payloads: [started()] });
    await look(RECOVERED_BYTES + RESERVE_BYTES, 'ok', true);
  });

  it('says so once and refuses everything when a statement passes its deadline', async () => {
    const clock = new VirtualClock(0);
    const broken: StoreError[] = [];
    const store = await open(await folder(), { clock, onBroken: (error) => broken.push(error) });
    const hung = store.query('select pg_sleep(3)');
    const waiting = store.append({ payloads: [started()] });
    const ends = Promise.allSettled([hung, waiting]);
    await clock.advance(10_000);
    for (const end of await ends) expect(end).toMatchObject({ reason: { code: 'stalled' } });
    await expect(store.append({ payloads: [started()] })).rejects.toMatchObject({ code: 'stalled' });
    expect(broken.map(({ code }) => code)).toEqual(['stalled']);
  });
});

async function tamper(path: string, sql: string): Promise<void> {
  const { db } = await openDurable(join(path, 'store'));
  await db.exec(sql);
  await db.close();
}
