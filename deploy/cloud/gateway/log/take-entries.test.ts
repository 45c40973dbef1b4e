import { EMPTY_HEAD, type Entry, type Head, nextEntry } from '@lockerhub/protocol/log/entry.ts';
import { PROJECTION_TABLES, PROJECTION_VERSION } from '@lockerhub/protocol/log/projections/project.ts';
import type { PushEntries } from '@lockerhub/protocol/sync/hub-messages.ts';
import { systemClock } from '@lockerhub/protocol/time/clock.ts';
import { SeededRandom } from '@lockerhub/sim/clock/seeded-random.ts';
import { temporaryPostgres } from '@lockerhub/sim/postgres/local-postgres.ts';
import { type CloudDatabase, cloudDatabase } from '@lockerhub/sim/testing/cloud-database.ts';
import { logHistory } from '@lockerhub/sim/testing/log-history.ts';
import { waitFor } from '@lockerhub/sim/testing/wait-for.ts';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laggingBuildings, refoldStep } from './refold.ts';
import { Refolding } from './refolding.ts';
import { takeOrphans } from './take-orphans.ts';
import { verifyLog } from './verify-log.ts';

const INSTANCE = '00000000-0000-4000-8000-00000000000a';
const OTHER = '00000000-0000-4000-8000-00000000000b';
const TABLES = ['log', ...PROJECTION_TABLES, 'quarantine'];

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

const history = (seed: number, count: number) => logHistory(new SeededRandom(seed), count, EMPTY_HEAD);
const headAt = (entries: readonly Entry[], seq: number): Head => entries[seq - 1] ?? EMPTY_HEAD;
const wire = ({ seq, hash }: Head) => ({ seq, hash });

/** Those from `from` to `to` of a log, as its hub sends them. */
function pushOf(entries: readonly Entry[], from: number, to: number, epoch = 1): PushEntries {
  return {
    instance: INSTANCE,
    epoch,
    after: wire(headAt(entries, from - 1)),
    entries: entries.slice(from - 1, to),
  };
}

async function pushAll(building: string, entries: readonly Entry[], atOnce = 300): Promise<void> {
  for (let from = 1; from <= entries.length; from += atOnce) {
    await cloud.push(building, pushOf(entries, from, from + atOnce - 1));
  }
}

async function allRows(building: string): Promise<Record<string, unknown>> {
  const tables: Record<string, unknown> = {};
  for (const table of TABLES) tables[table] = await cloud.rows(building, table);
  return tables;
}

/** What the cloud has to hold after these entries: pushed once, in order, undisturbed. */
async function expected(entries: readonly Entry[]): Promise<Record<string, unknown>> {
  const building = await cloud.addBuilding();
  await pushAll(building, entries);
  return allRows(building);
}

describe('taking entries', () => {
  it('lets each take effect once and in order, whatever is repeated, torn, moved or left out', async () => {
    const entries = history(7, 240);
    const whole = await expected(entries);
    const cut = fc.record({ from: fc.integer({ min: 1, max: 240 }), count: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 25 }), async (cuts) => {
        const building = await cloud.addBuilding();
        let held = 0;
        for (const { from, count } of cuts) {
          const to = Math.min(from + count - 1, entries.length);
          const pushed = cloud.push(building, pushOf(entries, from, to));
          if (from > held + 1) {
            const head = wire(headAt(entries, held));
            await expect(pushed).rejects.toMatchObject({ code: 'cursor-ahead', extras: { head } });
          } else {
            held = Math.max(held, to);
            expect(await pushed).toEqual({ head: wire(headAt(entries, held)), quarantined: [] });
          }
        }
        // The hub goes on from what the last answer said.
        if (held < entries.length) await cloud.push(building, pushOf(entries, held + 1, entries.length));
        expect(await allRows(building)).toEqual(whole);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('takes them once when two requests bring the same at the same time', async () => {
    const entries = history(8, 200);
    const building = await cloud.addBuilding();
    const requests = [1, 1, 51, 101].map((from) =>
      cloud.push(building, pushOf(entries, from, from + 99)).catch((error) => error.code),
    );
    await Promise.all(requests);
    const { seq } = await cloud.head(building);
    await cloud.push(building, pushOf(entries, seq + 1, 200)).catch(() => {});
    await cloud.push(building, pushOf(entries, 1, 200));
    expect(await allRows(building)).toEqual(await expected(entries));
  });

  it('takes nothing of a log that forked, at whichever entry', async () => {
    const entries = history(9, 60);
    const building = await cloud.addBuilding();
    await pushAll(building, entries);
    const before = await allRows(building);
    const refused = { code: 'fork', extras: { head: wire(headAt(entries, 60)) } };
    for (const at of [1, 30, 59, 60]) {
      const other = logHistory(new SeededRandom(10), 20, headAt(entries, at - 1));
      const forked = [...entries.slice(0, at - 1), ...other];
      await expect(cloud.push(building, pushOf(forked, at, at + 19))).rejects.toMatchObject(refused);
      // One that agrees for a while, and one that begins right behind the other entry.
      await expect(cloud.push(building, pushOf(forked, Math.max(1, at - 5), at + 19))).rejects.toMatchObject(
        refused,
      );
      await expect(cloud.push(building, pushOf(forked, at + 1, at + 19))).rejects.toMatchObject(refused);
    }
    expect(await allRows(building)).toEqual(before);
  });

  it('takes nothing of a batch that does not follow from itself', async () => {
    const entries = history(11, 60);
    const building = await cloud.addBuilding();
    await pushAll(building, entries.slice(0, 40));
    const before = await allRows(building);
    const good = pushOf(entries, 41, 60);
    const changed = (change: Partial<Entry>) => ({
      ...good,
      entries: good.entries.map((entry) => (entry.seq === 50 ? { ...entry, ...change } : entry)),
    });
    const damaged = [
      changed({ payload: (headAt(entries, 50) as Entry).payload.replace('"at":', '"at":1') }),
      changed({ epoch: 2 }),
      changed({ salt: '0'.repeat(32) }),
      changed({ payload: 'a NUL: \u0000' }),
      { ...good, entries: good.entries.filter(({ seq }) => seq !== 50) },
      { ...good, entries: good.entries.toReversed() },
    ];
    for (const push of damaged) {
      await expect(cloud.push(building, push)).rejects.toMatchObject({ code: 'chain-broken' });
    }
    expect(await allRows(building)).toEqual(before);
    expect((await cloud.push(building, good)).head.seq).toBe(60);
  });

  it('lets epochs only rise along the chain, and never above the hub’s own', async () => {
    const old = history(12, 10);
    const risen = logHistory(new SeededRandom(13), 5, headAt(old, 10), 3);
    const fallen = logHistory(new SeededRandom(14), 5, headAt([...old, ...risen], 15), 2);
    const building = await cloud.addBuilding();
    // A cloud that was rewound gets entries of a former epoch from the hub that took over.
    await cloud.push(building, pushOf(old, 1, 10, 3));
    const log = [...old, ...risen, ...fallen];
    await expect(cloud.push(building, pushOf(log, 11, 15, 2))).rejects.toMatchObject({
      code: 'chain-broken',
    });
    await cloud.push(building, pushOf(log, 11, 15, 3));
    await expect(cloud.push(building, pushOf(log, 16, 20, 3))).rejects.toMatchObject({
      code: 'chain-broken',
    });
  });

  it('keeps what cannot be projected out of the projections, and nothing else', async () => {
    const good = history(15, 40);
    const poison = [
      // Born a second time.
      (good.find(({ payload }) => payload.includes('delivery.assigned')) as Entry).payload,
      '{"type":"delivery.deposited","at":1,"clock":"trusted","by":{"kind":"hub"},"data":{"delivery":7}}',
      'not even JSON',
    ];
    const mixed: Entry[] = [...good];
    for (const text of poison)
      mixed.push(nextEntry(headAt(mixed, mixed.length), 1, text, new Uint8Array(16)));
    mixed.push(...logHistory(new SeededRandom(16), 30, headAt(mixed, mixed.length)));
    const building = await cloud.addBuilding();
    const taken = await cloud.push(building, pushOf(mixed, 1, mixed.length));
    expect(taken.head.seq).toBe(mixed.length);
    expect(taken.quarantined.map(({ seq }) => seq)).toEqual([41, 42, 43]);
    expect(await cloud.rows(building, 'quarantine')).toMatchObject([
      { seq: 41, reason: expect.stringContaining('deliveries_pkey') },
      { seq: 42, reason: expect.stringContaining('delivery.deposited.delivery') },
      { seq: 43, reason: expect.stringContaining('not JSON') },
    ]);
    // The chain is whole, and the counts are those of a log without them.
    expect(await verifyLog(cloud.database, building)).toEqual({ kind: 'whole', head: wire(taken.head) });
    const apart = await cloud.addBuilding();
    const rest = logHistory(new SeededRandom(16), 30, headAt(good, 40));
    await pushAll(apart, [...good, ...rest]);
    expect(await cloud.rows(building, 'tallies')).toEqual(await cloud.rows(apart, 'tallies'));
    // Anew, they fail again, and are told once.
    await stale(building);
    const before = await allRows(building);
    await foldAnew(building);
    expect(await cloud.rows(building, 'tallies')).toEqual(before.tallies);
    expect(await cloud.rows(building, 'quarantine')).toHaveLength(3);
  });

  it('keeps what a fenced hub still held once, and not what was in the log after all', async () => {
    const entries = history(17, 30);
    const building = await cloud.addBuilding();
    await pushAll(building, entries.slice(0, 20));
    const tail = entries.slice(17);
    const orphans = { instance: OTHER, epoch: 1, entries: tail };
    const take = (push: typeof orphans) =>
      cloud.database.asBuilding(building, (client) => takeOrphans(client, push, 5));
    expect(await take(orphans)).toBe(10);
    expect(await take(orphans)).toBe(0);
    const rows = await cloud.rows(building, 'orphans');
    expect(rows.map(({ seq }) => seq)).toEqual(tail.slice(3).map(({ seq }) => seq));
    expect(rows).toContainEqual({ ...entries[25], instance: OTHER, taken_at: 5 });
    const broken = { ...orphans, entries: tail.filter(({ seq }) => seq !== 25) };
    await expect(take(broken)).rejects.toMatchObject({ code: 'chain-broken' });
    expect((await cloud.head(building)).seq).toBe(20);
  });
});

/** As after an upgrade: these projections are of older software. */
async function stale(building: string): Promise<void> {
  await cloud.sql('update projected set version = version - 1 where building = $1', [building]);
}

async function foldAnew(building: string): Promise<void> {
  for (let isWhole = false; !isWhole; ) {
    isWhole = await cloud.database.asBuilding(building, (client) => refoldStep(client, building, 0));
  }
}

describe('software of two versions', () => {
  const entryOfTomorrow = (head: Head, more: object) => {
    const said = { at: 1, clock: 'trusted', by: { kind: 'hub' }, ...more };
    return nextEntry(head, 1, JSON.stringify(said), new Uint8Array(16));
  };

  it('lets an entry take effect by whatever kind of actor it is, and finds a log whole that a newer one has read', async () => {
    const building = await cloud.addBuilding();
    const id = '018f0000-0000-7000-8000-000000000001';
    const subject = { bank: null, compartment: null, delivery: null };
    const first = entryOfTomorrow(EMPTY_HEAD, {
      type: 'case.opened',
      by: { kind: 'drone', id: 'd-7' },
      data: { case: id, kind: 'bank-away', ...subject },
    });
    const second = entryOfTomorrow(first, { type: 'drone.landed', data: { drone: 'd-7' } });
    const taken = await cloud.push(building, pushOf([first, second], 1, 2));
    expect(taken).toMatchObject({ head: { seq: 2 }, quarantined: [] });
    expect(await cloud.rows(building, 'cases')).toMatchObject([{ case_id: id }]);
    // A gateway of the next version beside this one knows what this means.
    await cloud.sql(
      `update log set subject = 'd-7', data = '{"drone":"d-7"}' where building = $1 and seq = 2`,
      [building],
    );
    expect(await verifyLog(cloud.database, building)).toMatchObject({ kind: 'whole', head: { seq: 2 } });
  });
});

describe('folding anew', () => {
  it('is begun by the gateway for every building that lags', async () => {
    const entries = history(19, 120);
    const buildings = [await cloud.addBuilding(), await cloud.addBuilding()];
    for (const building of buildings) {
      await pushAll(building, entries);
      await stale(building);
    }
    const lagging = () => cloud.database.transaction((client) => laggingBuildings(client, 1_000));
    expect(await lagging()).toEqual(expect.arrayContaining(buildings));
    const log = pino({ level: 'silent' });
    const refolding = new Refolding({ database: cloud.database, clock: systemClock, log });
    refolding.start();
    await waitFor(async () => (await lagging()).length === 0, 60_000, 'all to be folded');
    await refolding.stop();
    for (const building of buildings) expect(await allRows(building)).toEqual(await expected(entries));
  });

  it('projects what was unknown when it came, while the hub goes on pushing', async () => {
    const entries = history(20, 1_300);
    const building = await cloud.addBuilding();
    await pushAll(building, entries.slice(0, 1_100));
    // As older software left it, which knew no messages.
    await stale(building);
    await cloud.sql(
      `update log set subject = null, data = null where building = $1 and type like 'message.%'`,
      [building],
    );
    await cloud.sql('delete from messages where building = $1', [building]);
    let pushed = 1_100;
    for (let whole = false; !whole; ) {
      whole = await cloud.database.asBuilding(building, (client) => refoldStep(client, building, 0));
      if (pushed === 1_300) continue;
      await cloud.push(building, pushOf(entries, pushed + 1, pushed + 50));
      pushed += 50;
      whole = false;
    }
    expect(await allRows(building)).toEqual(await expected(entries));
  });

  it('leaves alone what newer software has folded', async () => {
    const entries = history(21, 60);
    const building = await cloud.addBuilding();
    await pushAll(building, entries.slice(0, 30));
    await cloud.sql('update projected set version = version + 1 where building = $1', [building]);
    const before = await cloud.rows(building, 'deliveries');
    await cloud.push(building, pushOf(entries, 31, 60));
    await foldAnew(building);
    expect(await cloud.rows(building, 'deliveries')).toEqual(before);
    expect(await cloud.rows(building, 'log')).toHaveLength(60);
    expect(
      await cloud.sql('select version, seq::int from projected where building = $1', [building]),
    ).toEqual([{ version: PROJECTION_VERSION + 1, seq: 30 }]);
  });
});

describe('verifying the log', () => {
  it.each([
    [
      'a payload',
      `update log set payload = replace(payload, '"at":', '"at":1') where building = $1 and seq = 700`,
    ],
    ['a salt', `update log set salt = reverse(salt) where building = $1 and seq = 700`],
    ['an epoch', `update log set epoch = 2 where building = $1 and seq = 700`],
    ['a hash', `update log set hash = reverse(hash) where building = $1 and seq = 700`],
    ['what is read in it', `update log set data = data || '{"bank":"x"}' where building = $1 and seq = 700`],
    ['whom it is about', `update log set subject = 'somebody' where building = $1 and seq = 700`],
    ['one that is gone', `delete from log where building = $1 and seq = 700`],
    ['all that come after', `delete from log where building = $1 and seq >= 700`],
  ])('finds %s that was changed by hand', async (_, change) => {
    const entries = history(22, 1_200);
    const building = await cloud.addBuilding();
    await pushAll(building, entries, 500);
    const whole = { kind: 'whole', head: wire(headAt(entries, 1_200)) };
    expect(await verifyLog(cloud.database, building)).toEqual(whole);
    await cloud.sql(change, [building]);
    expect(await verifyLog(cloud.database, building)).toMatchObject({ kind: 'damaged', seq: 700 });
    expect(await verifyLog(cloud.database, building, { from: headAt(entries, 600) })).toMatchObject({
      seq: 700,
    });
  });

  it('finds an end that was rewritten, with all its hashes, by the head that was known', async () => {
    const entries = history(23, 50);
    const building = await cloud.addBuilding();
    await pushAll(building, entries);
    const forged = nextEntry(headAt(entries, 49), 1, (entries[3] as Entry).payload, new Uint8Array(16));
    await cloud.sql('update log set payload = $2, salt = $3, hash = $4 where building = $1 and seq = 50', [
      building,
      forged.payload,
      forged.salt,
      forged.hash,
    ]);
    expect(await verifyLog(cloud.database, building)).toMatchObject({ kind: 'damaged', seq: 50 });
    // The head too: then only the hub knows, and finds it with its next push.
    await cloud.sql('update buildings set head_hash = $2 where id = $1', [building, forged.hash]);
    const next = logHistory(new SeededRandom(24), 1, headAt(entries, 50));
    const push = { ...pushOf(entries, 50, 50), after: wire(headAt(entries, 50)), entries: next };
    await expect(cloud.push(building, push)).rejects.toMatchObject({ code: 'fork' });
  });
});
